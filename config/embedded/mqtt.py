"""A private MQTT broker: mosquitto where it is installed, else amqtt."""

import base64
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from config import places
from config.embedded.processes import (
    check_port_is_free,
    give_folder,
    service_account,
)
from config.embedded.service import Service

BRIDGE = "pilotgate-bridge"
_ITERATIONS = 1000  # the bridge's secret is 256 random bits; nothing to stretch

_RULES = """\
user {bridge}
topic readwrite #

pattern write pilotgate/v1/%u/#
pattern write uagv/v2/%u/#
pattern write vda5050/v3/%u/#
pattern read pilotgate/v1/%u/receipt
pattern read uagv/v2/%u/receipt
"""

_MOSQUITTO = """\
listener {port} {bind}
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/rules
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 100
persistent_client_expiration 14d
max_packet_size 1048576
max_inflight_messages 1000
max_queued_messages 1000000
queue_qos0_messages true
set_tcp_nodelay true
log_dest stdout
log_type error
log_type warning
log_type notice
connection_messages false
"""


def password_line(name: str, secret: str) -> str:
    """Return a line of mosquitto's password file: PBKDF2 over SHA-512, marked $7$."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ITERATIONS)
    texts = [base64.b64encode(part).decode() for part in (salt, digest)]
    return f"{name}:$7${_ITERATIONS}${texts[0]}${texts[1]}\n"


def mosquitto() -> str | None:
    """Return where mosquitto is installed; an ordinary PATH leaves sbin out."""
    path = os.environ.get("PATH", "")
    return shutil.which("mosquitto", path=f"{path}:/usr/local/sbin:/usr/sbin")


class Mqtt(Service):
    """One broker under one home.

    Robots' accounts are whatever stands in `<home>/mqtt/passwords`, written whole by
    the bridge in mosquitto's format. `tend` notices a new file; the bridge's own
    account is added here, so that nobody else need know it.
    """

    name = "mqtt"

    def __init__(
        self, home: Path, *, port: int, bind: str = "127.0.0.1", program: str | None
    ) -> None:
        super().__init__(home)
        self.published = home / "mqtt" / "passwords"
        self.url_file = home / "mqtt" / "url"
        self.folder = home / "mosquitto"
        self.bind = bind
        self.port = port or _free_port(bind)
        self.program = program
        self._seen: tuple[int, int] | None = None
        self._own_line = ""

    def start(self) -> None:
        check_port_is_free(self.bind, self.port, variable="MQTT_PORT")
        self._keep_secret()
        if self.program is None:
            self._start_amqtt()
        else:
            self._start_mosquitto(self.program)

    def answers(self) -> bool:
        try:
            socket.create_connection((_reachable(self.bind), self.port), 1).close()
        except OSError:
            return False
        return True

    def tend(self) -> None:
        """Hand mosquitto the bridge's newest password file; amqtt reads it itself."""
        if self.program is None or self.process is None or not self._changed():
            return
        self._write_passwords()
        self.process.send_signal(signal.SIGHUP)

    def _keep_secret(self) -> None:
        """Keep the bridge's secret over restarts, and say in `url` where we serve."""
        known = urlsplit(places.mqtt_url(self.home)).password
        secret = unquote(known) if known else secrets.token_urlsafe(32)
        where = f"{_reachable(self.bind)}:{self.port}"
        url = f"mqtt://{BRIDGE}:{quote(secret, safe='')}@{where}"
        places.write_private(self.url_file, url)
        self._own_line = password_line(BRIDGE, secret)

    def _start_mosquitto(self, program: str) -> None:
        account = service_account("mosquitto")
        give_folder(self.folder, account)
        self._changed()
        self._write_passwords()
        self._write("rules", _RULES.format(bridge=BRIDGE))
        settings = _MOSQUITTO.format(port=self.port, bind=self.bind, folder=self.folder)
        self._write("mosquitto.conf", settings)
        config = str(self.folder / "mosquitto.conf")
        self.serve([program, "-c", config], user=account, cwd=self.folder)

    def _start_amqtt(self) -> None:
        places.write_private(self.home / "mqtt" / "own-passwords", self._own_line)
        module = "config.embedded.amqtt_broker"
        where = [str(self.home / "mqtt"), f"{self.bind}:{self.port}"]
        self.serve([sys.executable, "-m", module, *where], cwd=places.CHECKOUT)

    def _changed(self) -> bool:
        try:
            found = self.published.stat()
        except FileNotFoundError:
            return False
        seen = (found.st_ino, found.st_mtime_ns)
        changed, self._seen = seen != self._seen, seen
        return changed

    def _write_passwords(self) -> None:
        try:
            robots = self.published.read_text(encoding="utf-8")
        except FileNotFoundError:
            robots = ""
        self._write("passwords", self._own_line + robots)

    def _write(self, name: str, text: str) -> None:
        """Write a file the broker's account reads, never through a link of its own."""
        fresh = self.folder / f"{name}.new"
        fresh.unlink(missing_ok=True)
        private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "w", encoding="utf-8") as out:
            account = service_account("mosquitto")
            if account is not None:
                entry = pwd.getpwnam(account)
                os.fchown(private, entry.pw_uid, entry.pw_gid)
            out.write(text)
        fresh.replace(self.folder / name)


def _free_port(bind: str) -> int:
    with socket.socket() as probe:
        probe.bind((bind, 0))
        return int(probe.getsockname()[1])


def _reachable(bind: str) -> str:
    return "127.0.0.1" if bind in {"", "0.0.0.0"} else bind  # noqa: S104
