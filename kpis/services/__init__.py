"""Deeds on figures: fold telemetry into them, put them right, read and keep them."""

from kpis.services.dirt import is_dirty
from kpis.services.figures import compute, freshness
from kpis.services.measurement import measure, measure_fleet
from kpis.services.repair import Report, recompute, repair, repair_one
from kpis.services.series import Step, series
from kpis.services.settler import (
    between_batches,
    get_ready,
    only_settler,
    settle_and_fold,
)
from kpis.services.states import prune_minutes

__all__ = [
    "Report",
    "Step",
    "between_batches",
    "compute",
    "freshness",
    "get_ready",
    "is_dirty",
    "measure",
    "measure_fleet",
    "only_settler",
    "prune_minutes",
    "recompute",
    "repair",
    "repair_one",
    "series",
    "settle_and_fold",
]
