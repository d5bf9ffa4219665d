"""Which run of a robot a message belongs to, and how far its streams have come.

A native message names its session. VDA 5050 names none: one begins when a newer
ONLINE arrives, or when a stream's headerId starts again. It is found by the
message's own time, so that what arrives late or twice finds the same one.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import connection

from robot_bridge.adapters import Protocol
from robot_bridge.services.cases import Sited
from robot_bridge.telemetry import Kind

# A leap this long is a new beginning rather than that many messages lost.
LONGEST_LEAP: Final = 1_000_000
SessionKey = tuple[int, str]  # robot, session name

_KEEP_SESSIONS: Final = """
INSERT INTO robot_bridge_robotsession (robot_id, name, started_us, offset_us)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (robot_id, name) DO UPDATE
SET offset_us = LEAST(robot_bridge_robotsession.offset_us, EXCLUDED.offset_us)
RETURNING robot_id, name, id, offset_us
"""
_KEEP_HEADS: Final = """
INSERT INTO robot_bridge_streamhead
    (session_id, stream, lowest_seq, highest_seq, top_sent_us)
SELECT * FROM unnest(
    %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (session_id, stream) DO UPDATE
SET lowest_seq = EXCLUDED.lowest_seq, highest_seq = EXCLUDED.highest_seq,
    top_sent_us = EXCLUDED.top_sent_us
"""


@dataclass(slots=True)
class Head:
    """A stream's lowest and highest number, and when the highest was sent."""

    lowest: int
    highest: int
    sent_us: int | None

    def restarts_at(self, seq: int, sent_us: int) -> bool:
        """Say whether this number, sent then, tells that counting began again."""
        if self.sent_us is None or sent_us <= self.sent_us:
            return False
        return seq < self.highest or seq == self.highest == self.lowest <= 1

    def take(self, seq: int, sent_us: int | None) -> int:
        """Reach out to a number; returns how many more are due because of it."""
        before = self.highest - self.lowest
        self.lowest = min(self.lowest, seq)
        if seq > self.highest:
            self.highest, self.sent_us = seq, sent_us
        more = self.highest - self.lowest - before
        return more if more <= LONGEST_LEAP else 1


@dataclass(slots=True)
class Runs:
    """A VDA robot's sessions in time."""

    starts: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def at(self, ts_us: int) -> str | None:
        place = bisect_right(self.starts, ts_us)
        return self.names[place - 1] if place else None

    def begin(self, ts_us: int) -> str:
        """Begin a session at an instant, unless one begins there already."""
        place = bisect_right(self.starts, ts_us)
        if place and self.starts[place - 1] == ts_us:
            return self.names[place - 1]
        self.starts.insert(place, ts_us)
        self.names.insert(place, f"vda-{ts_us}")
        return self.names[place]


Heads = dict[tuple[int, str, str], Head]  # robot, session name, stream

_RUNS: Final = """
SELECT s.robot_id, s.started_us, s.name
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (robot_id, from_us)
JOIN robot_bridge_robotsession s ON s.robot_id = wanted.robot_id
WHERE s.name LIKE 'vda-%%' AND s.started_us >= COALESCE((
    SELECT max(p.started_us) FROM robot_bridge_robotsession p
    WHERE p.robot_id = wanted.robot_id AND p.started_us <= wanted.from_us
        AND p.name LIKE 'vda-%%'), 0)
ORDER BY s.started_us
"""
_HEADS: Final = """
SELECT s.robot_id, s.name, h.stream, h.lowest_seq, h.highest_seq, h.top_sent_us
FROM unnest(%s::bigint[], %s::text[]) AS wanted (robot_id, name)
JOIN robot_bridge_robotsession s USING (robot_id, name)
JOIN robot_bridge_streamhead h ON h.session_id = s.id
FOR UPDATE OF h
"""


def assign_sessions(cases: Sequence[Sited]) -> dict[int, int | None]:
    """Give each case its session, and say what its number makes due.

    Returns:
        By session id, the smallest (receipt - sending) known, in µs.
    """
    unnamed: dict[int, list[Sited]] = defaultdict(list)
    for case in cases:
        if case.topic.protocol is Protocol.VDA5050:
            unnamed[case.robot.id].append(case)
        else:
            case.session_name = case.parsed.header.session
    runs = _known_runs(unnamed)
    heads = _known_heads(cases, runs)
    walked = {key: replace(head) for key, head in heads.items()}
    for robot_id, several in unnamed.items():
        _find_sessions(several, runs[robot_id], walked)
    offsets = _keep_sessions(cases)
    for case in cases:
        _count(case, heads)
    _keep_heads(cases, heads)
    return offsets


def _find_sessions(cases: list[Sited], runs: Runs, heads: Heads) -> None:
    """Walk one VDA robot's messages in the order they were sent."""
    for case in sorted(cases, key=_sent_us):
        header, sent_us = case.parsed.header, _sent_us(case)
        name = runs.at(sent_us)
        if name is None or _says_online(case):
            name = runs.begin(sent_us)
        if header.seq is not None:
            name = _follow(heads, runs, case, name)
        case.session_name = name


def _follow(heads: Heads, runs: Runs, case: Sited, name: str) -> str:
    """Return the session a numbered message belongs to, begun anew if it restarts."""
    seq, stream, sent_us = case.seq, case.parsed.header.stream, _sent_us(case)
    head = heads.get((case.robot.id, name, stream))
    if head is not None and head.restarts_at(seq, sent_us):
        name = runs.begin(sent_us)
        head = heads.get((case.robot.id, name, stream))
    if head is None:
        heads[case.robot.id, name, stream] = Head(seq, seq, sent_us)
    else:
        head.take(seq, sent_us)
    return name


def _count(case: Sited, heads: Heads) -> None:
    """Say how many messages this one's number makes due."""
    header = case.parsed.header
    if header.seq is None:
        return
    key = (case.robot.id, case.session_name, header.stream)
    head = heads.get(key)
    if head is None:
        heads[key] = Head(header.seq, header.seq, header.sent_us)
        case.expected = 1
    else:
        case.expected = head.take(header.seq, header.sent_us)


def _known_runs(unnamed: dict[int, list[Sited]]) -> dict[int, Runs]:
    runs: dict[int, Runs] = defaultdict(Runs)
    if unnamed:
        firsts = [min(map(_sent_us, several)) for several in unnamed.values()]
        with connection.cursor() as cursor:
            cursor.execute(_RUNS, [list(unnamed), firsts])
            for robot_id, started_us, name in cursor.fetchall():
                runs[robot_id].starts.append(started_us)
                runs[robot_id].names.append(name)
    return runs


def _known_heads(cases: Sequence[Sited], runs: dict[int, Runs]) -> Heads:
    wanted = {(case.robot.id, case.session_name) for case in cases}
    wanted |= {(robot, name) for robot, each in runs.items() for name in each.names}
    robots, names = zip(*sorted(wanted), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [list(robots), list(names)])
        return {
            (robot_id, name, stream): Head(lowest, highest, sent_us)
            for robot_id, name, stream, lowest, highest, sent_us in cursor.fetchall()
        }


def _keep_sessions(cases: Sequence[Sited]) -> dict[int, int | None]:
    starts: dict[SessionKey, int] = {}
    offsets: dict[SessionKey, int | None] = {}
    for case in cases:
        key = (case.robot.id, case.session_name)
        begun = _sent_us(case) if case.parsed.header.session else _begun(case)
        starts[key] = min(begun, starts.get(key, begun))
        offsets[key] = _smaller(offsets.get(key), _offset_us(case))
    keys = sorted(starts)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP_SESSIONS,
            [
                [robot_id for robot_id, _name in keys],
                [name for _robot_id, name in keys],
                [starts[key] for key in keys],
                [offsets[key] for key in keys],
            ],
        )
        rows = cursor.fetchall()
    ids = {(robot_id, name): session for robot_id, name, session, _offset in rows}
    for case in cases:
        case.session_id = ids[case.robot.id, case.session_name]
    return {session: offset for _robot, _name, session, offset in rows}


def _keep_heads(cases: Sequence[Sited], heads: Heads) -> None:
    touched = {
        (case.session_id, case.parsed.header.stream): heads[
            case.robot.id, case.session_name, case.parsed.header.stream
        ]
        for case in cases
        if case.parsed.header.seq is not None
    }
    if not touched:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP_HEADS,
            [
                [session for session, _stream in touched],
                [stream for _session, stream in touched],
                [head.lowest for head in touched.values()],
                [head.highest for head in touched.values()],
                [head.sent_us for head in touched.values()],
            ],
        )


def _begun(case: Sited) -> int:
    """Read when a VDA session began from its name."""
    return int(case.session_name.removeprefix("vda-"))


def _sent_us(case: Sited) -> int:
    """Return when a message was sent by its own clock, or when its rows begin."""
    told = case.parsed.header.sent_us
    return case.times.first_us if told is None else told


def _offset_us(case: Sited) -> int | None:
    """Return (receipt - sending), which the past told under a permission does not."""
    sent_us = case.parsed.header.sent_us
    if sent_us is None or case.permission is not None:
        return None
    return case.times.recv_us - sent_us


def _smaller(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _says_online(case: Sited) -> bool:
    return any(
        event.kind is Kind.CONNECTION and event.value == "online"
        for event in case.parsed.events
    )
