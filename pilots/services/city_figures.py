"""A pilot's figures as they stand: from states, and from the lake where these end.

A city's own KPI may count what no state holds. Such a figure is read from the lake
every few minutes and kept; pages show it with the age of the newest row behind it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.utils import timezone

from kpis import services as kpis
from kpis.engine.figures import Figure
from kpis.models import LakeFigure
from pilots import evidence as gathering
from pilots.models import Gate, Pilot
from pilots.services.alone import Reading, alone
from pilots.services.gates import current_gate
from robot_bridge.telemetry import MINUTE_US, Window

READ_EVERY: Final = timedelta(minutes=10)


def live_figures(scope: gathering.Scope, window: Window) -> Mapping[str, Figure]:
    """Return the figures of a gate's criteria as they stand now."""
    wanted = gathering.kpis_of(scope.gate.pilot.contract)
    drawn = kpis.compute(
        robots=list(scope.robots),
        window=window,
        kpis=wanted,
        evidence=scope.evidence_kind,
        duty=scope.duty,
    )
    if not kpis.not_held(wanted):
        return drawn
    kept = kpis.lake_figures(subject_of(scope.gate))
    return {
        key: kept[key] if is_newer(kept.get(key), figure) else figure
        for key, figure in drawn.items()
    }


def is_newer(kept: Figure | None, drawn: Figure) -> bool:
    """Say whether a kept figure tells what the states cannot, by one definition."""
    return (
        kept is not None
        and not drawn.parts
        and kept.definition_digest == drawn.definition_digest
    )


def subject_of(gate: Gate) -> str:
    return f"{gate.pilot.code}/{gate.stage}"


def lake_reading_is_due(pilot: Pilot) -> bool:
    """Say whether a pilot has figures that no state holds, last read too long ago."""
    wanted = kpis.not_held(gathering.kpis_of(pilot.contract))
    if not wanted:
        return False
    fresh = LakeFigure.objects.filter(
        subject=subject_of(current_gate(pilot)),
        kpi__in=[kpi.key for kpi in wanted],
        read_at__gt=timezone.now() - READ_EVERY,
    )
    return fresh.count() < len(wanted)


def read_lake(*, pilot: Pilot) -> None:
    """Read a pilot's figures that no state holds, up to this minute, and keep them.

    Nothing is done while another reads them.

    Raises:
        LakeBehindError: settled rows have not reached the lake yet; try again.
    """
    with alone(Reading.LAKE, pilot) as is_alone:
        if is_alone:
            _read_lake(pilot)


def _read_lake(pilot: Pilot) -> None:
    gate = current_gate(pilot)
    today = timezone.localdate(timezone=pilot.timezone)
    scope = gathering.scope_of(gate, min(max(today, gate.starts_on), gate.ends_on))
    now_us = gathering.microseconds(timezone.now()) // MINUTE_US * MINUTE_US
    end_us = max(scope.window.start_us, min(scope.window.end_us, now_us))
    drawn = kpis.try_out(
        robots=list(scope.robots),
        window=Window(scope.window.start_us, end_us),
        kpis=kpis.not_held(gathering.kpis_of(pilot.contract)),
        evidence=scope.evidence_kind,
        duty=scope.duty,
    )
    kpis.keep_lake_figures(subject_of(gate), drawn.values())
