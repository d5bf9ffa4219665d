from collections import Counter
from itertools import pairwise

import orjson
import pytest

from robot_bridge import recordings
from robot_bridge.recordings import RecordingError
from robot_bridge.telemetry import METRIC_SEPARATOR, METRICS
from tests.robot_bridge.recorded import UR3, VDA5050_CAPTURE, recording

HEADER = (
    "Num;Timestamp;Current_J0;Temperature_T0;Current_J1;Temperature_J1;Current_J2;"
    "Temperature_J2;Current_J3;Temperature_J3;Current_J4;Temperature_J4;Current_J5;"
    "Temperature_J5;Speed_J0;Speed_J1;Speed_J2;Speed_J3;Speed_J4;Speed_J5;"
    "Tool_current;cycle ;Robot_ProtectiveStop;grip_lost;;"
)


def read(path, format_name):
    return list(recordings.read(path, format_name, vendor_code="acme", serial="R-1"))


@pytest.fixture(scope="module")
def ur3():
    return read(recording(UR3), "ur3_cobotops")


@pytest.fixture(scope="module")
def ur3_told(ur3):
    return [orjson.loads(message.payload) for message in ur3]


def count(told, kind, value):
    return sum(
        event["kind"] == kind and event["value"] == value
        for message in told
        for event in message["events"]
    )


def test_ur3_has_a_message_for_each_row(ur3_told):
    assert [message["seq"] for message in ur3_told] == list(range(7_409))
    assert len({message["session"] for message in ur3_told}) == 1


def test_ur3_has_the_known_cycles_stops_and_grip_losses(ur3_told):
    finished = [
        event["ref"]
        for message in ur3_told
        for event in message["events"]
        if event["kind"] == "task" and event["value"] == "finished"
    ]

    assert len(set(finished)) == len(finished) == 240
    assert count(ur3_told, "safety", "active") == 108
    assert count(ur3_told, "fault", "raised") == 77


def test_ur3_starts_each_cycle_before_it_is_finished(ur3_told):
    finished = set()
    for message in ur3_told:
        for event in message["events"]:
            if event["kind"] == "task":
                assert event["ref"] not in finished
                if event["value"] == "finished":
                    finished.add(event["ref"])


def test_ur3_keeps_rows_with_nan_in_part(ur3_told):
    full = len(ur3_told[0]["samples"][0]["m"])
    readings = [
        len(message["samples"][0]["m"]) if message["samples"] else 0
        for message in ur3_told
    ]

    assert full == 19
    assert Counter(readings) == {19: 7_409 - 54, 1: 8, 0: 46}
    assert all(message["events"] for message in ur3_told)
    assert count(ur3_told, "op_state", "disabled") == 278
    assert sum(
        event["kind"] == "op_state"
        for message in ur3_told
        for event in message["events"]
    ) == (7_409 - 54)


def test_ur3_says_nothing_in_its_gaps(ur3):
    gaps = [(after.ts_us - before.ts_us) / 1e6 for before, after in pairwise(ur3)]

    assert sorted(round(gap) for gap in gaps if gap > 4) == [9, 31, 18_814]


def test_ur3_names_known_metrics_with_joints(ur3_told):
    names = set(ur3_told[0]["samples"][0]["m"])

    assert {name.partition(METRIC_SEPARATOR)[0] for name in names} <= METRICS.keys()
    assert {"temp_c.j0", "current_a.tool", "speed_radps.j5"} <= names
    assert ur3_told[0]["samples"][0]["m"]["temp_c.j0"] == 27.875


def test_ur3_reads_the_same_bytes_twice(ur3):
    assert read(recording(UR3), "ur3_cobotops") == ur3


def test_ur3_refuses_another_table(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a;b\n1;2\n")

    with pytest.raises(RecordingError, match="lacks"):
        read(path, "ur3_cobotops")


def test_ur3_leaves_a_stop_unsaid_where_the_flag_was_not_read(tmp_path):
    path = tmp_path / "part.csv"
    stamp = "2022-10-26T08:17:2{}.000Z"
    cells = ["1,5"] * 19
    rows = [
        ";".join(["1", stamp.format(second), *values, "7", stop, "False", "", ""])
        for second, values, stop in (
            (0, cells, "True"),
            (1, [""] * 19, ""),
            (2, ["NaN"] * 19, "False"),
        )
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n")

    told = [orjson.loads(message.payload) for message in read(path, "ur3_cobotops")]

    kinds = [
        [(event["kind"], event["value"]) for event in message["events"]]
        for message in told
    ]
    assert kinds == [
        [("task", "started"), ("op_state", "disabled"), ("safety", "active")],
        [("task", "started")],
        [
            ("task", "started"),
            ("op_state", "waiting_internal"),
            ("safety", "released"),
            ("task", "finished"),
        ],
    ]
    assert [len(message["samples"]) for message in told] == [1, 0, 0]


def test_ur3_refuses_a_row_that_was_cut_off(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text(f"{HEADER}\n1;2022-10-\n")

    with pytest.raises(RecordingError, match="row 1"):
        read(path, "ur3_cobotops")


def test_capture_is_what_the_vehicle_said_under_the_robots_name():
    messages = read(recording(VDA5050_CAPTURE), "vda5050_capture")

    told = [orjson.loads(message.payload) for message in messages]

    names = Counter(message.topic.rpartition("/")[2] for message in messages)
    assert names == {"connection": 2, "state": 14, "visualization": 33}
    assert {message.topic.rpartition("/")[0] for message in messages} == {
        "uagv/v2/acme/R-1"
    }
    assert {(t["manufacturer"], t["serialNumber"]) for t in told} == {("acme", "R-1")}
    orders = {t["orderId"] for t in told if t.get("orderId")}
    assert len(orders) == 1


def test_capture_keeps_the_order_of_arrival():
    messages = read(recording(VDA5050_CAPTURE), "vda5050_capture")

    assert messages[0].ts_us == 1_795_237_548_164_328
    assert read(recording(VDA5050_CAPTURE), "vda5050_capture") == messages


def test_capture_refuses_a_line_without_json(tmp_path):
    path = tmp_path / "capture.txt"
    path.write_bytes(b"1795237548.164328289 uagv/v2/A/1/state q0 r0 5 {oops\n")

    with pytest.raises(RecordingError, match="line 1"):
        read(path, "vda5050_capture")
