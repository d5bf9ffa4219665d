"""The durable boundary: append-only segment files between the wires and the ledger.

A file is a row of frames, each its body's length and CRC-32 before the body. What
`append` returned from is on disk; a tail torn by a crash was never promised and is
left out by whoever reads. Any number of processes append, each to a file of its own
that it holds locked; one settles.
"""

import errno
import fcntl
import logging
import os
import secrets
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from robot_bridge.errors import SpoolBusyError, SpoolError, SpoolFullError
from robot_bridge.telemetry import Envelope

_FRAME: Final = struct.Struct(">II")
_OPEN: Final = ".open"
_SEALED: Final = ".segment"
_LOCK_FILE: Final = (os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
logger = logging.getLogger(__name__)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[str, bytes, str, int])


@dataclass(frozen=True, slots=True)
class Segment:
    """A sealed file. Its id names the writer's run and counts up within it."""

    id: str
    path: Path

    @property
    def run(self) -> str:
        return self.id.rpartition("-")[0]

    @property
    def number(self) -> int:
        return int(self.id.rpartition("-")[2])

    def envelopes(self) -> list[Envelope]:
        """Return the whole envelopes in the order of arrival."""
        content = self.path.read_bytes()
        bodies = list(_bodies(content))
        lost = len(content) - _length(bodies)
        if lost:
            logger.error("segment %s: its last %d bytes are damaged", self.id, lost)
        return [Envelope(*_decoder.decode(body)) for body in bodies]


class Spool:
    """The segments of one folder.

    Args:
        size_bytes, age_s: a segment is sealed at whichever comes first.
        reserve_bytes: free space left to the rest of the machine.
    """

    def __init__(
        self,
        directory: Path,
        *,
        size_bytes: int = 32 << 20,
        age_s: float = 0.5,
        reserve_bytes: int = 64 << 20,
    ) -> None:
        self.directory = directory
        self._size_bytes = size_bytes
        self._age_s = age_s
        self._reserve_bytes = reserve_bytes
        self._busy = threading.Lock()
        self._run = f"{time.time_ns() // 1000:016x}{secrets.token_hex(3)}"
        self._count = 0
        self._file: int | None = None
        self._path = directory
        self._durable = 0
        self._since = 0.0

    def append(self, envelopes: Iterable[Envelope]) -> None:
        """Write envelopes and sync them to disk; on return they are promised.

        Raises:
            SpoolFullError: no space; nothing of this call is kept.
            SpoolError: the disk refused; nothing of this call is promised.
        """
        frames = b"".join(_frame(envelope) for envelope in envelopes)
        if not frames:
            return
        with self._busy:
            try:
                self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._leave_room(len(frames))
                file = self._current()
                _write(file, frames)
                os.fdatasync(file)
            except OSError as error:
                self._abandon()
                raise _refusal(error, self.directory) from error
            self._durable += len(frames)
        self.seal_if_due()

    def seal_if_due(self) -> None:
        """Seal the segment being written once it is big or old enough."""
        with self._busy:
            old = time.monotonic() - self._since >= self._age_s
            if old or self._durable >= self._size_bytes:
                self._seal()

    def seal(self) -> None:
        """Hand the segment being written, if any, to whoever settles."""
        with self._busy:
            self._seal()

    def segments(self) -> list[Segment]:
        """Return the sealed segments, oldest first.

        Seals what this object was writing and what dead processes left.
        """
        self.seal()
        if not self.directory.is_dir():
            return []
        self._mend_orphans()
        paths = sorted(self.directory.glob(f"*{_SEALED}"))
        return [Segment(path.stem, path) for path in paths]

    def segment(self, segment_id: str) -> Segment | None:
        """Return one sealed segment, or None when it has been removed."""
        path = self.directory / f"{segment_id}{_SEALED}"
        return Segment(segment_id, path) if path.exists() else None

    def remove(self, segment: Segment) -> None:
        """Forget a segment whose rows the lake holds."""
        segment.path.unlink(missing_ok=True)

    def settling(self) -> AbstractContextManager[None]:
        """Hold the right to settle this spool.

        Raises:
            SpoolBusyError: another process settles it.
        """
        return self.held_for("settler")

    @contextmanager
    def held_for(self, role: str) -> Iterator[None]:
        """Be the one process of this spool in a role.

        Raises:
            SpoolBusyError: another process is.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.directory / f"{role}.lock", *_LOCK_FILE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise SpoolBusyError(
                f"{self.directory} has a {role} at work already; a spool has one at a "
                "time."
            ) from None
        try:
            yield
        finally:
            os.close(lock)

    def _seal(self) -> None:
        if self._file is None:
            return
        self._path.rename(self._path.with_suffix(_SEALED))
        os.close(self._file)
        self._file = None
        self._durable = 0
        _sync_folder(self.directory)

    def _current(self) -> int:
        if self._file is None:
            self._count += 1
            self._path = self.directory / f"{self._run}-{self._count:08d}{_OPEN}"
            with self._opening():
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
                self._file = os.open(self._path, flags | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._durable = 0
            self._since = time.monotonic()
            _sync_folder(self.directory)
        return self._file

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """Keep a file from being mended between its creation and its lock."""
        lock = os.open(self.directory / "opening.lock", *_LOCK_FILE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _mend_orphans(self) -> None:
        """Seal the files that no living process holds."""
        for path in sorted(self.directory.glob(f"*{_OPEN}")):
            with self._opening(), suppress(FileNotFoundError, BlockingIOError):
                file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _mend(path)
                finally:
                    os.close(file)

    def _leave_room(self, wanted: int) -> None:
        if not self._reserve_bytes:
            return
        free = shutil.disk_usage(self.directory).free
        if free - wanted < self._reserve_bytes:
            raise SpoolFullError(
                f"Spool {self.directory}: {free} bytes are free and {wanted} wanted, "
                f"which leaves less than the reserve of {self._reserve_bytes} bytes; "
                "nothing is acknowledged until space is freed."
            )

    def _abandon(self) -> None:
        """Cut the open file back to what was promised and write to it no more.

        After a failed sync the kernel may have dropped its pages, so the file is
        never written again; what stands before the cut was synced earlier.
        """
        if self._file is None:
            return
        with suppress(OSError):
            os.ftruncate(self._file, self._durable)
        if self._durable:
            self._seal()
            return
        os.close(self._file)
        self._file = None
        self._path.unlink()


def _frame(envelope: Envelope) -> bytes:
    body = _encoder.encode(
        (envelope.topic, envelope.payload, envelope.name, envelope.recv_us)
    )
    return _FRAME.pack(len(body), zlib.crc32(body)) + body


def _bodies(content: bytes) -> Iterator[memoryview]:
    """Yield whole bodies up to the first torn or damaged frame."""
    view, at = memoryview(content), 0
    while at + _FRAME.size <= len(content):
        length, crc = _FRAME.unpack_from(content, at)
        at += _FRAME.size
        body = view[at : at + length]
        if len(body) < length or zlib.crc32(body) != crc:
            return
        yield body
        at += length


def _length(bodies: Iterable[memoryview]) -> int:
    return sum(_FRAME.size + len(body) for body in bodies)


def _mend(left: Path) -> None:
    """Seal a dead writer's file, cut back to its last whole frame."""
    whole = _length(_bodies(left.read_bytes()))
    if not whole:
        left.unlink()
        return
    with left.open("r+b") as file:
        file.truncate(whole)
        os.fsync(file.fileno())
    left.rename(left.with_suffix(_SEALED))


def _write(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def _refusal(error: OSError, directory: Path) -> SpoolError:
    if error.errno in _FULL:
        return SpoolFullError(
            f"Spool {directory}: the disk is full ({error.strerror}); nothing is "
            "acknowledged until space is freed."
        )
    return SpoolError(f"Spool {directory}: {error.strerror}; nothing is acknowledged.")


def _sync_folder(directory: Path) -> None:
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
