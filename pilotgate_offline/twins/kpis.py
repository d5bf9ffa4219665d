"""The value of each KPI."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from pilotgate_offline.twins.rows import HOUR_US, MINUTE_US, SECOND_US

KILOMETRE_MM = 1_000_000
Total = Mapping[str, int]


def _ratio(above: int, below: int, scale: Fraction | int = 1) -> Fraction | None:
    return Fraction(above, below) * scale if below else None


def _per_1000h(count: int, total: Total) -> Fraction | None:
    return _ratio(count, total["operating_us"], 1000 * HOUR_US)


def _product(*ratios: Fraction | None) -> Fraction | None:
    """Multiply; where one factor has no value, neither has the product."""
    value = Fraction(1)
    for ratio in ratios:
        if ratio is None:
            return None
        value *= ratio
    return value


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
    "joint_failures_per_1000h": lambda t: _per_1000h(t["faults_joint"], t),
    "battery_failures_per_1000h": lambda t: _per_1000h(t["faults_battery"], t),
    "drive_failures_per_1000h": lambda t: _per_1000h(t["faults_drive"], t),
    "sensor_failures_per_1000h": lambda t: _per_1000h(t["faults_sensor"], t),
    "unclassed_failures_per_1000h": lambda t: _per_1000h(t["faults_unclassed"], t),
    "oee": lambda t: _product(
        KPIS["availability"](t), KPIS["on_time_ratio"](t), KPIS["task_success"](t)
    ),
    "distance_per_hour": lambda t: _ratio(
        t["distance_mm"], t["distance_us"], Fraction(HOUR_US, KILOMETRE_MM)
    ),
    "waypoint_coverage": lambda t: _ratio(
        t["waypoints_visited"], t["waypoints_visited"] + t["waypoints_skipped"]
    ),
    "inspection_miss_rate": lambda t: _ratio(
        t["defects_missed"], t["defects_missed"] + t["defects_caught"]
    ),
    "false_alarm_rate": lambda t: _ratio(
        t["false_alarms"], t["false_alarms"] + t["rightly_passed"]
    ),
    "interventions_per_km": lambda t: _product(
        _ratio(t["interventions"], t["known_us"], KILOMETRE_MM),
        _ratio(t["distance_us"], t["distance_mm"]),
    ),
    "autonomy_share": lambda t: _ratio(t["autonomous_us"], t["operating_us"]),
    "autonomy_unassisted": lambda t: _ratio(t["unassisted_us"], t["operating_us"]),
    "support_response_time": lambda t: _ratio(
        t["response_us"], t["assistances_asked"], Fraction(1, MINUTE_US)
    ),
    "geofence_breaches_per_100h": lambda t: _ratio(
        t["geofence_breaches"], t["operating_us"], 100 * HOUR_US
    ),
    "separation_breaches_per_100h": lambda t: _ratio(
        t["separation_breaches"], t["operating_us"], 100 * HOUR_US
    ),
    "stop_test_success": lambda t: _ratio(
        t["stops_tested"], t["stops_tested"] + t["stops_failed"]
    ),
    "stop_latency": lambda t: _ratio(t["stop_us"], t["stops_timed"], Fraction(1, 1000)),
    "mean_power": lambda t: _ratio(
        t["energy_mwh"], t["energy_us"], Fraction(HOUR_US, 1000)
    ),
    "energy_per_task": lambda t: _product(
        _ratio(t["energy_mwh"], t["energy_us"], Fraction(1, 1000)),
        _ratio(t["known_us"], t["tasks_finished"]),
    ),
    "energy_per_km": lambda t: _product(
        _ratio(t["energy_mwh"], t["energy_us"], 1000),
        _ratio(t["distance_us"], t["distance_mm"]),
    ),
    "battery_health": lambda t: _ratio(
        t["soh_ppm"], t["soh_read"], Fraction(1, 1_000_000)
    ),
    "clock_corrected_share": lambda t: _ratio(
        t["samples_corrected"] + t["events_corrected"],
        t["sample_rows"] + t["event_rows"],
    ),
    "late_share": lambda t: _ratio(
        t["samples_late"] + t["events_late"], t["sample_rows"] + t["event_rows"]
    ),
    "claimed_per_counted_task": lambda t: _ratio(
        t["tasks_finished"], t["counted_tasks"]
    ),
    "update_success": lambda t: _ratio(
        t["updates_finished"], t["updates_finished"] + t["updates_failed"]
    ),
}
