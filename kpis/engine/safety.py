"""How often the robot has to be stopped for safety."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register
from robot_bridge.telemetry import HOUR_US

PER_100_HOURS = Fraction(100 * HOUR_US)

ESTOPS_PER_100H = register(
    Kpi(
        key="estops_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Emergency stops per 100 h"),
        title_zh="每百小时急停次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 13850:2015; VDA 5050 2.1, safetyState",
        explanation=gettext_noop("Emergency stops per 100 operating hours."),
        explanation_zh="每100运行小时发生的急停次数。",
        numerator=(parts.ESTOPS,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
PROTECTIVE_STOPS_PER_100H = register(
    Kpi(
        key="protective_stops_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Protective stops per 100 h"),
        title_zh="每百小时保护性停止次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 10218-1:2025, protective stop",
        explanation=gettext_noop("Protective stops per 100 operating hours."),
        explanation_zh="每100运行小时发生的保护性停止次数。",
        numerator=(parts.PROTECTIVE_STOPS,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
BREACHES_PER_100H = register(
    Kpi(
        key="breaches_per_100h",
        family=Family.SAFETY,
        title=gettext_noop("Geofence and separation breaches per 100 h"),
        title_zh="每百小时越界与间距违规次数",
        unit="1/(100.h)",
        better="lower",
        source="ISO 3691-4:2023; ISO/TS 15066:2016",
        explanation=gettext_noop(
            "Times a geofence or a separation distance was broken, "
            "per 100 operating hours."
        ),
        explanation_zh="每100运行小时发生的越界与安全间距违规次数。",
        numerator=(parts.BREACHES,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_100_HOURS,
    )
)
