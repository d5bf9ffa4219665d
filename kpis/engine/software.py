"""How updates of the robot's software go; the series itself is split by version."""

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register

UPDATE_SUCCESS = register(
    Kpi(
        key="update_success",
        family=Family.SOFTWARE,
        title=gettext_noop("Software updates that succeeded"),
        title_zh="软件更新成功率",
        unit="1",
        better="higher",
        source="IEC 62443-2-3:2015",
        explanation=gettext_noop("Updates finished, of updates finished or failed."),
        explanation_zh="成功完成的软件更新占完成与失败更新总数的比例。",
        numerator=(parts.UPDATES_FINISHED,),
        denominator=(
            parts.UPDATES_FINISHED,
            parts.UPDATES_FAILED,
        ),
        law=Law.SHARE_OF_CASES,
    )
)
