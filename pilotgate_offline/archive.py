"""A bundle as a file: opened with limits, its hashes and signature checked.

Nothing is unpacked. Entries of a bundle are stored, not compressed, so none can be
larger than the file it lies in.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pilotgate_offline.errors import UnreadableError

FORMAT = "pilotgate evidence bundle"
FORMAT_VERSION = 1
CONTEXT = b"pilotgate evidence bundle 1\n"
SIGNED = "manifest.json"
SIGNATURE = "manifest.sig"
DOCUMENTS = ("contract.json", "definitions.json", "scope.json", "verdict.json")
INT, TEXT = pa.int64(), pa.string()
PLACE = {
    "robot_id": INT,
    "evidence": TEXT,
    "software": TEXT,
    "ts_us": INT,
    "stream": TEXT,
    "session": TEXT,
    "seq": INT,
    "ordinal": INT,
    "quality": INT,
}
TOLD = {**PLACE, "kind": TEXT, "ref": TEXT, "value": TEXT, "number": INT}
TABLES: Mapping[str, Mapping[str, pa.DataType]] = {
    "carried.parquet": TOLD,
    "events.parquet": TOLD,
    "samples.parquet": {**PLACE, "metric": TEXT, "value": INT},
    "signs.parquet": {
        "robot_id": INT,
        "evidence": TEXT,
        "software": TEXT,
        "ts_us": INT,
        "source": TEXT,
        "rows": INT,
        "corrected": INT,
        "late": INT,
    },
    "ledger.parquet": {
        "robot_id": INT,
        "minute_us": INT,
        "expected": INT,
        "stored": INT,
    },
    "integers.parquet": {
        "robot_id": INT,
        "day": TEXT,
        "kpi": TEXT,
        **dict.fromkeys(("num", "den", "rows", "all_num", "all_den", "all_rows"), INT),
    },
}
WORDS = "README.txt"
EXPECTED = {SIGNED, SIGNATURE, WORDS, *DOCUMENTS, *TABLES}

LARGEST_DOCUMENT = 64 << 20
# How much a table, and the texts of one column, may grow to when they are read.
LARGEST_TABLE = 8 << 30
LARGEST_TEXTS = 1 << 30
CHUNK = 1 << 20


@dataclass(frozen=True)
class Archive:
    """An open bundle. `faults` are sentences, each naming what is not as signed."""

    zip: zipfile.ZipFile
    manifest: Mapping[str, Any]
    key: str
    faults: tuple[str, ...]

    def document(self, name: str) -> Any:
        return _document(self.zip, name)

    def table(self, name: str) -> pa.Table:
        """Read a table whose columns are exactly those expected."""
        with self.zip.open(name) as stored:
            return _table(name, stored)


@contextmanager
def opened(path: Path, key: str = "") -> Iterator[Archive]:
    """Open a bundle; `key`: the public key it must be signed with, in hexadecimal.

    Raises:
        UnreadableError: cut short, no bundle, of another format, or over the limits.
    """
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise UnreadableError(f"{path}: there is no such file") from None
    except (zipfile.BadZipFile, OSError) as why:
        raise UnreadableError(
            f"{path}: no whole zip file; it is cut short or damaged ({why})"
        ) from None
    with archive:
        try:
            _refuse_odd_entries(path, archive)
            yield _checked(archive, key)
        except (zipfile.BadZipFile, EOFError) as why:
            raise UnreadableError(f"{path}: damaged inside: {why}") from None


def _refuse_odd_entries(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if SIGNED not in names:
        raise UnreadableError(f"{path}: no evidence bundle; it has no {SIGNED}")
    if strange := sorted(set(names) - EXPECTED):
        raise UnreadableError(f"{path}: a bundle has no file {strange[0]}")
    if len(names) != len(set(names)):
        raise UnreadableError(f"{path}: one file is in it twice")
    packed = [e.filename for e in entries if e.compress_type != zipfile.ZIP_STORED]
    if packed:
        raise UnreadableError(
            f"{path}: {packed[0]} is compressed; a bundle's files are stored as they "
            "are, so that none is larger than it looks"
        )
    if sum(entry.file_size for entry in entries) > path.stat().st_size:
        raise UnreadableError(f"{path}: its files together are larger than itself")
    for entry in entries:
        is_table = entry.filename in TABLES
        if not is_table and entry.file_size > LARGEST_DOCUMENT:
            raise UnreadableError(
                f"{path}: {entry.filename} has {entry.file_size} bytes; at most "
                f"{LARGEST_DOCUMENT} are read"
            )


def _checked(archive: zipfile.ZipFile, key: str) -> Archive:
    manifest = _document(archive, SIGNED)
    try:
        told = (manifest["format"], manifest["version"])
        own = str(manifest["key"]["public"])
        files = dict(manifest["files"])
    except (KeyError, TypeError, ValueError):
        raise UnreadableError(f"{SIGNED}: no manifest of a bundle") from None
    if told != (FORMAT, FORMAT_VERSION):
        raise UnreadableError(
            f"{SIGNED}: format {told[0]} {told[1]}; this program reads "
            f"{FORMAT} {FORMAT_VERSION}"
        )
    faults = [*_signature_faults(archive, own, key), *_file_faults(archive, files)]
    return Archive(archive, manifest, own, tuple(faults))


def _signature_faults(archive: zipfile.ZipFile, own: str, key: str) -> Iterator[str]:
    if key and key.lower() != own.lower():
        yield f"signature: signed with key {own}, not with the given one"
    if SIGNATURE not in archive.namelist():
        yield f"signature: {SIGNATURE} is missing"
        return
    try:
        signature = bytes.fromhex(archive.read(SIGNATURE).decode("ascii").strip())
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(own))
        public.verify(signature, CONTEXT + archive.read(SIGNED))
    except (InvalidSignature, ValueError):
        yield f"signature: it is not that of key {own} under this {SIGNED}"


def _file_faults(archive: zipfile.ZipFile, files: Mapping[str, Any]) -> Iterator[str]:
    there = set(archive.namelist()) - {SIGNED, SIGNATURE}
    for name in sorted(there - files.keys()):
        yield f"{name}: not in the manifest"
    for name in sorted(EXPECTED - {SIGNED, SIGNATURE} - there):
        yield f"{name}: missing"
    for name in sorted(there & files.keys()):
        if _sha256(archive, name) != files[name].get("sha256"):
            yield f"{name}: its sha256 is not the one in the manifest"


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stored:
        while chunk := stored.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _document(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return json.loads(archive.read(name), parse_float=_refuse_float)
    except KeyError:
        raise UnreadableError(f"{name}: missing") from None
    except (ValueError, RecursionError) as why:
        raise UnreadableError(f"{name}: no JSON of a bundle ({why})") from None


def _refuse_float(text: str) -> Any:
    raise ValueError(f"{text} is a float; a bundle tells such numbers as texts")


def _table(name: str, stored: Any) -> pa.Table:
    wanted = pa.schema(list(TABLES[name].items()))
    texts = [field.name for field in wanted if field.type == TEXT]
    try:
        parquet = pq.ParquetFile(stored, read_dictionary=texts)
        names = parquet.schema_arrow.names
        if names != wanted.names:
            raise UnreadableError(
                f"{name}: its columns are {', '.join(names)}, "
                f"not {', '.join(wanted.names)}"
            )
        _refuse_large(name, parquet.metadata.num_rows * len(names) * 8, LARGEST_TABLE)
        table = parquet.read()
        for text in texts:
            _refuse_large(f"{name}: {text}", _length(table[text]), LARGEST_TEXTS)
        return table.cast(wanted)
    except (pa.ArrowException, OSError) as why:
        raise UnreadableError(f"{name}: no table that can be read ({why})") from None


def _length(texts: pa.ChunkedArray) -> int:
    """Return how long all texts together are, each as often as it stands."""
    lengths = (
        pc.sum(pc.take(pc.binary_length(chunk.dictionary), chunk.indices)).as_py() or 0
        for chunk in texts.chunks
    )
    return sum(lengths)


def _refuse_large(name: str, size: int, most: int) -> None:
    if size > most:
        raise UnreadableError(
            f"{name}: {size} bytes when it is read; at most {most} are read"
        )
