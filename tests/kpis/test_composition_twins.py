from collections import defaultdict
from random import Random

import pyarrow as pa
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from kpis.engine import shape, states
from kpis.engine.backends import DuckDb
from kpis.engine.composition import (
    NAMED,
    CompositionError,
    compose,
    extra_parts,
)
from kpis.engine.definition import (
    Law,
    Source,
    definition_as_json,
)
from kpis.engine.extra import extra_by_minute
from kpis.engine.selection import read_part
from kpis.engine.sums import KEY
from kpis.engine.vocabulary import COLUMNS, SUMS, VALUES_OF_KIND
from pilotgate_offline import composed
from robot_bridge import telemetry as canonical
from robot_bridge.telemetry import SafetyKind, TaskStatus, Window
from tests.kpis.definitions import FINISHED, bound, is_, over, told
from tests.kpis.rows import SECOND, START

BACKEND = DuckDb(threads=1)


@st.composite
def conditions(draw, source, kind):
    names = [name for name in COLUMNS[source] if name not in {"kind", "metric"}]
    found = []
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
        column = COLUMNS[source][name]
        if column.bounded and draw(st.booleans()):
            most = [0, 1, SECOND, 30 * SECOND, 60 * SECOND, 600 * SECOND]
            found.append(bound(name, draw(st.sampled_from(most))))
            continue
        had = column.values or VALUES_OF_KIND.get(kind, ())
        had = {
            "ref": ("estop", "geofence") if kind == "safety" else ("E1", "T1", "R1"),
            "reading": (-1, 0, 1),
            "since_us": (1, SECOND, 30 * SECOND, 60 * SECOND),
        }.get(name, had)
        values = draw(st.lists(st.sampled_from(list(had)), min_size=1, max_size=3))
        found.append(is_(name, *dict.fromkeys(values)))
    return found


@st.composite
def parts(draw):
    if draw(st.integers(0, 4)) == 0:
        return {"fact": draw(st.sampled_from(sorted(NAMED)))}
    source = draw(st.sampled_from([Source.SPANS, Source.EDGES, Source.READINGS]))
    kind = draw(st.sampled_from(["task", "repair", "fault", "safety", "intervention"]))
    first = {
        Source.SPANS: [],
        Source.EDGES: [is_("kind", kind)],
        Source.READINGS: [is_("metric", draw(st.sampled_from(["soc", "temp_c"])))],
    }[source]
    sums = draw(st.sampled_from(list(SUMS[source])))
    where = first + draw(conditions(source, kind))
    found = over(str(source), *where, sums=sums)
    _part, faults = read_part(found, "")
    return over(str(source), *first, sums=sums) if faults else found


UNITS = ["1", "{ratio}", *shape.PER_TIME, *shape.OF_TIME, "Cel"]


@st.composite
def definitions(draw):
    """Return a valid composed KPI: as drawn if that can be, else the nearest to it."""
    above = draw(st.lists(parts(), min_size=1, max_size=2))
    below = draw(st.lists(parts(), min_size=1, max_size=2))
    first = above[0]
    wider = first | {"where": first.get("where", [])[:1]}
    better = draw(st.sampled_from(["higher", "lower"]))
    sides = [(above, below), (above[:1], below[:1]), (below[:1], above[:1])]
    if draw(st.booleans()):
        sides.insert(0, ([first], [wider]))
    for numerator, denominator in [*sides, ([first], [first | {"sums": ""}])]:
        for unit in UNITS:
            words = {"unit": unit, "better": better}
            try:
                return compose(told(numerator, denominator, **words))
            except CompositionError:
                continue
    return compose(told([FINISHED], [{"fact": "known_us"}], unit="1/h"))


TOLD = [
    *(("task", ref, value) for ref in ("T1", "T2") for value in TaskStatus),
    *(("repair", "R1", value) for value in ("started", "finished")),
    *(("intervention", "I1", value) for value in ("started", "finished")),
    *(
        ("safety", kind, value)
        for kind in SafetyKind
        for value in ("active", "released")
    ),
    *(("fault", "E1", value) for value in ("raised", "cleared")),
    *(("op_state", "", value) for value in ("idle", "navigating", "disabled")),
    *(("degraded", "", value) for value in ("entered", "left")),
]
GAPS = [0, 1, SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND, 61 * SECOND]


def busy(random):
    """Return samples and events of two lines that tell something at every row."""
    samples, events = [], []
    for robot_id, evidence in ((1, "live"), (2, "sim")):
        ts_us = START
        for seq in range(80):
            ts_us += random.choice(GAPS)
            row = {
                "robot_id": robot_id,
                "stream": "a",
                "session": "s",
                "seq": seq,
                "ordinal": 0,
                "ts_us": ts_us,
                "recv_us": ts_us + 5,
                "ts_src": 0,
                "quality": 0,
                "evidence": evidence,
                "software": "1.0",
            }
            if random.random() < 0.3:
                metric = random.choice(["soc", "temp_c"])
                samples.append(row | {"metric": metric, "value": random.randint(-2, 2)})
                continue
            kind, ref, value = random.choice(TOLD)
            due_us = random.choice([None, ts_us, ts_us - 1, ts_us + 60 * SECOND])
            number = random.choice([None, 1, 2]) if kind == "fault" else due_us
            events.append(
                row
                | {"kind": str(kind), "ref": str(ref), "value": str(value)}
                | {"number": number}
            )
    return samples, events


def engine_totals(kpis, samples, events, window):
    tables = [
        pa.Table.from_pylist(samples, schema=canonical.SAMPLES),
        pa.Table.from_pylist(events, schema=canonical.EVENTS),
    ]
    minutes = [
        states.parts_by_minute(BACKEND, *tables, window=window).minutes,
        *extra_by_minute(BACKEND, *tables, extra_parts(kpis), window=window),
    ]
    whole = defaultdict(int)
    for table in minutes:
        for name in set(table.column_names) - set(KEY):
            whole[name] += sum(table[name].to_pylist())
    return whole


@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(definitions(), min_size=4, max_size=8),
    st.integers(0, 10_000),
    st.sampled_from([-600, 0, 90]),
    st.sampled_from([60, 1_200, 1_000_000]),
)
def test_composed_kpis_equal_their_twins(kpis, seed, from_s, length_s):
    samples, events = busy(Random(seed))
    doubled = [*samples, *samples[::3]], [*events, *events[::2]]
    start_us = START + from_s * SECOND - 7
    window = Window(start_us, start_us + length_s * SECOND)
    due_us = 2 * window.length_us
    beside = {"due_us": due_us, "expected": 11, "stored": 7}

    whole = engine_totals(kpis, *doubled, window) | beside

    for kpi in kpis:
        definition = definition_as_json(kpi)
        twin = composed.integers(
            definition,
            samples,
            events,
            window=(window.start_us, window.end_us),
            due_us=due_us,
            ledger=beside,
        )
        event("counts" if twin[0] else "0")
        assert kpi.divide(whole) == twin
        assert kpi.finish(whole) == composed.value(definition, *twin)
        if kpi.law is Law.RATE_BY_DAY:
            assert 0 <= twin[0] <= twin[1]
