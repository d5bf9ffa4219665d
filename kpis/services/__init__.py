"""Deeds on figures: fold telemetry into them, put them right, read and keep them.

What needs the engine is loaded when it is first asked for: pages read states alone,
and their processes need not carry it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from kpis.services.bins import live_cycle_times
from kpis.services.dirt import is_dirty
from kpis.services.figures import compute, freshness
from kpis.services.releases import Run, compute_by_software, software_runs
from kpis.services.series import Step, last_counted, series
from kpis.services.states import prune_minutes

if TYPE_CHECKING:
    from kpis.services.measurement import cycle_times, measure, measure_fleet
    from kpis.services.repairs import Report, recompute, repair, repair_one
    from kpis.services.settler import (
        between_batches,
        get_ready,
        only_settler,
        settle_and_fold,
    )

__all__ = [
    "Report",
    "Run",
    "Step",
    "between_batches",
    "compute",
    "compute_by_software",
    "cycle_times",
    "freshness",
    "get_ready",
    "is_dirty",
    "last_counted",
    "live_cycle_times",
    "measure",
    "measure_fleet",
    "only_settler",
    "prune_minutes",
    "recompute",
    "repair",
    "repair_one",
    "series",
    "settle_and_fold",
    "software_runs",
]
_NEEDS_THE_ENGINE: Final = {
    "measurement": ("cycle_times", "measure", "measure_fleet"),
    "repairs": ("Report", "recompute", "repair", "repair_one"),
    "settler": ("between_batches", "get_ready", "only_settler", "settle_and_fold"),
}


def __getattr__(name: str) -> Any:
    for module, names in _NEEDS_THE_ENGINE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"{__name__} has no {name}")
