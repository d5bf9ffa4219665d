"""The ledger: every number once, every message accounted for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
from django.db import connection

from robot_bridge.enums import SetAsideReason
from robot_bridge.services.cases import Case, Outcome, Sited
from robot_bridge.telemetry import MINUTE_US

Key = tuple[int, str, int]  # session id, stream, seq

_ENTRIES: Final = """
SELECT l.session_id, l.stream, l.seq, l.id, l.digest, l.disputed
FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS wanted (session_id, stream, seq)
JOIN robot_bridge_streamledger l USING (session_id, stream, seq)
"""
_SEEN: Final = """
SELECT s.robot_id, l.stream, l.digest
FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS wanted (robot_id, stream, digest)
JOIN robot_bridge_streamledger l USING (stream, digest)
JOIN robot_bridge_robotsession s
    ON s.id = l.session_id AND s.robot_id = wanted.robot_id
WHERE l.stream <> 'telemetry' AND NOT l.disputed
"""
_ENTER: Final = """
INSERT INTO robot_bridge_streamledger
    (session_id, stream, seq, digest, first_us, last_us, disputed)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bytea[],
    %s::bigint[], %s::bigint[], %s::bool[])
"""
_DISPUTE: Final = """
UPDATE robot_bridge_streamledger SET disputed = true WHERE id = ANY(%s)
RETURNING id, first_us, last_us
"""
_COUNT: Final = """
INSERT INTO robot_bridge_minuteledger (robot_id, minute_us, received, stored,
    duplicate, set_aside, throttled, expected)
SELECT robot_id, minute_us, stored + duplicate + set_aside, stored, duplicate,
    set_aside, 0, expected
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[]) AS found (robot_id, minute_us, stored, duplicate, set_aside, expected)
ON CONFLICT (robot_id, minute_us) DO UPDATE SET
    received = robot_bridge_minuteledger.received + EXCLUDED.received,
    stored = robot_bridge_minuteledger.stored + EXCLUDED.stored,
    duplicate = robot_bridge_minuteledger.duplicate + EXCLUDED.duplicate,
    set_aside = robot_bridge_minuteledger.set_aside + EXCLUDED.set_aside,
    expected = robot_bridge_minuteledger.expected + EXCLUDED.expected
"""
_DISPUTED: Final = """
SELECT s.robot_id, l.stream, s.name, l.seq
FROM robot_bridge_streamledger l JOIN robot_bridge_robotsession s ON s.id = l.session_id
WHERE l.disputed AND s.robot_id = ANY(%s)
"""
_DISPUTED_SCHEMA: Final = pa.schema(
    [
        ("robot_id", pa.int64()),
        ("stream", pa.string()),
        ("session", pa.string()),
        ("seq", pa.int64()),
    ]
)


@dataclass(slots=True)
class Entry:
    """What the ledger knows of a number; `case` when it is of this segment."""

    digest: bytes
    disputed: bool
    ledger_id: int | None = None
    case: Sited | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """An accepted message whose number another one claimed; its rows stop counting."""

    claimant: Sited
    ledger_id: int
    first_us: int
    last_us: int


def judge_numbers(cases: Sequence[Sited]) -> list[Dispute]:
    """Find duplicates and conflicts, and enter what is new.

    A number whose message came with two different contents counts for neither,
    whichever came first.
    """
    seen = _seen(cases)
    entries = _known_entries(cases)
    claims: dict[int, Sited] = {}
    for case in cases:
        if (case.robot.id, case.stream, case.parsed.digest) in seen:
            case.outcome = Outcome.DUPLICATE
            continue
        key = (case.session_id, case.stream, case.seq)
        entry = entries.get(key)
        if entry is None:
            entries[key] = Entry(case.parsed.digest, disputed=False, case=case)
        else:
            _compare(case, entry, claims)
    _enter([entry for entry in entries.values() if entry.case is not None])
    return _dispute(claims)


def count_minutes(cases: Iterable[Case], disputes: Iterable[Dispute]) -> None:
    """Add what became of the messages to their robots' minutes."""
    minutes: dict[tuple[int | None, int], Counter[str]] = defaultdict(Counter)
    for case in cases:
        if not case.is_counted:
            continue
        found = minutes[case.robot_id, case.minute_us]
        found[case.outcome] += 1
        found["expected"] += case.expected
    for each in disputes:
        minute_us = each.first_us - each.first_us % MINUTE_US
        found = minutes[each.claimant.robot.id, minute_us]
        found[Outcome.STORED] -= 1
        found[Outcome.SET_ASIDE] += 1
    keys = list(minutes)
    columns = [[minutes[key][name] for key in keys] for name in (*Outcome, "expected")]
    with connection.cursor() as cursor:
        robots, starts = [key[0] for key in keys], [key[1] for key in keys]
        cursor.execute(_COUNT, [robots, starts, *columns])


def disputed_messages(robot_ids: Iterable[int]) -> pa.Table:
    """Return the messages in the lake whose rows do not count.

    Returns:
        Columns robot_id, stream, session, seq, as in the lake.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DISPUTED, [list(robot_ids)])
        names = _DISPUTED_SCHEMA.names
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return pa.Table.from_pylist(rows, schema=_DISPUTED_SCHEMA)


def _compare(case: Sited, entry: Entry, claims: dict[int, Sited]) -> None:
    if entry.digest == case.parsed.digest and not entry.disputed:
        case.outcome = Outcome.DUPLICATE
        return
    sentence = (
        f"{case.topic.text}: session {case.session_name}, seq {case.seq} came with "
        "two different contents, so neither counts; a number is given once, and a "
        "retry repeats its message but for `sent`."
    )
    case.set_aside(SetAsideReason.SEQ_CONFLICT, sentence)
    if entry.disputed:
        return
    entry.disputed = True
    if entry.case is not None:
        entry.case.set_aside(SetAsideReason.SEQ_CONFLICT, sentence)
    elif entry.ledger_id is not None:
        claims[entry.ledger_id] = case


def _known_entries(cases: Sequence[Sited]) -> dict[Key, Entry]:
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRIES,
            [
                [case.session_id for case in cases],
                [case.stream for case in cases],
                [case.seq for case in cases],
            ],
        )
        return {
            (session_id, stream, seq): Entry(bytes(digest), disputed, ledger_id)
            for session_id, stream, seq, ledger_id, digest, disputed in cursor
        }


def _seen(cases: Sequence[Sited]) -> set[tuple[int, str, bytes]]:
    """Return the messages without a session of their own that came before."""
    unnamed = [case for case in cases if not case.parsed.header.session]
    if not unnamed:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _SEEN,
            [
                [case.robot.id for case in unnamed],
                [case.stream for case in unnamed],
                [case.parsed.digest for case in unnamed],
            ],
        )
        return {(robot, stream, bytes(digest)) for robot, stream, digest in cursor}


def _enter(entries: list[Entry]) -> None:
    cases = [entry.case for entry in entries if entry.case is not None]
    if not cases:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTER,
            [
                [case.session_id for case in cases],
                [case.stream for case in cases],
                [case.seq for case in cases],
                [case.parsed.digest for case in cases],
                [case.times.first_us + case.clock.shift_us for case in cases],
                [case.times.last_us + case.clock.shift_us for case in cases],
                [entry.disputed for entry in entries],
            ],
        )


def _dispute(claims: dict[int, Sited]) -> list[Dispute]:
    if not claims:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DISPUTE, [list(claims)])
        return [
            Dispute(claims[ledger_id], ledger_id, first_us, last_us)
            for ledger_id, first_us, last_us in cursor
        ]
