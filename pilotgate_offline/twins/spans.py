"""Known time: what state a robot was in, and for how long."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from pilotgate_offline.twins.rows import (
    MINUTE_US,
    SECOND_US,
    Row,
    lines,
    minute_of,
)

DEFAULT_INTERVAL_S = 30
LONGEST_INTERVAL_S = 300
UP = {"navigating", "idle", "charging", "waiting_internal"}
WAITING = {"waiting_human", "waiting_external"}
OPERATING = {
    "navigating",
    "idle",
    "waiting_human",
    "waiting_external",
    "waiting_internal",
    "manual_override",
}
OP_STATES = UP | WAITING | OPERATING | {"disabled", "offline"}


@dataclass(frozen=True)
class Span:
    robot: int
    evidence: str
    software: str
    start_us: int
    end_us: int
    op_state: str
    degraded: bool


def declared_interval_s(number: int | None) -> int:
    """Read a session's declared interval: whole seconds, rounded up, 1 to 300."""
    if number is None or number <= 0:
        return DEFAULT_INTERVAL_S
    return min(-(-number // SECOND_US), LONGEST_INTERVAL_S)


@dataclass
class Held:
    """What holds at an instant of a line."""

    op_state: str | None = None  # None: not known
    degraded: bool = False
    interval_s: int = DEFAULT_INTERVAL_S
    software: str = ""

    def hear(self, rows: Iterable[Row]) -> None:
        """Take in the rows of one instant, in reading order."""
        self.software = max(row["software"] for row in rows)
        for row in rows:
            kind = row.get("kind")
            if kind == "op_state":
                self.op_state = row["value"]
            elif kind == "degraded":
                self.degraded = row["value"] == "entered"
            elif kind == "session":
                self.interval_s = declared_interval_s(row["number"])


def known_spans(samples: Iterable[Row], events: Iterable[Row]) -> Iterator[Span]:
    """Yield the time in which the operational state is known."""
    for (robot, evidence), rows in lines([*samples, *events]).items():
        held, last_us = Held(), None
        for now_us, told in groupby(rows, key=lambda row: row["ts_us"]):
            if last_us is not None:
                if now_us - last_us > 2 * held.interval_s * SECOND_US:
                    held.op_state = None  # a silence ends what is known
                if held.op_state is not None:
                    yield Span(
                        robot,
                        evidence,
                        held.software,
                        last_us,
                        now_us,
                        held.op_state,
                        held.degraded,
                    )
            held.hear(list(told))
            last_us = now_us


def pieces(span: Span, window: tuple[int, int]) -> Iterator[Span]:
    """Cut a span at the window's ends and at every whole minute."""
    at_us, until_us = max(span.start_us, window[0]), min(span.end_us, window[1])
    while at_us < until_us:
        stop_us = min(until_us, minute_of(at_us) + MINUTE_US)
        yield replace(span, start_us=at_us, end_us=stop_us)
        at_us = stop_us


def facts_of_span(span: Span) -> Iterator[tuple[str, int]]:
    length = span.end_us - span.start_us
    yield "known_us", length
    if span.op_state in UP:
        yield "up_us", length
    if span.op_state in WAITING:
        yield "waiting_us", length
    if span.op_state in OPERATING:
        yield "operating_us", length
    if span.op_state == "navigating":
        yield "navigating_us", length
    if span.op_state in OPERATING - {"manual_override"}:
        yield "autonomous_us", length
        if span.op_state != "waiting_human":
            yield "unassisted_us", length
    if span.degraded:
        yield "degraded_us", length
