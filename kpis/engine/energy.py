"""What the robot draws, and how its battery ages."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import (
    Factor,
    Family,
    Kpi,
    Law,
    gettext_noop,
    register,
)
from robot_bridge.telemetry import HOUR_US

MEAN_POWER = register(
    Kpi(
        key="mean_power",
        family=Family.ENERGY,
        title=gettext_noop("Mean power drawn"),
        title_zh="平均功率",
        unit="W",
        better="lower",
        source="ISO 22400-2:2014, energy consumption",
        explanation=gettext_noop(
            "Energy drawn per hour in which the energy meter was read."
        ),
        explanation_zh="电能表有读数期间每小时的耗电量。",
        numerator=(parts.ENERGY_MWH,),
        denominator=(parts.ENERGY_US,),
        law=Law.MEAN_BY_DAY,
        scale=Fraction(HOUR_US, 1000),
    )
)
ENERGY_PER_TASK = register(
    Kpi(
        key="energy_per_task",
        family=Family.ENERGY,
        title=gettext_noop("Energy per task"),
        title_zh="单任务能耗",
        unit="W.h",
        better="lower",
        source="ISO 22400-2:2014, comprehensive energy consumption",
        explanation=gettext_noop(
            "Mean power where metered, over tasks finished per hour of known time."
        ),
        explanation_zh="有电能读数期间的平均功率除以已知时间内每小时完成的任务数。",
        numerator=(parts.ENERGY_MWH,),
        denominator=(parts.ENERGY_US,),
        law=Law.SHOWN,
        scale=Fraction(1, 1000),
        times=(Factor((parts.KNOWN_US,), (parts.TASKS_FINISHED,)),),
    )
)
ENERGY_PER_KM = register(
    Kpi(
        key="energy_per_km",
        family=Family.ENERGY,
        title=gettext_noop("Energy per km"),
        title_zh="每公里能耗",
        unit="W.h/km",
        better="lower",
        source="ISO 22400-2:2014, comprehensive energy consumption",
        explanation=gettext_noop(
            "Mean power where metered, over kilometres per hour where the odometer was "
            "read."
        ),
        explanation_zh="有电能读数期间的平均功率除以里程表读数期间每小时公里数。",
        numerator=(parts.ENERGY_MWH,),
        denominator=(parts.ENERGY_US,),
        law=Law.SHOWN,
        scale=Fraction(1000),
        times=(Factor((parts.DISTANCE_US,), (parts.DISTANCE_MM,)),),
    )
)
BATTERY_HEALTH = register(
    Kpi(
        key="battery_health",
        family=Family.ENERGY,
        title=gettext_noop("Battery health"),
        title_zh="电池健康度",
        unit="1",
        better="higher",
        source="VDA 5050 2.1, batteryHealth",
        explanation=gettext_noop(
            "Mean state of health that the battery reports; day by day it shows the "
            "trend."
        ),
        explanation_zh="电池上报健康度的平均值；按日查看即为变化趋势。",
        numerator=(parts.SOH_PPM,),
        denominator=(parts.SOH_READ,),
        law=Law.MEAN_BY_DAY,
        scale=Fraction(1, 1_000_000),
    )
)
