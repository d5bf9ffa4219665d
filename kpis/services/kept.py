"""Figures that states do not hold, as they were last read from the lake."""

from kpis.engine.definition import ENGINE_VERSION
from kpis.engine.figures import Figure
from kpis.models import LakeFigure


def lake_figures(subject: str) -> dict[str, Figure]:
    """Return the figures last read for a subject by this engine, by KPI key."""
    kept = LakeFigure.objects.filter(
        subject=subject, figure__engine_version=ENGINE_VERSION
    )
    return {each.kpi: Figure.from_json(each.figure) for each in kept}
