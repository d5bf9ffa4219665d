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
    for fact in (
        *_of_edges(events),
        *_of_readings(samples),
        *_of_rows([*samples, *events]),
    ):
        if window[0] <= fact[3] < window[1]:
            yield fact


def _of_edges(events: Iterable[Row]) -> Iterator[Fact]:
    for edge in edges(events):
        for fact in facts_of_edge(edge):
            yield edge.robot, edge.evidence, edge.software, edge.ts_us, *fact


def _of_readings(samples: Iterable[Row]) -> Iterator[Fact]:
    for read in readings(samples):
        for fact in facts_of_reading(read):
            yield read.robot, read.evidence, read.software, read.ts_us, *fact


def _of_rows(rows: Iterable[Row]) -> Iterator[Fact]:
    for row in rows:
        key = (row["robot_id"], row["evidence"], row["software"], row["ts_us"])
        for fact in facts_of_row(row):
            yield (*key, *fact)
