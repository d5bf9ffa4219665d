"""Where things lie on this machine. Reads the environment, never Django."""

import hashlib
import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SYSTEM_HOME = Path("/var/lib/pilotgate")

# A Unix socket's path over 107 bytes is fatal; PostgreSQL appends its own name.
_LONGEST_SOCKET_FOLDER = 90


def is_root() -> bool:
    return os.geteuid() == 0


def home() -> Path:
    """Return the data directory: PILOTGATE_HOME, or this user's default."""
    named = os.environ.get("PILOTGATE_HOME")
    if named:
        return Path(named).resolve()
    return SYSTEM_HOME if is_root() else CHECKOUT / ".pilotgate"


def short_name(path: Path) -> str:
    """Return twelve characters that stand for a path."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def socket_folder(at_home: Path, service: str) -> Path:
    """Return the private folder of a service's socket, short enough to bind."""
    folder = at_home / service / "run"
    if len(str(folder).encode()) <= _LONGEST_SOCKET_FOLDER:
        return folder
    return Path(f"/tmp/pilotgate-{os.geteuid()}-{short_name(at_home)}-{service}")  # noqa: S108


def database_url(at_home: Path, role: str) -> str:
    """Return the URL of the embedded database for one of its roles."""
    return f"postgresql://{role}@/pilotgate?host={socket_folder(at_home, 'postgres')}"


def broker_url(at_home: Path) -> str:
    """Return Celery's URL of the embedded broker."""
    return f"redis+socket://{socket_folder(at_home, 'valkey')}/valkey.sock"


def cache_settings(broker_url: str) -> dict[str, str]:
    """Return Django's settings of the cache in the broker's memory, where it has one.

    Any other broker leaves each process its own memory.
    """
    url = broker_url.replace("redis+socket://", "unix://", 1)
    if not url.startswith(("unix://", "redis://", "rediss://")):
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "config.shared_cache.SharedCache",
        "LOCATION": url,
        "KEY_PREFIX": "pilotgate",
    }


def mqtt_url(at_home: Path) -> str:
    """Return the embedded MQTT broker's URL with the bridge's own account, or ""."""
    kept = at_home / "mqtt" / "url"
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else ""


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user reads, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    private = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(private, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def make_home(at_home: Path) -> None:
    """Make the data directory: closed, but passable for the database's account."""
    at_home.mkdir(parents=True, exist_ok=True)
    at_home.chmod(0o711 if is_root() else 0o700)
    (at_home / "logs").mkdir(mode=0o700, exist_ok=True)


def number(variable: str, default: int) -> int:
    """Return a whole number from the environment, or end with a clear line."""
    text = os.environ.get(variable) or str(default)
    if not text.isdigit():
        sys.exit(f"pilotgate: {variable}={text} is not a whole number")
    return int(text)


def web_address() -> tuple[str, int]:
    return os.environ.get("HOST", "127.0.0.1"), number("PORT", 8000)


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def web_url(host: str, port: int) -> str:
    return f"http://{bracketed(host)}:{port}"


def demo_wanted() -> bool:
    """Return whether the demo city is wanted: everywhere but in production."""
    default = "0" if os.environ.get("PILOTGATE_ENV") == "production" else "1"
    return os.environ.get("DEMO", default) not in {"0", ""}


def has_command(name: str) -> bool:
    """Return whether an app brings this management command."""
    return any(CHECKOUT.glob(f"*/management/commands/{name}.py"))
