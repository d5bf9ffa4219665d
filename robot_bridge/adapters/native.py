"""Pilotgate's own batch message: rows or columns of samples, and events.

`pilotgate/v1/<vendor>/<serial>/telemetry`, JSON:
{"v": 1, "session": "...", "seq": 0, "sent": ts, "interval_ms": 30000,
 "samples": [{"ts": ts, "m": {"soc": 0.872}}]
            or {"t0": ts, "dt_us": [0, ...], "cols": {"soc": [0.872, ...]}},
 "events": [{"ts": ts, "kind": "op_state", "ref": "", "value": "idle"}]}
A ts is ISO 8601 text or int µs UTC; dt_us counts from t0. null is an absent reading.
"""

import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final, Literal, assert_never

import msgspec
import numpy as np

from robot_bridge.adapters.events import checked_event
from robot_bridge.adapters.payload import MAX_INT64, decode, digest, microseconds
from robot_bridge.adapters.scaling import Micros, Reading, scale_column
from robot_bridge.adapters.topics import Topic
from robot_bridge.errors import MalformedMessageError
from robot_bridge.telemetry import (
    Event,
    Header,
    Kind,
    Parsed,
    SampleColumns,
)

MAX_SAMPLES: Final = 1_000
MAX_EVENTS: Final = 1_000
MAX_BYTES: Final = 256 << 10
SESSION_SIGNS: Final = r"^[A-Za-z0-9._:-]{1,64}$"

Counted = Annotated[int, msgspec.Meta(ge=0, le=MAX_INT64)]
Instant = Counted | datetime
Samples = tuple[SampleColumns, ...]
_NOTHING: Final = msgspec.Raw(b"[]")


class Mark(msgspec.Struct):
    """What a receipt names: enough of a message to say which one it was."""

    session: Annotated[str, msgspec.Meta(pattern=SESSION_SIGNS)]
    seq: Counted


class Batch(Mark):
    v: Literal[1]
    sent: Instant | None = None
    interval_ms: Annotated[int, msgspec.Meta(ge=10, le=86_400_000)] | None = None
    samples: msgspec.Raw = _NOTHING
    events: msgspec.Raw = _NOTHING


class Row(msgspec.Struct, gc=False):
    ts: Instant
    m: dict[str, Reading]


# Within a century, so that no instant leaves 64 bits.
Offset = Annotated[int, msgspec.Meta(ge=-(2**52), le=2**52)]


class Columns(msgspec.Struct):
    t0: Instant
    dt_us: list[Offset]
    cols: dict[str, list[Reading]]


class EventRow(msgspec.Struct):
    ts: Instant
    kind: Kind
    ref: Annotated[str, msgspec.Meta(max_length=128)] = ""
    value: Annotated[str, msgspec.Meta(max_length=16_384)] = ""
    number: int | None = None


_mark = msgspec.json.Decoder(Mark)
_MARK_FIRST: Final = re.compile(
    rb'\s*\{\s*"v"\s*:\s*1\s*,\s*"session"\s*:\s*"(?P<session>[A-Za-z0-9._:-]{1,64})"'
    rb'\s*,\s*"seq"\s*:\s*(?P<seq>\d{1,18})\s*[,}]'
)
_batch = msgspec.json.Decoder(Batch)
_rows = msgspec.json.Decoder(
    Annotated[list[Row], msgspec.Meta(max_length=MAX_SAMPLES)] | Columns
)
_events = msgspec.json.Decoder(
    Annotated[list[EventRow], msgspec.Meta(max_length=MAX_EVENTS)]
)
_DEFAULT_INTERVAL_US: Final = 30_000_000


def mark(payload: bytes) -> Mark | None:
    """Return a message's session and seq, or None when it does not say them.

    A message that begins with them, as ours do, need not be read to its end.
    """
    if first := _MARK_FIRST.match(payload):
        return Mark(first["session"].decode(), int(first["seq"]))
    try:
        return _mark.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def parse(topic: Topic, payload: bytes) -> Parsed:
    """Read one batch.

    Raises:
        MalformedMessageError: too large, not JSON, a field missing or of the wrong
            type, a metric or an event the platform does not know.
    """
    if len(payload) > MAX_BYTES:
        raise MalformedMessageError(
            f"{topic.text}: {len(payload)} bytes are too many; a batch holds at most "
            f"{MAX_BYTES} bytes and {MAX_SAMPLES} samples.",
            code="too_large",
        )
    batch = decode(_batch, payload, topic=topic.text)
    samples, quality = _samples(topic, batch.samples)
    events = _read_events(topic, batch.events)
    sent_us = None if batch.sent is None else _us(batch.sent)
    heartbeat = _heartbeat(batch, samples, events, sent_us)
    header = Header(
        vendor=topic.vendor,
        serial=topic.serial,
        stream=topic.stream,
        session=batch.session,
        seq=batch.seq,
        sent_us=sent_us,
        interval_us=(
            _DEFAULT_INTERVAL_US
            if batch.interval_ms is None
            else batch.interval_ms * 1000
        ),
    )
    return Parsed(
        header,
        samples,
        heartbeat + events,
        quality,
        digest(
            batch.session.encode(),
            str(batch.seq).encode(),
            str(batch.interval_ms).encode(),
            bytes(batch.samples),
            bytes(batch.events),
        ),
    )


def _us(instant: int | datetime) -> int:
    return instant if isinstance(instant, int) else microseconds(instant)


def _samples(topic: Topic, raw: msgspec.Raw) -> tuple[Samples, int]:
    match decode(_rows, bytes(raw), topic=topic.text):
        case Columns() as columns:
            return _from_columns(topic, columns)
        case list() as rows:
            return _from_rows(rows)
        case other:
            assert_never(other)


def _from_columns(topic: Topic, columns: Columns) -> tuple[Samples, int]:
    length = len(columns.dt_us)
    uneven = {k: len(v) for k, v in columns.cols.items() if len(v) != length}
    if uneven:
        raise MalformedMessageError(
            f"{topic.text}: dt_us has {length} entries, but {uneven} readings came; "
            "every column has one reading, or null, for each entry of dt_us."
        )
    if length > MAX_SAMPLES:
        raise MalformedMessageError(
            f"{topic.text}: {length} samples in one batch; at most {MAX_SAMPLES} fit.",
            code="too_large",
        )
    start = _us(columns.t0)
    ts_us = np.array(columns.dt_us, dtype=np.int64)
    if (
        length
        and not 0 <= start + int(ts_us.min()) <= start + int(ts_us.max()) <= MAX_INT64
    ):
        raise MalformedMessageError(
            f"{topic.text}: dt_us leads outside the years a clock can show; it counts "
            "µs from t0."
        )
    ts_us += start
    return _scaled([(key, ts_us, values) for key, values in columns.cols.items()])


def _from_rows(rows: list[Row]) -> tuple[Samples, int]:
    if not rows:
        return (), 0
    told = [row.ts for row in rows]
    ts_us = np.array(told)
    if ts_us.dtype != np.int64:
        ts_us = np.array([_us(instant) for instant in told], dtype=np.int64)
    readings = [row.m for row in rows]
    keys = readings[0].keys()
    if sum(map(len, readings)) == len(keys) * len(rows):
        with suppress(KeyError):
            return _scaled(
                [(key, ts_us, [each[key] for each in readings]) for key in keys]
            )
    # What a row leaves out is absent as if it were null, yet nothing is amiss.
    places: dict[str, list[int]] = {}
    for place, each in enumerate(readings):
        for key in each:
            places.setdefault(key, []).append(place)
    return _scaled(
        [
            (key, ts_us[found], [readings[place][key] for place in found])
            for key, found in places.items()
        ]
    )


def _scaled(
    columns: list[tuple[str, Micros, list[Reading]]],
) -> tuple[Samples, int]:
    parts, quality = [], 0
    for key, ts_us, readings in columns:
        part, partial = scale_column(key, ts_us, readings)
        quality |= partial
        if len(part.ts_us):
            parts.append(part)
    return tuple(parts), quality


def _read_events(topic: Topic, raw: msgspec.Raw) -> tuple[Event, ...]:
    return tuple(
        checked_event(Event(_us(row.ts), row.kind, row.value, row.ref, row.number))
        for row in decode(_events, bytes(raw), topic=topic.text)
    )


def _heartbeat(
    batch: Batch,
    samples: Samples,
    events: tuple[Event, ...],
    sent_us: int | None,
) -> tuple[Event, ...]:
    """Say the declared interval once a batch, at its first row or its sending."""
    if batch.interval_ms is None:
        return ()
    times = [event.ts_us for event in events]
    times += [int(part.ts_us.min()) for part in samples]
    if not times and sent_us is None:
        return ()
    at = min(times) if times else sent_us
    if at is None:
        return ()
    return (Event(at, Kind.SESSION, "started", number=batch.interval_ms * 1000),)
