"""How often a person has to step in."""

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
from robot_bridge.telemetry import HOUR_US, MINUTE_US

KILOMETRE_MM = 1_000_000

INTERVENTIONS_PER_HOUR = register(
    Kpi(
        key="interventions_per_hour",
        family=Family.AUTONOMY,
        title=gettext_noop("Interventions per hour"),
        title_zh="每小时人工干预次数",
        unit="1/h",
        better="lower",
        source="NIST ALFUS 1007-I-2.0",
        explanation=gettext_noop("Times a person stepped in, per operating hour."),
        explanation_zh="每运行小时发生的人工干预次数。",
        numerator=(parts.INTERVENTIONS,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=Fraction(HOUR_US),
    )
)
MEAN_INTERVENTION_TIME = register(
    Kpi(
        key="mean_intervention_time",
        family=Family.AUTONOMY,
        title=gettext_noop("Mean intervention time"),
        title_zh="平均人工干预时长",
        unit="min",
        better="lower",
        source="NIST ALFUS 1007-I-2.0",
        explanation=gettext_noop("Mean minutes a person's intervention lasted."),
        explanation_zh="每次人工干预的平均分钟数。",
        numerator=(parts.INTERVENTION_US,),
        denominator=(parts.INTERVENTIONS_TIMED,),
        law=Law.SHOWN,
        scale=Fraction(1, MINUTE_US),
    )
)
INTERVENTIONS_PER_KM = register(
    Kpi(
        key="interventions_per_km",
        family=Family.AUTONOMY,
        title=gettext_noop("Interventions per km"),
        title_zh="每公里人工干预次数",
        unit="1/km",
        better="lower",
        source="NIST ALFUS 1007-I-2.0",
        explanation=gettext_noop(
            "Interventions per hour of known time, over kilometres per hour of "
            "odometer time."
        ),
        explanation_zh="已知时间内每小时人工干预次数除以里程表读数期间每小时公里数。",
        numerator=(parts.INTERVENTIONS,),
        denominator=(parts.KNOWN_US,),
        law=Law.SHOWN,
        scale=Fraction(KILOMETRE_MM),
        times=(Factor((parts.DISTANCE_US,), (parts.DISTANCE_MM,)),),
    )
)
AUTONOMY_SHARE = register(
    Kpi(
        key="autonomy_share",
        family=Family.AUTONOMY,
        title=gettext_noop("Autonomous operation"),
        title_zh="自主运行率",
        unit="1",
        better="higher",
        source="NIST ALFUS 1007-I-2.0",
        explanation=gettext_noop(
            "Operating time not driven by hand; hours with a person helping count as "
            "autonomous."
        ),
        explanation_zh="运行时间中非手动操控的时间占比；有人协助的时间计为自主。",
        numerator=(parts.AUTONOMOUS_US,),
        denominator=(parts.OPERATING_US,),
        law=Law.RATE_BY_DAY,
    )
)
AUTONOMY_UNASSISTED = register(
    Kpi(
        key="autonomy_unassisted",
        family=Family.AUTONOMY,
        title=gettext_noop("Autonomous operation without assistance"),
        title_zh="无协助自主运行率",
        unit="1",
        better="higher",
        source="NIST ALFUS 1007-I-2.0",
        explanation=gettext_noop(
            "Operating time neither driven by hand nor waiting for a person."
        ),
        explanation_zh="运行时间中既非手动操控也未等待人员的时间占比。",
        numerator=(parts.UNASSISTED_US,),
        denominator=(parts.OPERATING_US,),
        law=Law.RATE_BY_DAY,
    )
)
SUPPORT_RESPONSE = register(
    Kpi(
        key="support_response_time",
        family=Family.AUTONOMY,
        title=gettext_noop("Remote-support response"),
        title_zh="远程支持响应时间",
        unit="min",
        better="lower",
        source="ISO 8373:2021, teleoperation",
        explanation=gettext_noop(
            "Mean minutes from a robot's request to the start of assistance."
        ),
        explanation_zh="从机器人请求协助到协助开始的平均分钟数。",
        numerator=(parts.RESPONSE_US,),
        denominator=(parts.ASSISTANCES_ASKED,),
        law=Law.SHOWN,
        scale=Fraction(1, MINUTE_US),
    )
)
