"""What a simulated fleet is like. Verdicts follow from these and the gate's law."""

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """The true rates of a fleet; a gate only ever sees what its robots send."""

    key: str
    utc_offset_h: float = 8.0
    work_h: tuple[float, float] = (0.0, 24.0)  # local time
    floor_m: tuple[float, float] = (180.0, 110.0)
    cruise_mps: float = 0.9
    idle_min: float = 9.0  # mean wait for the next order
    handling_s: float = 55.0
    due_min: float = 25.0
    payload_kg: float = 120.0
    success: float = 0.985  # of a task that no stopping fault hits
    success_icc: float = 0.015  # tasks of one site day fail together
    mtbf_h: float = 40.0
    fault_fails_task: float = 0.4  # else it is resumed after the repair
    fault_day_spread: float = 0.25  # standard deviation of a day's multiplier
    mttr_min: float = 14.0
    mttr_spread: float = 0.35  # standard deviation of the logarithm
    warnings_per_day: float = 2.0
    estops_per_100h: float = 1.0
    protective_stops_per_day: float = 1.5
    blockages_per_day: float = 5.0
    interventions_per_day: float = 0.6
    assistances_per_day: float = 1.2
    degraded_per_week: float = 0.7
    silences_per_week: float = 0.15
    silence_h: float = 2.5
    update_every_days: int = 42
    update_effect: float = 0.15  # how far a version moves the fault rate
    skew_s: float = 0.0  # the largest clock error of its robots
    duplicate_share: float = 0.004
    late_share: float = 0.004
    lost_share: float = 0.0005


_LINE: Final = Profile("welding_line")
_ROUTE: Final = Profile(
    "inspection_route",
    floor_m=(320.0, 240.0),
    cruise_mps=0.7,
    idle_min=22.0,
    handling_s=40.0,
    due_min=45.0,
    payload_kg=0.0,
    success=0.97,
    mtbf_h=60.0,
    mttr_min=20.0,
    blockages_per_day=3.0,
    silences_per_week=0.4,
    skew_s=90.0,
)
_CARE: Final = Profile(
    "eldercare",
    work_h=(6.0, 22.0),
    floor_m=(60.0, 25.0),
    cruise_mps=0.5,
    idle_min=14.0,
    handling_s=90.0,
    due_min=20.0,
    payload_kg=4.0,
    success=0.975,
    mtbf_h=90.0,
    mttr_min=12.0,
    assistances_per_day=4.0,
    interventions_per_day=1.5,
)

PROFILES: Final = {
    profile.key: profile
    for profile in (
        # Delivers reliably, yet stops too often; repairs take about half an hour.
        replace(
            _LINE,
            success=0.993,
            success_icc=0.006,
            mtbf_h=4.5,
            mttr_min=26.6,
            mttr_spread=0.3,
            interventions_per_day=1.2,
            skew_s=45.0,
        ),
        replace(
            _LINE,
            key="welding_line_good",
            success=0.994,
            success_icc=0.008,
            mtbf_h=36.0,
            mttr_min=11.0,
            mttr_spread=0.3,
            estops_per_100h=0.4,
            interventions_per_day=0.3,
            silences_per_week=0.05,
        ),
        replace(
            _LINE,
            key="welding_line_bad",
            success=0.9,
            success_icc=0.02,
            mtbf_h=4.5,
            mttr_min=50.0,
            mttr_spread=0.6,
            estops_per_100h=6.0,
            interventions_per_day=6.0,
            silences_per_week=0.7,
            lost_share=0.01,
        ),
        _ROUTE,
        _CARE,
    )
}
