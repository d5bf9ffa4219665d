from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_bridge import adapters
from robot_bridge.errors import MalformedMessageError
from robot_bridge.telemetry import METRICS, Event, Kind, Quality

TOPIC = adapters.read_topic("pilotgate/v1/acme/S1/telemetry")
START = 1_795_000_000_000_000
BATCH = {"v": 1, "session": "a-session", "seq": 4}

readings = st.none() | st.floats(allow_nan=False, allow_infinity=False)
columns = st.integers(0, 20).flatmap(
    lambda length: st.dictionaries(
        st.sampled_from(sorted(METRICS)),
        st.lists(readings, min_size=length, max_size=length),
    ).map(lambda cols: (length, cols))
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def parse(payload):
    return adapters.parse(TOPIC, payload)


def read(**fields):
    return parse(orjson.dumps(BATCH | fields))


def told(parsed):
    return [
        (part.metric, ts_us, value)
        for part in parsed.samples
        for ts_us, value in zip(part.ts_us.tolist(), part.value.tolist(), strict=True)
    ]


def refusal(**fields):
    with pytest.raises(MalformedMessageError) as refused:
        read(**fields)
    return refused.value.code, str(refused.value)


def test_parse_reads_header_rows_and_events():
    parsed = read(
        sent="2026-11-21T05:05:48.161Z",
        interval_ms=1000,
        samples=[{"ts": START, "m": {"soc": 0.872, "temp_c.j3": 41.5}}],
        events=[{"ts": START + 1, "kind": "load", "value": "picked"}],
    )

    header = parsed.header
    assert (header.vendor, header.serial, header.stream) == ("acme", "S1", "telemetry")
    assert (header.session, header.seq) == ("a-session", 4)
    assert (header.sent_us, header.interval_us) == (1_795_237_548_161_000, 1_000_000)
    assert told(parsed) == [("soc", START, 872_000), ("temp_c.j3", START, 41_500)]
    assert parsed.events == (
        Event(START, Kind.SESSION, "started", number=1_000_000),
        Event(START + 1, Kind.LOAD, "picked"),
    )
    assert parsed.quality == 0


@given(columns)
def test_parse_reads_columns_as_it_reads_rows(drawn):
    length, cols = drawn
    spoken = {"t0": START, "dt_us": list(range(length)), "cols": cols}
    rows = [
        {"ts": START + row, "m": {key: values[row] for key, values in cols.items()}}
        for row in range(length)
    ]

    from_columns, from_rows = read(samples=spoken), read(samples=rows)

    assert told(from_columns) == told(from_rows)
    assert from_columns.quality == from_rows.quality


def test_parse_reads_rows_that_leave_readings_out():
    rows = [
        {"ts": "2026-11-21T05:05:48.168Z", "m": {"soc": 0.5, "x_m": 1}},
        {"ts": START, "m": {"x_m": None}},
        {"ts": START + 1, "m": {"y_m": 2, "soc": 0.25}},
        {"ts": START + 2, "m": {}},
    ]

    parsed = read(samples=rows)

    assert told(parsed) == [
        ("soc", 1_795_237_548_168_000, 500_000),
        ("soc", START + 1, 250_000),
        ("x_m", 1_795_237_548_168_000, 1_000),
        ("y_m", START + 1, 2_000),
    ]
    assert parsed.quality == Quality.PARTIAL


@given(columns)
def test_parse_keeps_every_possible_reading_and_no_other(drawn):
    length, cols = drawn
    spoken = {"t0": START, "dt_us": list(range(length)), "cols": cols}

    parsed = read(samples=spoken)

    expected = [
        (key, START + row, round(value * METRICS[key].steps))
        for key, values in cols.items()
        for row, value in enumerate(values)
        if value is not None and METRICS[key].low <= value <= METRICS[key].high
    ]
    assert told(parsed) == expected
    everything = sum(len(values) for values in cols.values())
    assert bool(parsed.quality & Quality.PARTIAL) == (len(expected) < everything)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b'{"v": 1, "session": "s", "seq": 0, "samples": [NaN]}', "JSON"),
        (b"\xff\xfe", "JSON"),
        (b'{"v": 1, "session": "s", "seq": 0, "x": ' + b"[" * 9_999, "JSON"),
        (b'{"v": 2, "session": "s", "seq": 0}', "$.v"),
        (b'{"v": 1, "session": "s"}', "seq"),
        (b'{"v": 1, "session": "s", "seq": -1}', "$.seq"),
        (b'{"v": 1, "session": "a\\u0000b", "seq": 1}', "$.session"),
        (b'{"v": 1, "session": "s", "seq": 1e400}', "$.seq"),
        (b'{"v": 1, "session": "s", "seq": 1, "sent": "yesterday"}', "$.sent"),
    ],
)
def test_parse_says_what_is_wrong(payload, told):
    with pytest.raises(MalformedMessageError, match=told.replace("$", r"\$")):
        parse(payload)


@given(st.binary())
def test_parse_refuses_any_bytes_with_its_own_error(payload):
    with pytest.raises(MalformedMessageError):
        parse(payload)


@given(st.dictionaries(st.sampled_from(["samples", "events", "sent"]), json_values))
def test_parse_refuses_any_json_with_its_own_error(fields):
    try:
        payload = orjson.dumps(BATCH | fields)
    except TypeError:  # an integer beyond 64 bits
        return
    with suppress(MalformedMessageError):
        parse(payload)


def test_parse_knows_no_unit_of_an_unknown_metric():
    code, sentence = refusal(samples=[{"ts": START, "m": {"soc_percent": 87}}])

    assert code == "unknown_metric"
    assert "soc_percent" in sentence


@pytest.mark.parametrize(
    ("event", "right"),
    [
        ({"kind": "op_state", "value": "dancing"}, "the value is one of"),
        ({"kind": "task", "value": "finished"}, "needs a ref"),
        ({"kind": "fault", "ref": "E1", "value": "raised"}, "level"),
        ({"kind": "safety", "ref": "mood", "value": "active"}, "the ref is one of"),
        ({"kind": "plant_count", "ref": "c"}, "needs a number"),
        ({"kind": "faults", "value": "[1]"}, "JSON array"),
        ({"kind": "gap", "value": ""}, "only the platform"),
        ({"kind": "clock_jump", "value": ""}, "only the platform"),
    ],
)
def test_parse_refuses_an_event_that_means_nothing(event, right):
    code, sentence = refusal(events=[{"ts": START, **event}])

    assert code == "unknown_event"
    assert right in sentence


def test_parse_sorts_a_snapshot_of_faults():
    told = '[["b", 1], ["a", 2], ["b", 1]]'

    parsed = read(events=[{"ts": START, "kind": "faults", "value": told}])

    assert parsed.events[0].value == '[["a",2],["b",1]]'


def test_parse_refuses_too_many_samples_and_bytes():
    rows = [{"ts": START, "m": {}}] * 1_001
    many = {"t0": START, "dt_us": [0] * 1_001, "cols": {}}
    padding = "x" * (256 << 10)

    assert "1000" in refusal(samples=rows)[1]
    assert refusal(samples=many)[0] == "too_large"
    assert refusal(padding=padding)[0] == "too_large"


def test_parse_refuses_columns_of_unequal_length():
    told = {"t0": START, "dt_us": [0, 1], "cols": {"soc": [0.5]}}

    assert "one reading, or null" in refusal(samples=told)[1]


def test_digest_leaves_out_the_time_of_sending_and_nothing_else():
    samples = [{"ts": START, "m": {"soc": 0.5}}]
    first = read(sent=START, samples=samples)

    assert read(sent=START + 5, samples=samples).digest == first.digest
    for changed in (
        {"samples": [{"ts": START, "m": {"soc": 0.6}}]},
        {"samples": samples, "seq": 5},
        {"samples": samples, "session": "another"},
        {"samples": samples, "interval_ms": 10},
        {"samples": samples, "events": [{"ts": 1, "kind": "software", "value": "2"}]},
    ):
        assert read(sent=START, **changed).digest != first.digest


@pytest.mark.parametrize(
    "topic",
    [
        "pilotgate/v1/acme/S1/receipt",
        "pilotgate/v2/acme/S1/telemetry",
        "pilotgate/v1//S1/telemetry",
        "uagv/v2/acme/S1/order",
        "acme",
        "",
    ],
)
def test_read_topic_refuses_what_no_adapter_reads(topic):
    with pytest.raises(MalformedMessageError, match="read by no adapter"):
        adapters.read_topic(topic)


def test_mark_reads_session_and_seq_of_any_batch():
    assert adapters.mark(TOPIC, b"{}") is None
    assert adapters.mark(TOPIC, b"\xff") is None
    mark = adapters.mark(TOPIC, orjson.dumps(BATCH))
    assert (mark.session, mark.seq) == ("a-session", 4)


@pytest.mark.parametrize(
    "payload",
    [
        b' { "v" : 1 , "session" : "a-session" , "seq" : 4 }',
        b'{"v":1,"session":"a-session","seq":4,"samples":[{"ts":1,"m":{"soc":0.5}}]}',
        b'{"seq":4,"session":"a-session","v":1}',
        b'{"v":1,"session":"a-\\u0073ession","seq":4}',
    ],
)
def test_mark_is_the_same_wherever_session_and_seq_stand(payload):
    mark = adapters.mark(TOPIC, payload)

    assert (mark.session, mark.seq) == ("a-session", 4)
