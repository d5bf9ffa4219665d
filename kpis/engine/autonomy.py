"""How often a person has to step in."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register
from robot_bridge.telemetry import HOUR_US, MINUTE_US

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
