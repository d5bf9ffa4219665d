"""How often something happened, step by step, for a chart."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce

from kpis.engine.definition import Part
from kpis.engine.parts import EVENT_ROWS, FACT_KEYS, SAMPLE_ROWS
from kpis.enums import Tier
from kpis.models import KpiState
from robot_bridge.telemetry import Window


class Step(NamedTuple):
    """What was counted in one step of time; `rows` 0: nothing was heard."""

    start_us: int
    times: int
    rows: int


def series(
    *, robots: Iterable[int], window: Window, part: Part, step_us: int, evidence: str
) -> list[Step]:
    """Count a part step by step, from the minutes kept; steps without data are 0, 0.

    Args:
        robots: ids of the robots pooled.
        window: µs UTC, cut to whole steps; no older than the minutes are kept.
        part: one of the facts.
        step_us: whole minutes.
        evidence: the one evidence kind that counts.
    """
    first, last = (at_us // step_us for at_us in (window.start_us, window.end_us))
    rows = (
        KpiState.objects.filter(
            robot_id__in=list(robots),
            tier=Tier.MINUTE,
            bucket_start_us__gte=first * step_us,
            bucket_start_us__lt=last * step_us,
            evidence=evidence,
        )
        .annotate(step=F("bucket_start_us") / step_us)
        .values("step")
        .annotate(count=_sum(part), samples=_sum(SAMPLE_ROWS), events=_sum(EVENT_ROWS))
        .values_list("step", "count", "samples", "events")
    )
    found = {step: (count, samples + events) for step, count, samples, events in rows}
    return [
        Step(step * step_us, *found.get(step, (0, 0))) for step in range(first, last)
    ]


def last_counted(*, robots: Iterable[int], part: Part, evidence: str) -> int | None:
    """Return the minute, in µs UTC, in which a part last counted anything.

    Of what lies further back than minutes are kept, its hour; None: it never did.
    """
    place = FACT_KEYS.index(part.key)
    newest = KpiState.objects.filter(
        robot_id__in=list(robots), evidence=evidence, **{f"facts__{place}__gt": 0}
    ).aggregate(at_us=Max("bucket_start_us"))
    return newest["at_us"]


def _sum(part: Part) -> Coalesce:
    return Coalesce(Sum(F(f"facts__{FACT_KEYS.index(part.key)}")), 0)
