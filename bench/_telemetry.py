"""A fleet's telemetry, written into a lake as the platform writes it.

50 robots x 10 metrics x 1 Hz, a message each ten seconds, appended a minute of all
robots at a time and merged by `tidy`, with operational states every minute, tasks,
faults, repairs, interventions, emergency stops, degraded mode and silences.
"""

from dataclasses import dataclass
from typing import Final

import duckdb

from robot_bridge.lake import SCHEMAS, Lake, LakeTable
from robot_bridge.telemetry import SECOND_US, Window

ROBOTS: Final = 50
METRICS: Final = 10
PER_SECOND: Final = ROBOTS * METRICS
# Each robot is silent one five minutes in 13, about.
SPOKEN: Final = 12 / 13
APPEND_S: Final = 1800
HEADER: Final = """
    robot + {first} AS robot_id, 'telemetry' AS stream, 's' AS session,
    second // 10 AS seq, {ordinal}::INTEGER AS ordinal,
    {start} + second * 1000000 AS ts_us,
    {start} + (second // 10 + 1) * 10000000 AS recv_us,
    0::TINYINT AS ts_src, 0::INTEGER AS quality, 'sim' AS evidence, '1.0' AS software
"""
ALIVE: Final = """
    SELECT robot, second
    FROM range({robots}) AS fleet (robot), range({from_s}, {until_s}) AS clock (second)
    WHERE hash(robot, second // 300) % 13 > 0
"""
# One row a number, in the order in which messages arrive. Metric 0 hardly moves,
# metric 9 is noise of 18 bits; the others lie between.
SAMPLES: Final = """
    WITH numbered AS (
        SELECT {from_s} + place // {a_slot} * 10 + place % 10 AS second,
            place % {a_slot} // {a_robot} AS robot, place % {a_robot} // 10 AS metric
        FROM range(({until_s} - {from_s}) * {a_second}) AS numbers (place)
    )
    SELECT {header}, 'metric_' || metric AS metric,
        metric * 1000 + second // 600 + (hash(robot, second, metric)
            % (1 << (2 * metric)::INTEGER)::UBIGINT)::BIGINT AS value
    FROM numbered WHERE hash(robot, second // 300) % 13 > 0
"""
EVENTS: Final = """
    WITH alive AS ({alive}),
    told AS (
        SELECT robot, second, 200 AS ordinal, 'op_state' AS kind, '' AS ref,
            ['navigating', 'navigating', 'idle', 'charging', 'waiting_human',
                'disabled'][(1 + hash(robot, second // 240) % 6)::BIGINT] AS value,
            NULL::BIGINT AS number
        FROM alive WHERE second % 60 = 0
        UNION ALL
        SELECT robot, second, 201, 'task', 'T' || second // 180,
            CASE second % 180 WHEN 5 THEN 'started'
                ELSE if(hash(robot, second) % 20 = 0, 'failed', 'finished') END, NULL
        FROM alive WHERE second % 180 IN (5, 170)
        UNION ALL
        SELECT robot, second, 202, 'fault', 'E1',
            if(second % 7200 = 11, 'raised', 'cleared'), 2
        FROM alive WHERE second % 7200 IN (11, 900)
        UNION ALL
        SELECT robot, second, 203, 'repair', 'R' || second // 7200,
            if(second % 7200 = 20, 'started', 'finished'), NULL
        FROM alive WHERE second % 7200 IN (20, 880 + robot * 40)
        UNION ALL
        SELECT robot, second, 204, 'intervention', 'I' || second // 3600,
            if(second % 3600 = 1800, 'started', 'finished'), NULL
        FROM alive WHERE second % 3600 IN (1800, 1890)
        UNION ALL
        SELECT robot, second, 205, 'safety', 'estop',
            if(second % 9000 = 30, 'active', 'released'), NULL
        FROM alive WHERE second % 9000 IN (30, 40)
        UNION ALL
        SELECT robot, second, 206, 'degraded', '',
            if(second % 14400 = 3000, 'entered', 'left'), NULL
        FROM alive WHERE second % 14400 IN (3000, 3600)
    )
    SELECT {header}, kind, ref, value, number FROM told ORDER BY second // 10, robot
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the lake."""

    lake: Lake
    window: Window
    samples: int


def seconds_for(rows: int) -> int:
    """Return how long the fleet must tell until there are so many samples."""
    return round(rows / (PER_SECOND * SPOKEN)) // 10 * 10


def write(url: str, *, rows: int, first: int, start_us: int) -> Written:
    """Write about so many samples and their events; robots are numbered from `first`."""
    lake, length_s, samples = Lake(url), seconds_for(rows), 0
    database = duckdb.connect()
    for from_s in range(0, length_s, APPEND_S):
        until_s = min(from_s + APPEND_S, length_s)
        for table, query in (
            (LakeTable.SAMPLES, SAMPLES),
            (LakeTable.EVENTS, EVENTS),
        ):
            told = database.sql(
                query.format(
                    header=HEADER.format(
                        first=first,
                        start=start_us,
                        ordinal="metric * 10 + second % 10"
                        if table is LakeTable.SAMPLES
                        else "ordinal",
                    ),
                    alive=ALIVE.format(robots=ROBOTS, from_s=from_s, until_s=until_s),
                    from_s=from_s,
                    until_s=until_s,
                    a_second=PER_SECOND,
                    a_slot=PER_SECOND * 10,
                    a_robot=METRICS * 10,
                )
            ).to_arrow_table()
            lake.append(table, told.select(SCHEMAS[table].names), {})
            if table is LakeTable.SAMPLES:
                samples += told.num_rows
    return Written(lake, Window(start_us, start_us + length_s * SECOND_US), samples)
