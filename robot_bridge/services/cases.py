"""One message before the ledger: what it says, whose it is, what becomes of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

from robot_bridge.adapters import Topic
from robot_bridge.enums import SetAsideReason
from robot_bridge.rules import ClockFinding, MessageTimes
from robot_bridge.services.directory import KnownRobot, Permission
from robot_bridge.telemetry import MINUTE_US, Envelope, Parsed


class Outcome(StrEnum):
    """Values are columns of MinuteLedger."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SET_ASIDE = "set_aside"


# Where the rows lie is not believed, so that the receipt's minute counts them.
UNTIMELY: Final = frozenset({SetAsideReason.FUTURE, SetAsideReason.TOO_OLD})


@dataclass(slots=True)
class Case:
    """A message in the judgement, and what has been found."""

    position: int
    envelope: Envelope
    robot_id: int | None = None
    vendor_id: int | None = None
    outcome: Outcome = Outcome.STORED
    reason: SetAsideReason | None = None
    sentence: str = ""
    expected: int = 0

    def set_aside(self, reason: SetAsideReason, sentence: str) -> None:
        self.outcome, self.reason, self.sentence = Outcome.SET_ASIDE, reason, sentence

    @property
    def is_open(self) -> bool:
        """Whether nothing has been found against counting its rows."""
        return self.outcome is Outcome.STORED

    @property
    def is_counted(self) -> bool:
        """Whether it is a message of a robot we know, and not of a forger."""
        forged = self.reason is SetAsideReason.IDENTITY_MISMATCH
        return self.robot_id is not None and not forged

    @property
    def minute_us(self) -> int:
        """The minute the ledger counts it in."""
        return self.envelope.recv_us - self.envelope.recv_us % MINUTE_US


@dataclass(slots=True)
class Sited(Case):
    """A message that could be read, of a robot that is known."""

    topic: Topic = field(kw_only=True)
    parsed: Parsed = field(kw_only=True)
    robot: KnownRobot = field(kw_only=True)
    times: MessageTimes = field(kw_only=True)
    permission: Permission | None = None
    session_name: str = ""
    session_id: int = 0
    clock: ClockFinding = field(default_factory=ClockFinding)

    @property
    def seq(self) -> int:
        """Its number; a last will stands outside any and is known by its digest."""
        told = self.parsed.header.seq
        return int.from_bytes(self.parsed.digest[:7], "big") if told is None else told

    @property
    def stream(self) -> str:
        """The stream under which the ledger keeps it."""
        header = self.parsed.header
        return header.stream if header.seq is not None else f"{header.stream}/will"

    @property
    def minute_us(self) -> int:
        at = self.times.first_us + self.clock.shift_us
        if self.reason in UNTIMELY:
            at = self.times.recv_us
        return at - at % MINUTE_US


class Run(msgspec.Struct, array_like=True, frozen=True):
    """Up to an instant, what rows are evidence of, and on which software."""

    until_us: int
    evidence: str
    software: str


class Decision(msgspec.Struct, array_like=True, frozen=True):
    """How an accepted message's rows are written; with its bytes, all there is to know.

    `runs`: in time order, the last one open-ended (its until_us counts for nothing).
    """

    position: int
    robot_id: int
    session: str
    seq: int
    shift_us: int
    source: int
    quality: int
    jump_us: int | None
    runs: tuple[Run, ...]
