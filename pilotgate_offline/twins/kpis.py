"""The value of each KPI."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from pilotgate_offline.twins.rows import HOUR_US, MINUTE_US, SECOND_US

Total = Mapping[str, int]


def _ratio(above: int, below: int, scale: Fraction | int = 1) -> Fraction | None:
    return Fraction(above, below) * scale if below else None


# The value of each KPI from the sums of its facts, `due_us`, `expected`, `stored`.
KPIS: dict[str, Callable[[Total], Fraction | None]] = {
    "availability": lambda t: _ratio(t["up_us"], t["due_us"]),
    "availability_fair": lambda t: _ratio(t["up_us"] + t["waiting_us"], t["due_us"]),
    "availability_known": lambda t: _ratio(t["up_us"], t["known_us"]),
    "degraded_share": lambda t: _ratio(t["degraded_us"], t["known_us"]),
    "mtbf": lambda t: _ratio(
        t["operating_us"], t["stopping_faults"], Fraction(1, HOUR_US)
    ),
    "repairs_within_30_min": lambda t: _ratio(t["repairs_within_30_min"], t["repairs"]),
    "mean_repair_time": lambda t: _ratio(
        t["repair_us"], t["repairs_timed"], Fraction(1, MINUTE_US)
    ),
    "task_success": lambda t: _ratio(
        t["tasks_finished"], t["tasks_finished"] + t["tasks_failed"]
    ),
    "tasks_cancelled_share": lambda t: _ratio(
        t["tasks_cancelled"],
        t["tasks_finished"] + t["tasks_failed"] + t["tasks_cancelled"],
    ),
    "throughput": lambda t: _ratio(t["tasks_finished"], t["operating_us"], HOUR_US),
    "mean_cycle_time": lambda t: _ratio(
        t["cycle_us"], t["tasks_timed"], Fraction(1, SECOND_US)
    ),
    "on_time_ratio": lambda t: _ratio(t["tasks_on_time"], t["tasks_due"]),
    "utilisation": lambda t: _ratio(t["navigating_us"], t["operating_us"]),
    "interventions_per_hour": lambda t: _ratio(
        t["interventions"], t["operating_us"], HOUR_US
    ),
    "mean_intervention_time": lambda t: _ratio(
        t["intervention_us"], t["interventions_timed"], Fraction(1, MINUTE_US)
    ),
    "estops_per_100h": lambda t: _ratio(t["estops"], t["operating_us"], 100 * HOUR_US),
    "protective_stops_per_100h": lambda t: _ratio(
        t["protective_stops"], t["operating_us"], 100 * HOUR_US
    ),
    "breaches_per_100h": lambda t: _ratio(
        t["breaches"], t["operating_us"], 100 * HOUR_US
    ),
    "completeness": lambda t: _ratio(t["stored"], t["expected"]),
    "coverage": lambda t: _ratio(t["known_us"], t["due_us"]),
}
