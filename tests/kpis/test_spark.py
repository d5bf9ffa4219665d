"""The plan on Spark against DuckDB, integer for integer.

Not of the default run: it needs pyspark and Java, and three processes of them.
`make spark-test` installs the one, and fails where the other is missing.
"""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpis.engine import states, sums
from kpis.engine.backends import Files
from kpis.engine.backends.duck import DuckDb
from kpis.engine.carry import Carry
from kpis.engine.errors import StateOverflowError
from kpis.services import backend as services
from robot_bridge.telemetry import MINUTE_US, Window
from tests.kpis import spark_cluster
from tests.kpis.rows import SECOND, START
from tests.kpis.test_states import arrow, event, sample

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
DUCKDB = DuckDb(threads=1)
SNAPSHOTS = (
    "[]",
    '[["E1",1]]',
    '[["E1",2],["E2",1]]',
    '[["a],[\\"b",2]]',
    '[["E1"]]',
    '[["E2",null],[null,1],7,["E3","1"]]',
    "[1,null]",
    "{",
    "{}",
    "",
    '[["E1",1]]',
)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    from kpis.engine.backends.spark import Spark  # noqa: PLC0415 - an optional extra

    folder = tmp_path_factory.mktemp("spark")
    with spark_cluster.cluster(folder) as url:
        backend = Spark(url, spark_cluster.settings(folder))
        yield backend
        backend.stop()


def telemetry():
    """Two robots, two versions, a silence, a declared interval, every kind of turn."""
    samples, events = [], []
    for second in range(900):
        if 300 <= second < 420:
            continue
        told = {"robot_id": 1 + second % 2, "seq": second}
        told["software"] = "1.1" if second > 700 else "1.0"
        samples.append(sample(START + second * SECOND, **told))
        if second % 45 == 0:
            state = ["idle", "navigating", "disabled", "waiting_human"][second % 4]
            for robot_id in (1, 2):
                told = {"seq": second, "ordinal": 1, "robot_id": robot_id}
                events.append(event(START + second * SECOND, "op_state", state, **told))
        kind, value = [
            ("task", "started"),
            ("task", "finished"),
            ("repair", "started"),
            ("repair", "finished"),
            ("safety", "active"),
            ("fault", "raised"),
            ("degraded", "entered"),
        ][second % 7]
        ref = {"safety": "estop", "degraded": ""}.get(kind, f"X{second // 14}")
        told = {"seq": second, "ordinal": 2, "ref": ref, "number": START}
        events.append(event(START + second * SECOND + 5, kind, value, **told))
    for number, snapshot in enumerate(SNAPSHOTS):
        told = {"seq": 1_000 + number, "ordinal": 3}
        events.append(event(START + number * SECOND, "faults", snapshot, **told))
    declared = {"number": 10 * SECOND, "robot_id": 2, "ordinal": 9}
    events.append(event(START + 500 * SECOND, "session", "started", **declared))
    return arrow(samples, events)


def same(one, other):
    assert sums.add_up([one.minutes]).equals(sums.add_up([other.minutes]))
    for name in ("lives", "turns"):
        told = [getattr(each.carry, name).to_pylist() for each in (one, other)]
        assert sorted(map(str, told[0])) == sorted(map(str, told[1]))


def test_tables_give_the_same_integers(spark):
    samples, events = telemetry()

    told = [states.parts_by_minute(each, samples, events) for each in (DUCKDB, spark)]

    assert told[0].minutes.num_rows > 20
    same(*told)


def test_a_carried_batch_gives_the_same_integers(spark):
    samples, events = telemetry()
    half = samples.num_rows // 2
    first = states.parts_by_minute(DUCKDB, samples.slice(0, half), events.slice(0, 300))
    rest = samples.slice(half), events.slice(300)
    given = {"carry": first.carry, "once": True}

    told = [states.parts_by_minute(each, *rest, **given) for each in (DUCKDB, spark)]

    same(*told)


def test_files_without_disputed_messages_give_the_same_integers(spark, tmp_path):
    files = {}
    for name, table in zip(("samples", "events"), telemetry(), strict=True):
        uris = [str(tmp_path / f"{name}{number}.parquet") for number in range(2)]
        half = table.num_rows // 2
        pq.write_table(table.slice(0, half), uris[0])
        pq.write_table(table.slice(half), uris[1])
        key = {"robot_id": [1], "stream": ["telemetry"], "session": ["s"], "seq": [4]}
        where = f"robot_id IN (1, 2) AND ts_us >= {START} AND evidence = 'sim'"
        files[name] = Files(tuple(uris), where, pa.table(key))
    window = Window(START + 7, START + 11 * MINUTE_US)

    told = [
        states.parts_by_minute(each, *files.values(), window=window, once=True)
        for each in (DUCKDB, spark)
    ]

    assert told[0].minutes.num_rows > 10
    same(*told)


def test_no_rows_give_no_facts(spark):
    found = states.parts_by_minute(spark, *arrow([], []), carry=Carry())

    assert found.minutes.num_rows == 0


@pytest.mark.parametrize("named", ["duckdb", "spark"])
def test_a_sum_that_leaves_int64_is_an_error(spark, named):
    edge = 2**62
    told = [
        event(at, "repair", value, ref, seq=seq)
        for seq, (at, ref, value) in enumerate(
            (at, ref, value)
            for ref in ("A", "B", "C")
            for at, value in ((-edge, "started"), (edge - 1, "finished"))
        )
    ]
    backend = {"duckdb": DUCKDB, "spark": spark}[named]

    with pytest.raises(StateOverflowError, match="int64"):
        states.parts_by_minute(backend, *arrow([], told))


def test_the_setting_chooses_the_backend(spark, settings):
    settings.KPI_BACKEND = "spark://127.0.0.1:1"  # the session that is there is taken

    assert isinstance(services.wide_backend(), type(spark))
    assert isinstance(services.backend(), DuckDb)
