"""Accepted messages to canonical rows, whole columns at a time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from robot_bridge.rules import LATE_FROM_US
from robot_bridge.services.cases import Decision
from robot_bridge.telemetry import EVENTS, SAMPLES, Event, Kind, Parsed, Quality

Columns = dict[str, Any]
Micros = npt.NDArray[np.int64]
Message = tuple[Decision, Parsed, int]  # with its time of receipt in µs
# Outside any sequence, as a last will.
NO_SEQ = -1


def sample_rows(messages: Sequence[Message]) -> pa.Table:
    """Return the messages' samples, in the messages' order."""
    told = [each for each in messages if each[1].samples]
    if not told:
        return SAMPLES.empty_table()
    parts = [part for _decision, parsed, _recv in told for part in parsed.samples]
    lengths = np.array([len(part.ts_us) for part in parts])
    counts = [sum(len(p.ts_us) for p in parsed.samples) for _d, parsed, _r in told]
    columns = _header(told, counts, np.concatenate([part.ts_us for part in parts]))
    columns["metric"] = _words([part.metric for part in parts], lengths)
    columns["value"] = np.concatenate([part.value for part in parts])
    return _table(columns, SAMPLES)


def event_rows(messages: Sequence[Message]) -> pa.Table:
    """Return the messages' events, and the clock jumps the ledger found."""
    told = [(each, _with_jump(each[0], each[1])) for each in messages]
    told = [(message, events) for message, events in told if events]
    if not told:
        return EVENTS.empty_table()
    events = [event for _message, several in told for event in several]
    columns = _header(
        [message for message, _events in told],
        [len(several) for _message, several in told],
        np.array([event.ts_us for event in events], dtype=np.int64),
    )
    columns["kind"] = [event.kind.value for event in events]
    columns["ref"] = [event.ref for event in events]
    columns["value"] = [event.value for event in events]
    columns["number"] = [event.number for event in events]
    return _table(columns, EVENTS)


def _with_jump(decision: Decision, parsed: Parsed) -> Sequence[Event]:
    if decision.jump_us is None:
        return parsed.events
    times = [event.ts_us for event in parsed.events]
    times += [int(part.ts_us.min()) for part in parsed.samples]
    if not times:
        return ()
    at = min(times)
    jump = Event(at, Kind.CLOCK_JUMP, "replaced", number=decision.jump_us)
    return (*parsed.events, jump)


def _header(
    messages: Sequence[Message], lengths: Sequence[int], told_us: Micros
) -> Columns:
    """Return the columns every row has, a message's own value on each of its rows.

    `lengths`: each message's number of rows; `told_us`: each row's instant as told.
    """
    counts = np.array(lengths)
    decisions = [decision for decision, _parsed, _recv in messages]

    def spread(values: list[int]) -> Micros:
        return np.repeat(np.array(values, dtype=np.int64), counts)

    recv_us = spread([recv for _decision, _parsed, recv in messages])
    ts_us = told_us + spread([each.shift_us for each in decisions])
    quality = spread([d.quality | parsed.quality for d, parsed, _recv in messages])
    late = (recv_us - ts_us > LATE_FROM_US) * int(Quality.LATE)
    evidence, software = _grants(decisions, counts, ts_us)
    streams = [parsed.header.stream for _decision, parsed, _recv in messages]
    starts = np.cumsum(counts) - counts
    return {
        "robot_id": spread([each.robot_id for each in decisions]),
        "stream": _words(streams, counts),
        "session": _words([each.session for each in decisions], counts),
        "seq": spread([each.seq for each in decisions]),
        "ordinal": np.arange(len(ts_us)) - np.repeat(starts, counts),
        "ts_us": ts_us,
        "recv_us": recv_us,
        "ts_src": spread([each.source for each in decisions]),
        "quality": quality | late,
        "evidence": evidence,
        "software": software,
    }


def _grants(
    decisions: Sequence[Decision], counts: Any, ts_us: Any
) -> tuple[pa.Array, pa.Array]:
    """Return what each row is evidence of and on which software."""
    known: dict[tuple[str, str], int] = {}
    for run in (run for decision in decisions for run in decision.runs):
        known.setdefault((run.evidence, run.software), len(known))
    first = [known[d.runs[0].evidence, d.runs[0].software] for d in decisions]
    codes = np.repeat(np.array(first, dtype=np.int32), counts)
    ends = np.cumsum(counts)
    for number, decision in enumerate(decisions):
        if len(decision.runs) == 1:
            continue
        rows = slice(ends[number] - counts[number], ends[number])
        edges = [run.until_us for run in decision.runs[:-1]]
        own = np.array([known[run.evidence, run.software] for run in decision.runs])
        codes[rows] = own[np.searchsorted(edges, ts_us[rows], side="right")]
    return (
        _decoded(codes, [evidence for evidence, _software in known]),
        _decoded(codes, [software for _evidence, software in known]),
    )


def _words(values: list[str], counts: Any) -> pa.Array:
    """Spread a word a message over its rows."""
    known = {word: code for code, word in enumerate(dict.fromkeys(values))}
    codes = np.array([known[word] for word in values], dtype=np.int32)
    return _decoded(np.repeat(codes, counts), list(known))


def _decoded(codes: Any, words: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words)).cast(
        pa.string()
    )


def _table(columns: Columns, schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)
