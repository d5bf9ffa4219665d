"""A fleet's telemetry, written into a lake as the platform writes it.

50 robots x 10 metrics x 1 Hz, a message each ten seconds, appended half an hour of
all robots at a time and merged by `tidy`, with operational states every minute, tasks,
faults, repairs, interventions, emergency stops, degraded mode and silences.
"""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import duckdb

from robot_bridge.lake import SCHEMAS, Lake, LakeTable
from robot_bridge.telemetry import DAY_US, HOUR_US, SECOND_US, Window

ROBOTS: Final = 50
METRICS: Final = 10
PER_SECOND: Final = ROBOTS * METRICS
# Each robot is silent one five minutes in 13, about.
SPOKEN: Final = 12 / 13
APPEND_S: Final = 1800
MINUTES_KEPT_US: Final = 7 * DAY_US
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

    url: str
    start_us: int
    length_s: int
    samples: int

    def first(self, rows: int) -> Window:
        """Return the window of about so many samples, from the start."""
        share_s = self.length_s * rows // self.samples // 60 * 60
        return Window(self.start_us, self.start_us + share_s * SECOND_US)


def at_hand(folder: Path, rows: int) -> Written:
    """Return the fleet's telemetry, written now if it is not there or too old."""
    told = folder / f"{rows}.json"
    if told.exists():
        written = Written(**json.loads(told.read_text()))
        if written.start_us > time.time_ns() // 1000 - MINUTES_KEPT_US:
            return written
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = write(str(folder / f"lake{rows}"), rows=rows)
    told.write_text(json.dumps(asdict(written)))
    return written


def write(url: str, *, rows: int) -> Written:
    """Write about so many samples of robots 1 to 50, ending about an hour ago."""
    lake, samples = Lake(url), 0
    length_s = round(rows / (PER_SECOND * SPOKEN)) // 60 * 60
    start_us = time.time_ns() // 1000 - length_s * SECOND_US - HOUR_US
    start_us -= start_us % HOUR_US
    database = duckdb.connect()
    for from_s in range(0, length_s, APPEND_S):
        until_s = min(from_s + APPEND_S, length_s)
        for table in LakeTable:
            told = database.sql(_query(table, start_us, from_s, until_s))
            found = told.to_arrow_table().select(SCHEMAS[table].names)
            lake.append(table, found, {})
            samples += found.num_rows if table is LakeTable.SAMPLES else 0
    for table in LakeTable:
        lake.tidy(table)
    return Written(url, start_us, length_s, samples)


def _query(table: LakeTable, start_us: int, from_s: int, until_s: int) -> str:
    samples = table is LakeTable.SAMPLES
    return (SAMPLES if samples else EVENTS).format(
        header=HEADER.format(
            first=1,
            start=start_us,
            ordinal="metric * 10 + second % 10" if samples else "ordinal",
        ),
        alive=ALIVE.format(robots=ROBOTS, from_s=from_s, until_s=until_s),
        from_s=from_s,
        until_s=until_s,
        a_second=PER_SECOND,
        a_slot=PER_SECOND * 10,
        a_robot=METRICS * 10,
    )
