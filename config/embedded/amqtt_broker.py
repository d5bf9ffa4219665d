"""Serve MQTT from the amqtt wheel: for a first look and for tests.

It acknowledges a message before anyone has it and a spoof it drops, and it speaks no
MQTT 5. Run: python -m config.embedded.amqtt_broker FOLDER BIND:PORT
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

MODULE = "config.embedded.amqtt_broker"
ROOTS = ("pilotgate/v1", "uagv/v2", "vda5050/v3")


def matches(secret: str, kept: str) -> bool:
    """Return whether a secret fits a $7$ line of mosquitto's password file."""
    try:
        _empty, mark, iterations, salt, digest = kept.split("$")
        made = hashlib.pbkdf2_hmac(
            "sha512", secret.encode(), base64.b64decode(salt), int(iterations)
        )
        return mark == "7" and hmac.compare_digest(made, base64.b64decode(digest))
    except ValueError:
        return False


@dataclass
class Accounts:
    """Names and hashes of the password files, read again when they change."""

    files: list[Path]
    _seen: list[tuple[int, int]] = field(default_factory=list)
    _hashes: dict[str, str] = field(default_factory=dict)

    def hash_of(self, name: str) -> str | None:
        present = [path for path in self.files if path.exists()]
        seen = [(s.st_ino, s.st_mtime_ns) for s in map(Path.stat, present)]
        if seen != self._seen:
            lines = [
                line.partition(":")
                for path in present
                for line in path.read_text(encoding="utf-8").splitlines()
            ]
            self._hashes = {name: kept for name, _, kept in lines if kept}
            self._seen = seen
        return self._hashes.get(name)


class Secrets(BaseAuthPlugin):
    """Let in only a known name with its secret; a missing one of either is refused."""

    @dataclass
    class Config:
        files: list[str]

    async def authenticate(self, *, session: Session) -> bool | None:
        if not (session.username and session.password):
            return False
        kept = Accounts([Path(file) for file in self.config.files]).hash_of(
            session.username
        )
        return kept is not None and matches(session.password, kept)


class Topics(BaseTopicPlugin):
    """Keep each robot to its own topics, and a revoked one to none."""

    @dataclass
    class Config:
        files: list[str]
        bridge: str

    def __init__(self, context: object) -> None:
        super().__init__(context)
        self._accounts = Accounts([Path(file) for file in self.config.files])

    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool | None:
        name = session.username if session else None
        if not (name and topic) or self._accounts.hash_of(name) is None:
            return False
        if name == self.config.bridge:
            return True
        if action == Action.PUBLISH:
            return any(topic.startswith(f"{root}/{name}/") for root in ROOTS)
        return topic in {f"{root}/{name}/receipt" for root in ROOTS}


def settings(folder: Path, where: str) -> dict[str, Any]:
    own = folder / "own-passwords"
    bridge = own.read_text(encoding="utf-8").partition(":")[0]
    files = [str(folder / "passwords"), str(own)]
    return {
        "listeners": {"default": {"type": "tcp", "bind": where}},
        "plugins": {
            f"{MODULE}.Secrets": {"files": files},
            f"{MODULE}.Topics": {"files": files, "bridge": bridge},
        },
    }


async def serve(config: dict[str, Any]) -> None:
    broker = Broker(config)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for by in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(by, ended.set)
    await broker.start()
    await ended.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(settings(Path(sys.argv[1]), sys.argv[2])))
