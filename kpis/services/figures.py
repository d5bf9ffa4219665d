"""Figures for pages, from states: fresh within a second, read only."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Max
from django.utils import timezone

from kpis.engine import figures
from kpis.engine.composition import extra_parts
from kpis.engine.definition import Kpi, Source
from kpis.engine.duty import Duty, due_spans
from kpis.engine.figures import Figure, Totals
from kpis.engine.parts import DUE_US, EVENT_ROWS, FACT_KEYS, KNOWN_US, SAMPLE_ROWS
from kpis.models import Watermark
from kpis.services.instants import microseconds
from kpis.services.resolving import definitions
from kpis.services.states import joined, pieces_of, sum_ledger, sum_states
from robot_bridge.telemetry import MINUTE_US, Window

ALL_DAY = Duty()


def compute(
    *,
    robots: Iterable[int],
    window: Window,
    kpis: Iterable[str | Kpi],
    evidence: str,
    duty: Duty = ALL_DAY,
    software: str = "",
) -> dict[str, Figure]:
    """Return figures as the states have them now, by KPI key.

    Whole hours come from hours, the rest from the minutes kept for seven days; of an
    older hour that a shift or exclusion cuts, the cut minutes are left out of facts
    and time due alike. The window's start is rounded up to a minute and its end to
    now. Messages expected and stored are told where a KPI counts them, else 0.

    Args:
        robots: ids of the robots pooled.
        window: µs UTC, half-open.
        kpis: keys, or definitions as a contract froze them. One that counts what no
            state holds has no value here; `lake_figures` keeps what was last read.
        evidence: the one evidence kind that counts.
        duty: shifts, presence, exclusions; all day where not given.
        software: one version; "" pools all.

    Raises:
        UnknownKpiError: a key that nobody has.
    """
    wanted, ids = definitions(kpis), sorted(set(robots))
    now_us = microseconds(timezone.now())
    seen = _seen(window, now_us)

    def totals(*, exclude: bool) -> Totals:
        due = due_spans(ids, seen, duty, exclude=exclude)
        pieces = pieces_of(due, now_us=now_us)
        summed = sum_states(
            pieces, needed(wanted), evidence=evidence, software=software
        )
        return joined(summed, sum_ledger(pieces)) if asks_ledger(wanted) else summed

    drawn = figures.draw(
        wanted,
        totals(exclude=True),
        unexcluded=totals(exclude=False) if duty.exclusions else None,
        fresh_at_us=freshness(ids, evidence),
    )
    unheld = {kpi.key: figures.unread(drawn[kpi.key]) for kpi in not_held(wanted)}
    return drawn | unheld


def not_held(kpis: Iterable[Kpi]) -> list[Kpi]:
    """Return the KPIs that count what no state holds."""
    return [kpi for kpi in kpis if extra_parts([kpi])]


def known_by_day(
    *, robots: Iterable[int], window: Window, evidence: str, duty: Duty
) -> dict[tuple[int, date], tuple[int, int]]:
    """Return time due and time known, in µs, by robot and operational day.

    Exclusions are left out. The window is cut as `compute` cuts it.
    """
    now_us = microseconds(timezone.now())
    due = due_spans(sorted(set(robots)), _seen(window, now_us), duty, exclude=True)
    pieces = pieces_of(due, now_us=now_us)
    summed = sum_states(pieces, [KNOWN_US.key], evidence=evidence, software="")
    return {
        key: (parts[DUE_US.key], parts.get(KNOWN_US.key, 0))
        for key, parts in summed.items()
    }


def _seen(window: Window, now_us: int) -> Window:
    start_us = -(-window.start_us // MINUTE_US) * MINUTE_US
    return Window(start_us, max(start_us, min(window.end_us, now_us)))


def freshness(robots: Iterable[int], evidence: str) -> int | None:
    """Return when the newest row of these robots was received, in µs UTC."""
    newest = Watermark.objects.of(robots, evidence).aggregate(Max("received_us"))
    return newest["received_us__max"]


def needed(kpis: Iterable[Kpi]) -> list[str]:
    """Return the facts behind the KPIs, and those every figure tells."""
    used = {part.key for kpi in kpis for part in kpi.parts}
    used |= {SAMPLE_ROWS.key, EVENT_ROWS.key, KNOWN_US.key}
    return [key for key in FACT_KEYS if key in used]


def asks_ledger(kpis: Iterable[Kpi]) -> bool:
    return any(part.over is Source.LEDGER for kpi in kpis for part in kpi.parts)
