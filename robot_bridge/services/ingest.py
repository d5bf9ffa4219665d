"""From the wires into the spool: what is promised, and to whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson
from django.conf import settings

from robot_bridge import adapters
from robot_bridge.errors import MalformedMessageError
from robot_bridge.spool import Spool
from robot_bridge.telemetry import Envelope


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which messages of one session are durable; the sender may forget them."""

    topic: str
    session: str
    ranges: tuple[tuple[int, int], ...]

    def payload(self) -> bytes:
        return orjson.dumps({"session": self.session, "ranges": self.ranges})


def open_spool(*, age_s: float = 0.5) -> Spool:
    """Return the platform's spool; age_s 0 seals after every append."""
    return Spool(Path(settings.SPOOL_ROOT), age_s=age_s)


def ingest(envelopes: Iterable[Envelope], *, spool: Spool) -> list[Receipt]:
    """Make envelopes durable, and say what may be receipted.

    Everything is kept, also what cannot be read: the ledger sets it aside with a
    reason. A receipt names what says its session and seq, and promises only that it
    is kept.

    Raises:
        SpoolError: nothing is durable; acknowledge nothing, the sender tries again.
    """
    kept = list(envelopes)
    spool.append(kept)
    return _receipts(kept)


def _receipts(envelopes: list[Envelope]) -> list[Receipt]:
    numbers: dict[tuple[str, str], set[int]] = {}
    for envelope in envelopes:
        try:
            topic = adapters.read_topic(envelope.topic)
        except MalformedMessageError:
            continue
        mark = adapters.mark(topic, envelope.payload)
        if mark is not None and envelope.name == topic.name:
            key = (f"{topic.base}/receipt", mark.session)
            numbers.setdefault(key, set()).add(mark.seq)
    return [
        Receipt(topic, session, _ranges(sorted(seqs)))
        for (topic, session), seqs in numbers.items()
    ]


def _ranges(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    """Return inclusive ranges of sorted numbers."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)
