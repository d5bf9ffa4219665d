"""Named rules on a message's clock and age. Pure: instants in, a finding out."""

from dataclasses import dataclass
from typing import Final

from robot_bridge.telemetry import (
    DAY_US,
    MINUTE_US,
    SECOND_US,
    Quality,
    TimeSource,
)

LEFT_ALONE_US: Final = 2 * SECOND_US
CORRECTED_UP_TO_US: Final = 5 * MINUTE_US
FUTURE_BY_US: Final = 60 * SECOND_US
LATE_FROM_US: Final = 5 * MINUTE_US
TOO_OLD_FROM_US: Final = 7 * DAY_US
# No robot's log is older; an earlier instant is a clock that was never set.
CLOCK_WAS_SET_US: Final = 1_262_304_000 * SECOND_US  # 2010-01-01


@dataclass(frozen=True, slots=True)
class MessageTimes:
    """When a message's rows lie, when it was sent (None: not told) and received."""

    first_us: int
    last_us: int
    sent_us: int | None
    recv_us: int


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """What to add to every instant of a message, and which clock that makes it."""

    shift_us: int = 0
    source: TimeSource = TimeSource.ROBOT
    quality: int = 0
    jump_us: int | None = None


def judge_clock(times: MessageTimes, offset_us: int | None) -> ClockFinding:
    """Judge a robot's clock by its session's smallest (receipt - sending).

    Delay is not skew, which is why the smallest is taken. Under 2 s the robot is
    believed; up to 5 min it is corrected; beyond, the receipt is the anchor and the
    rows keep their distance to the sending.
    """
    if offset_us is None or times.sent_us is None:
        if times.first_us >= CLOCK_WAS_SET_US:
            return ClockFinding()
        return _replaced(times.recv_us - times.last_us)
    if abs(offset_us) < LEFT_ALONE_US:
        return ClockFinding()
    if abs(offset_us) <= CORRECTED_UP_TO_US:
        return ClockFinding(
            offset_us, TimeSource.CORRECTED, int(Quality.CLOCK_CORRECTED)
        )
    return _replaced(times.recv_us - times.sent_us)


def at_receipt(times: MessageTimes) -> ClockFinding:
    """Put a message that does not know its own time, as a last will, at receipt."""
    return ClockFinding(times.recv_us - times.last_us, TimeSource.RECEIVED)


def is_future(times: MessageTimes, shift_us: int) -> bool:
    return times.last_us + shift_us > times.recv_us + FUTURE_BY_US


def is_too_old(times: MessageTimes, shift_us: int) -> bool:
    return times.first_us + shift_us < times.recv_us - TOO_OLD_FROM_US


def _replaced(shift_us: int) -> ClockFinding:
    return ClockFinding(
        shift_us, TimeSource.RECEIVED, int(Quality.CLOCK_REPLACED), shift_us
    )
