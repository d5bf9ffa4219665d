from itertools import pairwise

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.engine import states, sums
from kpis.engine.backends.duck import DuckDb
from kpis.engine.carry import Carry, carry_on, split_late
from kpis.engine.parts import FACT_KEYS
from pilotgate_offline import twins
from robot_bridge import telemetry as canonical
from robot_bridge.telemetry import Window
from tests.kpis.rows import SECOND, START
from tests.kpis.rows import telemetry as rows

BACKEND = DuckDb(threads=1)
SLOW = settings(deadline=None, max_examples=25)


def arrow(samples, events):
    return (
        pa.Table.from_pylist(samples, schema=canonical.SAMPLES),
        pa.Table.from_pylist(events, schema=canonical.EVENTS),
    )


def keyed(table):
    """Read a table of states as the twin writes it; only what is not zero."""
    return {
        (row["robot_id"], row["evidence"], row["software"], row["bucket_us"]): {
            key: row[key] for key in FACT_KEYS if row[key]
        }
        for row in table.to_pylist()
    }


def twin(samples, events, window=None):
    found = twins.facts_by_minute(samples, events, window)
    return {
        bucket: {key: number for key, number in facts.items() if number}
        for bucket, facts in found.items()
    }


@SLOW
@given(rows())
def test_facts_equal_their_twin(told):
    folded = states.parts_by_minute(BACKEND, *arrow(*told))

    assert keyed(folded.minutes) == twin(*told)


@SLOW
@given(rows(), st.integers(0, 3_000), st.integers(0, 3_000))
def test_facts_of_a_window_equal_their_twin(told, from_s, length_s):
    start_us = START + from_s * SECOND - 7
    window = Window(start_us, start_us + length_s * SECOND)

    folded = states.parts_by_minute(BACKEND, *arrow(*told), window=window)

    assert keyed(folded.minutes) == twin(*told, (window.start_us, window.end_us))


@SLOW
@given(rows(), st.randoms(use_true_random=False))
def test_facts_ignore_order_and_duplicates(told, random):
    shuffled = [[*part, *random.sample(part, len(part) // 2)] for part in told]
    for part in shuffled:
        random.shuffle(part)

    folded = states.parts_by_minute(BACKEND, *arrow(*shuffled))

    assert keyed(folded.minutes) == twin(*told)


def fold(batches, carry=None):
    """Fold batches as the settler does; return states, carry and the late rows."""
    carry, minutes, late = carry or Carry(), [sums.STATE.empty_table()], []
    for batch in batches:
        parted = [split_late(table, carry.lives) for table in arrow(*batch)]
        late += [row for _, rest in parted for row in rest.to_pylist()]
        folded = states.parts_by_minute(
            BACKEND, parted[0][0], parted[1][0], carry=carry
        )
        carry = carry_on(carry, folded.carry)
        minutes.append(folded.minutes)
    return sums.add_up(minutes), carry, late


def cut(told, where):
    """Split rows, in order of time, where the numbers say."""
    edges = [-(2**63), *sorted(START + s * SECOND for s in where), 2**63 - 1]
    return [
        [[row for row in part if low <= row["ts_us"] < high] for part in told]
        for low, high in pairwise(edges)
    ]


@SLOW
@given(rows(most=25), st.lists(st.integers(0, 2_000), max_size=4))
def test_folding_batches_in_order_equals_one_batch(told, where):
    folded, carry, late = fold(cut(told, where))

    whole = states.parts_by_minute(BACKEND, *arrow(*told))
    assert not late
    assert keyed(folded) == keyed(whole.minutes)
    assert carry_set(carry) == carry_set(whole.carry)


def carry_set(carry):
    return (
        {tuple(row.values()) for row in carry.lives.to_pylist()},
        {tuple(row.values()) for row in carry.turns.to_pylist()},
    )


@SLOW
@given(rows(most=15), st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_split_with_repair_equals_a_recompute(told, random, size):
    every = [("samples", row) for row in told[0]] + [("events", row) for row in told[1]]
    every += random.sample(every, len(every) // 3)
    random.shuffle(every)
    batches = [
        [
            [row for kind, row in every[at::size] if kind == name]
            for name in ("samples", "events")
        ]
        for at in range(size)
    ]

    folded, _carry, late = fold(batches)

    expected = twin(*told)
    if late:
        start_us = min(row["ts_us"] for row in late)
        start_us -= start_us % canonical.HOUR_US
        folded = repaired(folded, told, start_us)
    assert keyed(folded) == expected


def repaired(folded, told, start_us):
    before = [[row for row in part if row["ts_us"] < start_us] for part in told]
    after = [[row for row in part if row["ts_us"] >= start_us] for part in told]
    carry = states.parts_by_minute(BACKEND, *arrow(*before)).carry
    anew = states.parts_by_minute(
        BACKEND, *arrow(*after), carry=carry, window=Window(start_us, 2**63 - 1)
    )
    kept = [row for row in folded.to_pylist() if row["bucket_us"] < start_us]
    return sums.merge(pa.Table.from_pylist(kept, schema=sums.STATE), anew.minutes)
