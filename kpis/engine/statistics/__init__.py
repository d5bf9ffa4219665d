"""The statistics a gate, a planner and a page stand on.

Pure functions over integers and floats; scipy.special and numpy only. Nothing here
knows a pilot, a database or a language: refusals are reason codes. scipy.special is
always named in full: scipy then loads it at the first question, which most processes
never ask.
"""

from kpis.engine.statistics.bounds import (
    clopper_pearson,
    fixed_plan_risks,
    mtbf_low_failure_terminated,
    mtbf_low_time_terminated,
    mtbf_span,
    wilson,
)
from kpis.engine.statistics.comparison import (
    Interval,
    Sample,
    compare_means,
    compare_shares,
    difference,
)
from kpis.engine.statistics.days import (
    AUTOCORRELATION_MAX,
    MINIMUM_DAYS,
    DaySummary,
    confidence_limits,
    hall,
    intraclass_correlation,
    summarise,
)
from kpis.engine.statistics.mixtures import (
    burst_size,
    log_e_mtbf_above,
    log_e_mtbf_below,
    log_e_share_above,
    log_e_share_below,
    overdispersion,
)
from kpis.engine.statistics.paths import decide_counts, decide_shares
from kpis.engine.statistics.planner import (
    Chance,
    DayShape,
    Plan,
    chance_by_days,
    look_days,
    plan_counts,
    plan_days,
    plan_share,
)
from kpis.engine.statistics.readings import (
    BOUNDARY,
    Finding,
    Reading,
    read_counts,
    read_days,
    read_share,
)
from kpis.engine.statistics.spending import ALPHA, Look, single_bound, spending_bounds

__all__ = [
    "ALPHA",
    "AUTOCORRELATION_MAX",
    "BOUNDARY",
    "MINIMUM_DAYS",
    "Chance",
    "DayShape",
    "DaySummary",
    "Finding",
    "Interval",
    "Look",
    "Plan",
    "Reading",
    "Sample",
    "burst_size",
    "chance_by_days",
    "clopper_pearson",
    "compare_means",
    "compare_shares",
    "confidence_limits",
    "decide_counts",
    "decide_shares",
    "difference",
    "fixed_plan_risks",
    "hall",
    "intraclass_correlation",
    "log_e_mtbf_above",
    "log_e_mtbf_below",
    "log_e_share_above",
    "log_e_share_below",
    "look_days",
    "mtbf_low_failure_terminated",
    "mtbf_low_time_terminated",
    "mtbf_span",
    "overdispersion",
    "plan_counts",
    "plan_days",
    "plan_share",
    "read_counts",
    "read_days",
    "read_share",
    "single_bound",
    "spending_bounds",
    "summarise",
    "wilson",
]
