"""Deeds on figures: fold telemetry into them, put them right, read and keep them.

What needs the engine is loaded when it is first asked for: pages read states alone,
and their processes need not carry it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from kpis.services.bins import live_cycle_times
from kpis.services.composing import (
    begin_version,
    check_kpi,
    compose_kpi,
    discard_kpi,
    move_kpi,
    save_kpi,
    told_again,
)
from kpis.services.dirt import is_dirty
from kpis.services.figures import compute, freshness, known_by_day, not_held
from kpis.services.kept import lake_figures
from kpis.services.releases import Run, compute_by_software, software_runs
from kpis.services.resolving import (
    definition_of,
    definitions,
    explanation_of,
    forget_published,
    offered_to,
    title_of,
    title_of_key,
)
from kpis.services.series import Step, series
from kpis.services.states import prune_minutes

if TYPE_CHECKING:
    from kpis.services.export import export_evidence
    from kpis.services.measurement import (
        Fleet,
        cycle_times,
        measure,
        measure_fleet,
    )
    from kpis.services.repairs import Report, recompute, repair, repair_one
    from kpis.services.settler import (
        between_batches,
        get_ready,
        only_settler,
        settle_and_fold,
    )
    from kpis.services.trial import keep_lake_figures, try_out

__all__ = [
    "Fleet",
    "Report",
    "Run",
    "Step",
    "begin_version",
    "between_batches",
    "check_kpi",
    "compose_kpi",
    "compute",
    "compute_by_software",
    "cycle_times",
    "definition_of",
    "definitions",
    "discard_kpi",
    "explanation_of",
    "export_evidence",
    "forget_published",
    "freshness",
    "get_ready",
    "is_dirty",
    "keep_lake_figures",
    "known_by_day",
    "lake_figures",
    "live_cycle_times",
    "measure",
    "measure_fleet",
    "move_kpi",
    "not_held",
    "offered_to",
    "only_settler",
    "prune_minutes",
    "recompute",
    "repair",
    "repair_one",
    "save_kpi",
    "series",
    "settle_and_fold",
    "software_runs",
    "title_of",
    "title_of_key",
    "told_again",
    "try_out",
]
_NEEDS_THE_ENGINE: Final = {
    "export": ("export_evidence",),
    "measurement": ("Fleet", "cycle_times", "measure", "measure_fleet"),
    "repairs": ("Report", "recompute", "repair", "repair_one"),
    "trial": ("keep_lake_figures", "try_out"),
    "settler": ("between_batches", "get_ready", "only_settler", "settle_and_fold"),
}


def __getattr__(name: str) -> Any:
    for module, names in _NEEDS_THE_ENGINE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"{__name__} has no {name}")
