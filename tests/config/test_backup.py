"""A backup brings everything back, into a home that never saw it."""

import fcntl
import tarfile
from pathlib import Path

import psycopg
import pytest

from config import backup, places
from config.embedded import EmbeddedServiceError
from config.embedded.postgres import OWNER, RUNTIME, Postgres
from config.homes import claimed

SCHEMA = """
CREATE EXTENSION btree_gist;
CREATE TABLE audit (id bigserial PRIMARY KEY, word text NOT NULL);
REVOKE UPDATE, DELETE ON audit FROM pilotgate;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE ON audit EXECUTE FUNCTION refuse();
INSERT INTO audit (word) SELECT md5(i::text) FROM generate_series(1, 1000) AS i;
"""
FILES = {
    "lake/samples/_delta_log/0.json": b"{}",
    "lake/samples/part-0.parquet": bytes(range(256)),
    "spool/1-00000001.segment": b"frames",
    "files/plan.pdf": b"%PDF",
    "keys/wrapping": b"key",
    "secret_key": b"secret",
}


@pytest.fixture(autouse=True)
def _embedded(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)


@pytest.fixture(scope="module")
def city(reachable_folder) -> Path:
    """Give the home of a stopped platform with something of every kind."""
    home = reachable_folder / "city"
    places.make_home(home)
    for name, content in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    (home / "logs" / "web.log").write_text("a line")
    with serving(home) as url, psycopg.connect(url) as database:
        database.execute(SCHEMA)
    return home


class serving:  # noqa: N801
    def __init__(self, home: Path):
        self.server = Postgres(home)

    def __enter__(self) -> str:
        self.server.start()
        return self.server.url(OWNER)

    def __exit__(self, *_):
        self.server.stop()


def words(url: str) -> list[tuple[int, str]]:
    with psycopg.connect(url) as database:
        return database.execute("SELECT id, word FROM audit ORDER BY id").fetchall()


def test_backup_brings_everything_back(city, reachable_folder):
    other = reachable_folder / "other"

    backup.restore(other, backup.save(city))

    found = {name: (other / name).read_bytes() for name in FILES}
    assert found == FILES
    with serving(city) as url:
        before = words(url)
    with serving(other) as url:
        assert words(url) == before
        with psycopg.connect(url) as database, pytest.raises(psycopg.errors.Error):
            database.execute("UPDATE audit SET word = ''")
        runtime = places.database_url(other, RUNTIME)
        with psycopg.connect(runtime, autocommit=True) as database:
            database.execute("INSERT INTO audit (word) VALUES ('by the runtime role')")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute("DELETE FROM audit")
    assert len(before) == 1000


def test_backup_is_closed_to_others_and_leaves_logs_out(city):
    saved = backup.save(city)

    with tarfile.open(saved) as archive:
        names = archive.getnames()
    assert saved.stat().st_mode & 0o077 == 0
    assert not [name for name in names if name.startswith(("logs", "postgres", "back"))]


def test_restore_puts_what_was_there_aside(city, reachable_folder):
    home = reachable_folder / "again"
    saved = backup.save(city)
    backup.restore(home, saved)
    (home / "secret_key").write_text("newer")

    aside = backup.restore(home, saved)

    assert (aside / "secret_key").read_text() == "newer"
    assert (home / "secret_key").read_bytes() == FILES["secret_key"]
    with serving(home) as url:
        assert len(words(url)) == 1000


def test_restore_refuses_a_damaged_file_and_touches_nothing(city, reachable_folder):
    saved = backup.save(city)
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    saved.write_bytes(content)

    with pytest.raises(EmbeddedServiceError, match="is not what"):
        backup.restore(reachable_folder / "never", saved)

    assert not (reachable_folder / "never").exists()


@pytest.mark.parametrize("content", [b"", b"not a tar"])
def test_restore_refuses_what_is_no_backup(tmp_path, content):
    (tmp_path / "x.tar").write_bytes(content)

    with pytest.raises(EmbeddedServiceError, match="not a whole backup"):
        backup.restore(tmp_path / "home", tmp_path / "x.tar")


def test_restore_refuses_a_running_platform(city):
    saved = backup.save(city)

    with claimed(city), pytest.raises(EmbeddedServiceError, match="in use by process"):
        backup.restore(city, saved)


def test_save_waits_for_the_settler_and_says_so(city):
    with (city / "spool" / "settler.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(EmbeddedServiceError, match="stop run_settler"):
            backup.save(city, patience_s=0.1)
