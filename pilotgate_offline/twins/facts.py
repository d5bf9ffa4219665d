"""Every integer the platform keeps of a robot's minutes, counted the plain way."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pilotgate_offline.twins.edges import edges, facts_of_edge
from pilotgate_offline.twins.readings import facts_of_reading, readings
from pilotgate_offline.twins.rows import (
    Row,
    distinct,
    facts_of_row,
    minute_of,
    under_told_software,
)
from pilotgate_offline.twins.spans import facts_of_span, known_spans, pieces

Bucket = tuple[int, str, str, int]  # robot, evidence, software, start in µs
Fact = tuple[int, str, str, int, str, int]  # robot, evidence, software, µs, name, n


def facts_by_minute(
    samples: Iterable[Row],
    events: Iterable[Row],
    window: tuple[int, int] | None = None,
) -> dict[Bucket, dict[str, int]]:
    """Compute everything the platform keeps of these rows, inside [start, end)."""
    samples, events = under_told_software(distinct(samples), distinct(events))
    window = window or (-(2**63), 2**63)
    facts: dict[Bucket, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for robot, evidence, software, ts_us, name, number in (
        *_of_time(samples, events, window),
        *_of_instants(samples, events, window),
    ):
        facts[robot, evidence, software, minute_of(ts_us)][name] += number
    return facts


def _of_time(
    samples: Iterable[Row], events: Iterable[Row], window: tuple[int, int]
) -> Iterator[Fact]:
    for span in known_spans(samples, events):
        for piece in pieces(span, window):
            for fact in facts_of_span(piece):
                yield (
                    piece.robot,
                    piece.evidence,
                    piece.software,
                    piece.start_us,
                    *fact,
                )


def _of_instants(
    samples: Iterable[Row], events: Iterable[Row], window: tuple[int, int]
) -> Iterator[Fact]:
    start_us, end_us = window
    told = [(edge, facts_of_edge(edge)) for edge in edges(events)]
    read = [(reading, facts_of_reading(reading)) for reading in readings(samples)]
    for each, facts in [*told, *read]:
        if start_us <= each.ts_us < end_us:
            for fact in facts:
                yield each.robot, each.evidence, each.software, each.ts_us, *fact
    for row in [*samples, *events]:
        if start_us <= row["ts_us"] < end_us:
            key = (row["robot_id"], row["evidence"], row["software"], row["ts_us"])
            for fact in facts_of_row(row):
                yield (*key, *fact)
