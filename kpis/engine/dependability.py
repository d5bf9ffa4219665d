"""Whether the robot is there when it is due, and how soon again after a fault."""

from fractions import Fraction

from kpis.engine import parts
from kpis.engine.definition import Family, Kpi, Law, gettext_noop, register
from robot_bridge.telemetry import HOUR_US, MINUTE_US

PER_1000_HOURS = Fraction(1000 * HOUR_US)

AVAILABILITY = register(
    Kpi(
        key="availability",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Availability"),
        title_zh="可用率",
        unit="1",
        better="higher",
        source="IEC 60050-192:2015, 192-08",
        explanation=gettext_noop(
            "Time able to work or charging, of the time due; silence counts as down."
        ),
        explanation_zh="应服务时间内机器人可工作或充电的时间占比；无数据的时间按不可用计算。",
        numerator=(parts.UP_US,),
        denominator=(parts.DUE_US,),
        law=Law.RATE_BY_DAY,
    )
)
AVAILABILITY_FAIR = register(
    Kpi(
        key="availability_fair",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Fair availability"),
        title_zh="公平可用率",
        unit="1",
        better="higher",
        source="IEC 60050-192:2015, 192-08; MassRobotics AMR Interop 1.0",
        explanation=gettext_noop(
            "Availability where waiting for people or other machines counts as up."
        ),
        explanation_zh="将等待人员或其他设备的时间视为可用的可用率。",
        numerator=(parts.UP_US, parts.WAITING_US),
        denominator=(parts.DUE_US,),
        law=Law.RATE_BY_DAY,
    )
)
AVAILABILITY_KNOWN = register(
    Kpi(
        key="availability_known",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Availability while known"),
        title_zh="已知时段可用率",
        unit="1",
        better="higher",
        source="IEC 60050-192:2015, 192-08",
        explanation=gettext_noop(
            "Time able to work or charging, of the time the robot reported at all."
        ),
        explanation_zh="仅按有数据的时间计算的可用率，不计无数据的时间。",
        numerator=(parts.UP_US,),
        denominator=(parts.KNOWN_US,),
        law=Law.SHOWN,
    )
)
DEGRADED_SHARE = register(
    Kpi(
        key="degraded_share",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Time in degraded mode"),
        title_zh="降级运行占比",
        unit="1",
        better="lower",
        source="IEC 60050-192:2015, 192-02",
        explanation=gettext_noop("Known time in which the robot worked degraded."),
        explanation_zh="已知时间中机器人降级运行的时间占比。",
        numerator=(parts.DEGRADED_US,),
        denominator=(parts.KNOWN_US,),
        law=Law.RATE_BY_DAY,
    )
)
MTBF = register(
    Kpi(
        key="mtbf",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Mean operating time between failures"),
        title_zh="平均无故障工作时间",
        unit="h",
        better="higher",
        source="IEC 60050-192:2015, 192-05-13",
        explanation=gettext_noop("Operating hours per fault that stopped the robot."),
        explanation_zh="平均每发生一次停机故障所对应的运行小时数。",
        numerator=(parts.OPERATING_US,),
        denominator=(parts.FAULTS,),
        law=Law.TIME_PER_COUNT,
        scale=Fraction(1, HOUR_US),
    )
)
REPAIRS_WITHIN_30_MIN = register(
    Kpi(
        key="repairs_within_30_min",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Repairs within 30 minutes"),
        title_zh="30分钟内修复率",
        unit="1",
        better="higher",
        source="IEC 60050-192:2015, 192-07",
        explanation=gettext_noop(
            "Finished repairs that took at most 30 minutes; "
            "one whose start is unknown counts as longer."
        ),
        explanation_zh="已完成维修中用时不超过30分钟的占比；开始时间不明的按超时计算。",
        numerator=(parts.REPAIRS_IN_TIME,),
        denominator=(parts.REPAIRS,),
        law=Law.SHARE_OF_CASES,
    )
)
MEAN_REPAIR_TIME = register(
    Kpi(
        key="mean_repair_time",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Mean repair time"),
        title_zh="平均修复时间",
        unit="min",
        better="lower",
        source="IEC 60050-192:2015, 192-07-21",
        explanation=gettext_noop("Mean minutes from start to end of a repair."),
        explanation_zh="维修从开始到完成的平均分钟数。",
        numerator=(parts.REPAIR_US,),
        denominator=(parts.REPAIRS_TIMED,),
        law=Law.SHOWN,
        scale=Fraction(1, MINUTE_US),
    )
)
JOINT_FAILURES = register(
    Kpi(
        key="joint_failures_per_1000h",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Joint failures per 1000 h"),
        title_zh="每千小时关节故障次数",
        unit="1/(1000.h)",
        better="lower",
        source="IEC 60050-192:2015, 192-05-06",
        explanation=gettext_noop(
            "Stopping faults of wrists, elbows, grippers and other joints, per 1000 "
            "operating hours; the class is read off the fault's code."
        ),
        explanation_zh="每1000运行小时关节、手腕、夹爪等的停机故障次数；部件类别由故障代码识别。",
        numerator=(parts.FAULTS_JOINT,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_1000_HOURS,
    )
)
BATTERY_FAILURES = register(
    Kpi(
        key="battery_failures_per_1000h",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Battery failures per 1000 h"),
        title_zh="每千小时电池故障次数",
        unit="1/(1000.h)",
        better="lower",
        source="IEC 60050-192:2015, 192-05-06",
        explanation=gettext_noop(
            "Stopping faults of batteries and charging, per 1000 operating hours; the "
            "class is read off the fault's code."
        ),
        explanation_zh="每1000运行小时电池与充电的停机故障次数；部件类别由故障代码识别。",
        numerator=(parts.FAULTS_BATTERY,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_1000_HOURS,
    )
)
DRIVE_FAILURES = register(
    Kpi(
        key="drive_failures_per_1000h",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Drive failures per 1000 h"),
        title_zh="每千小时驱动故障次数",
        unit="1/(1000.h)",
        better="lower",
        source="IEC 60050-192:2015, 192-05-06",
        explanation=gettext_noop(
            "Stopping faults of drives, motors, wheels and brakes, per 1000 operating "
            "hours; the class is read off the fault's code."
        ),
        explanation_zh="每1000运行小时驱动、电机、车轮与制动的停机故障次数；部件类别由故障代码识别。",
        numerator=(parts.FAULTS_DRIVE,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_1000_HOURS,
    )
)
SENSOR_FAILURES = register(
    Kpi(
        key="sensor_failures_per_1000h",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Sensor failures per 1000 h"),
        title_zh="每千小时传感器故障次数",
        unit="1/(1000.h)",
        better="lower",
        source="IEC 60050-192:2015, 192-05-06",
        explanation=gettext_noop(
            "Stopping faults of sensors, cameras and lidars, per 1000 operating hours; "
            "the class is read off the fault's code."
        ),
        explanation_zh="每1000运行小时传感器、相机与激光雷达的停机故障次数；部件类别由故障代码识别。",
        numerator=(parts.FAULTS_SENSOR,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_1000_HOURS,
    )
)
UNCLASSED_FAILURES = register(
    Kpi(
        key="unclassed_failures_per_1000h",
        family=Family.DEPENDABILITY,
        title=gettext_noop("Unclassed failures per 1000 h"),
        title_zh="每千小时未归类故障次数",
        unit="1/(1000.h)",
        better="lower",
        source="IEC 60050-192:2015, 192-05-06",
        explanation=gettext_noop(
            "Stopping faults whose code names no component, per 1000 operating hours."
        ),
        explanation_zh="每1000运行小时故障代码未指明部件的停机故障次数。",
        numerator=(parts.FAULTS_UNCLASSED,),
        denominator=(parts.OPERATING_US,),
        law=Law.COUNT_PER_TIME,
        scale=PER_1000_HOURS,
    )
)
