"""Random telemetry for the engine's tests."""

from hypothesis import strategies as st

SECOND = 1_000_000
START = 1_760_000_040 * SECOND  # a whole minute

GAPS = st.one_of(
    st.sampled_from(
        [
            1,
            SECOND,
            30 * SECOND,
            60 * SECOND - 1,
            60 * SECOND,
            60 * SECOND + 1,
            119 * SECOND,
            600 * SECOND,
            600 * SECOND + 1,
            2 * 3600 * SECOND,
        ]
    ),
    st.integers(0, 90 * SECOND),
)
TOLD = st.one_of(
    st.tuples(
        st.just("op_state"),
        st.just(""),
        st.sampled_from(
            ["idle", "navigating", "disabled", "waiting_human", "charging"]
        ),
        st.none(),
    ),
    st.tuples(
        st.just("session"),
        st.just(""),
        st.just("started"),
        st.sampled_from([None, 0, -5, 1, SECOND, 45 * SECOND + 1, 2**62]),
    ),
    st.tuples(
        st.just("degraded"),
        st.just(""),
        st.sampled_from(["entered", "left"]),
        st.none(),
    ),
    st.tuples(
        st.just("task"),
        st.sampled_from(["T1", "T2"]),
        st.sampled_from(["assigned", "started", "finished", "failed", "cancelled"]),
        st.sampled_from([None, START, START + 300 * SECOND, -(2**63), 2**63 - 1]),
    ),
    st.tuples(
        st.just("repair"),
        st.sampled_from(["R1", "R2"]),
        st.sampled_from(["started", "finished"]),
        st.none(),
    ),
    st.tuples(
        st.just("intervention"),
        st.just("I1"),
        st.sampled_from(["started", "finished"]),
        st.none(),
    ),
    st.tuples(
        st.just("safety"),
        st.sampled_from(["estop", "protective_stop", "geofence", "separation"]),
        st.sampled_from(["active", "released"]),
        st.none(),
    ),
    st.tuples(
        st.just("plant_count"),
        st.sampled_from(["tasks", "pallets"]),
        st.just(""),
        st.sampled_from([None, 0, 3, 4, 5, 9, 2**53, 2**53 + 1, -(2**63), 2**63 - 1]),
    ),
    st.tuples(
        st.just("assistance"),
        st.just("A1"),
        st.sampled_from(["requested", "started", "finished"]),
        st.none(),
    ),
    st.tuples(
        st.just("stop_test"),
        st.just("S1"),
        st.sampled_from(["requested", "stopped", "failed"]),
        st.none(),
    ),
    st.tuples(
        st.just("inspection"),
        st.just("V1"),
        st.sampled_from(["passed", "flagged", "sound", "defective"]),
        st.none(),
    ),
    st.tuples(
        st.sampled_from(["waypoint", "update"]),
        st.just("W1"),
        st.sampled_from(["planned", "visited", "skipped", "finished", "failed"]),
        st.none(),
    ),
    st.tuples(
        st.just("fault"),
        st.sampled_from(["E1", "E2", "BMS-3", "Wheel slip", "camera_drive", "K\u212a"]),
        st.sampled_from(["raised", "cleared"]),
        st.sampled_from([None, 1, 2]),
    ),
    st.tuples(
        st.just("software"),
        st.sampled_from(["", "", "", "gripper"]),
        st.sampled_from(["1.0", "2.0", "", "v" * 70]),
        st.none(),
    ),
    st.tuples(
        st.just("faults"),
        st.just(""),
        st.sampled_from(
            [
                "[]",
                '[["E1",1]]',
                '[["E1",2]]',
                '[["E1",2],["E2",1]]',
                '[["a],[\\"b",2]]',
                '[["E1"]]',
                "[1,null]",
                "{",
                "{}",
                "",
            ]
        ),
        st.none(),
    ),
)


READINGS = st.tuples(
    st.sampled_from(["soc", "distance_m", "energy_wh", "soh"]),
    st.one_of(
        st.integers(0, 50),
        st.sampled_from([-1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]),
    ),
)


@st.composite
def telemetry(draw, *, most=40, ties=True):
    """Return (samples, events): rows of one to three lines, in reading order."""
    samples, events = [], []
    lines = draw(
        st.lists(
            st.tuples(st.sampled_from([1, 2]), st.sampled_from(["sim", "live"])),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    for robot_id, evidence in lines:
        ts_us = START
        for seq, gap in enumerate(draw(st.lists(GAPS, max_size=most))):
            ts_us += gap if ties else max(gap, 1)
            row = {
                "robot_id": robot_id,
                "stream": draw(st.sampled_from(["a", "b"])),
                "session": draw(st.sampled_from(["s", "s", "t"])),
                "seq": seq,
                "ordinal": 0,
                "ts_us": ts_us,
                "recv_us": ts_us + 5,
                "ts_src": 0,
                "quality": draw(st.sampled_from([0, 0, 1, 2, 4, 12, 31])),
                "evidence": evidence,
                "software": "1.1" if ts_us % 7 == 3 else "1.0",
            }
            if draw(st.integers(0, 2)) == 0:
                metric, value = draw(READINGS)
                samples.append(row | {"metric": metric, "value": value})
            else:
                kind, ref, value, number = draw(TOLD)
                told = {"kind": kind, "ref": ref, "value": value, "number": number}
                events.append(row | told)
    return samples, events
