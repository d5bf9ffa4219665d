"""KPIs read from the lake without being measured for a gate: to try out, and to show.

Nothing of this is kept as a measurement, so nothing of it can decide.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from kpis.engine import figures
from kpis.engine.definition import Kpi
from kpis.engine.duty import Duty
from kpis.engine.figures import Figure, RobotDay, Totals
from kpis.models import LakeFigure
from kpis.services.figures import ALL_DAY, freshness
from kpis.services.instants import weeks_of
from kpis.services.measurement import Question, caught_up, read_tables, totals_of
from kpis.services.resolving import definitions
from robot_bridge.telemetry import Window

Progress = Callable[[int, int], None]


def try_out(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str | Kpi],
    evidence: str,
    duty: Duty = ALL_DAY,
    progress: Progress = lambda _done, _total: None,
) -> dict[str, Figure]:
    """Read KPIs over past rows, a week at a time; equal to `measure` of the window.

    The window begins at a whole minute. `progress` is told the weeks read and in all.

    Raises:
        UnknownKpiError: a key that nobody has.
        LakeBehindError: settled rows have not reached the lake yet; try again.
    """
    asked = Question(window, definitions(kpis), evidence, duty, software="")
    ids = sorted(set(robots))
    lake = caught_up(ids, evidence)
    pieces = weeks_of(window)
    kept: Totals = {}
    whole: Totals = {}
    for number, piece in enumerate(pieces, start=1):
        part = replace(asked, window=piece)
        tables = read_tables(lake, part)
        kept = added(kept, totals_of(part, ids, tables, exclude=True))
        if duty.exclusions:
            whole = added(whole, totals_of(part, ids, tables, exclude=False))
        progress(number, len(pieces))
    return figures.draw(
        asked.kpis,
        kept,
        unexcluded=whole if duty.exclusions else None,
        fresh_at_us=freshness(ids, evidence),
    )


def added(totals: Totals, more: Totals) -> dict[RobotDay, Mapping[str, int]]:
    """Add integers by robot and day; a day that two windows share has both."""
    return {
        key: figures.add(each[key] for each in (totals, more) if key in each)
        for key in {**totals, **more}
    }


@transaction.atomic
def keep_lake_figures(subject: str, drawn: Iterable[Figure]) -> None:
    """Keep figures for pages in the place of those read for this subject before."""
    now = timezone.now()
    for figure in drawn:
        LakeFigure.objects.update_or_create(
            subject=subject,
            kpi=figure.kpi,
            defaults={"figure": figure.as_json(), "read_at": now},
        )
