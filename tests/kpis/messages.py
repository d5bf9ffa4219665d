"""An hour and a half of one robot, as it would send it."""

from kpis.models import Watermark
from robot_bridge.telemetry import SECOND_US
from tests.robot_bridge.messages import native, now_us


def told(kind, value, ref="", number=None):
    return {"kind": kind, "value": value, "ref": ref, "number": number}


def message(robot, seq, at_us, *events, **fields):
    """A batch at one instant: one sample, and what is told then."""
    kept = [
        {
            "ts": at_us,
            **{key: value for key, value in each.items() if value is not None},
        }
        for each in events
    ]
    return native(robot, seq, at_us=at_us, recv_us=now_us(), events=kept, **fields)


def shift(robot, start_us, minutes=90):
    """Return an hour and a half of one robot: a sample every 20 s, and some events."""
    at = {
        0: [told("op_state", "idle")],
        4: [told("task", "started", "T1"), told("op_state", "navigating")],
        9: [told("task", "finished", "T1")],
        12: [told("fault", "raised", "E1", 2), told("op_state", "disabled")],
        13: [told("repair", "started", "R1")],
        95: [told("repair", "finished", "R1"), told("op_state", "idle")],
        200: [told("safety", "active", "estop")],
        240: [told("intervention", "started", "I1")],
    }
    return [
        message(robot, seq, start_us + seq * 20 * SECOND_US, *at.get(seq, []))
        for seq in range(3 * minutes)
    ]


def told_by(robot):
    """Return when the robot's newest row came."""
    return Watermark.objects.get(robot=robot).received_us


def no_folder(folder):
    """Return a path where no lake can be: a file is in its place."""
    path = folder / "not-a-lake"
    path.write_text("in the way")
    return path
