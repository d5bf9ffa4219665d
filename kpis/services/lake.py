"""The engine over the lake: facts of a window, and what carries into it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from kpis.engine import meters, spans, states
from kpis.engine.backends import Files
from kpis.engine.carry import Carry, carry_on
from kpis.engine.definition import Part
from kpis.engine.extra import extra_by_minute
from kpis.engine.reach import Reach, reach, starts_us
from kpis.errors import LakeBehindError
from kpis.services.backend import wide_backend
from robot_bridge.models import SettledSegment
from robot_bridge.services import disputed_messages, lake_files, lake_version
from robot_bridge.telemetry import DAY_US, EVENTS, SAMPLES, Kind, Window

# Every instant the lake can hold: 1970 to 2200.
EVER: Final = Window(0, 230 * 365 * DAY_US)


@dataclass(frozen=True, slots=True)
class PinnedLake:
    """Rows that count, of some robots, in one version of each lake table.

    `evidence` "": every kind.
    """

    robot_ids: tuple[int, ...]
    evidence: str
    versions: dict[str, int]
    disputed: pa.Table

    @classmethod
    def now(cls, robot_ids: Iterable[int], *, evidence: str = "") -> Self:
        """Pin the newest version of both tables."""
        ids = tuple(sorted(set(robot_ids)))
        versions = {name: lake_version(name) for name in ("samples", "events")}
        return cls(ids, evidence, versions, disputed_messages(ids))

    def rows(self, table: str, window: Window) -> pa.Table | Files:
        """Return what to read of a table: files with a filter, or no rows."""
        empty = (SAMPLES if table == "samples" else EVENTS).empty_table()
        if self.versions[table] < 0 or not self.robot_ids:
            return empty
        uris = lake_files(table, window, version=self.versions[table])
        ids = ", ".join(str(int(robot_id)) for robot_id in self.robot_ids)
        where = (
            f"robot_id IN ({ids}) AND ts_us >= {window.start_us} "
            f"AND ts_us < {window.end_us}"
        )
        if self.evidence:
            where += f" AND evidence = '{self.evidence.replace(chr(39), chr(39) * 2)}'"
        return Files(tuple(uris), where, self.disputed) if uris else empty

    def facts(self, window: Window, *, before: Carry | None = None) -> states.Folded:
        """Return the facts by minute inside the window, and the carry at its end.

        A span that began before the window, or ends after it, is cut at its edge.
        `before`: what carries into the window, where it is known already.
        """
        margin = Window(
            window.start_us, min(window.end_us + spans.MAX_SILENCE_US, EVER.end_us)
        )
        before = before or self.carry_into(window.start_us)
        after = states.parts_by_minute(
            wide_backend(),
            self.rows("samples", margin),
            self.rows("events", margin),
            carry=before,
            window=window,
            once=True,
        )
        return states.Folded(after.minutes, carry_on(before, after.carry), after.cases)

    def beside(
        self, window: Window, parts: tuple[Part, ...], before: Carry
    ) -> list[pa.Table]:
        """Return integers beside the facts, by minute inside the window.

        `before`: what carries into the window.
        """
        margin = Window(
            window.start_us, min(window.end_us + spans.MAX_SILENCE_US, EVER.end_us)
        )
        return extra_by_minute(
            wide_backend(),
            self.rows("samples", margin),
            self.rows("events", margin),
            parts,
            carry=before,
            window=window,
        )

    def reach(self, dirty: Window, before: Carry) -> Reach | None:
        """Return how far a change of one robot's rows inside `dirty` reaches.

        `before`: what carries into `starts_us(dirty)`.
        """
        every = replace(self, disputed=self.disputed.slice(0, 0))
        told = states.in_order(
            wide_backend(),
            every.rows("events", Window(starts_us(dirty), dirty.end_us)),
        )
        later = states.in_order(
            wide_backend(), self.rows("events", Window(dirty.end_us, EVER.end_us))
        )
        inside = told.filter(pc.greater_equal(told["ts_us"], dirty.start_us))
        lines = states.lines_told(wide_backend(), every.rows("samples", dirty))
        lines |= set(inside["evidence"].to_pylist())
        turns = before.turns.filter(
            pc.and_(
                pc.equal(before.turns["kind"], Kind.FAULT.value),
                pc.equal(before.turns["value"], "raised"),
            )
        )
        raised = set(turns["evidence"].to_pylist())
        return reach(dirty, told, later, lines, raised)

    def carry_into(self, start_us: int) -> Carry:
        """Return what the rows before an instant carry into it.

        All events before count, and the signs of life since the state was last told;
        of meters, what a reading may still be held against.
        """
        window = Window(EVER.start_us, max(start_us, EVER.start_us))
        events = self.rows("events", window)
        told = states.last_told(wide_backend(), events, Kind.OP_STATE)
        since_us = min([window.end_us - meters.LONGEST_STEP_US, *told.values()])
        since_us = min(max(since_us, EVER.start_us), window.end_us)
        samples = self.rows("samples", Window(since_us, window.end_us))
        return states.parts_by_minute(wide_backend(), samples, events, once=True).carry


def refuse_lake_behind() -> None:
    """Refuse while a batch stands settled and not stored; ask between batches.

    Raises:
        LakeBehindError: settled rows have not reached the lake yet.
    """
    if SettledSegment.objects.filter(stored_at=None).exists():
        raise LakeBehindError(
            _("The lake does not hold every settled row yet; try again shortly.")
        )
