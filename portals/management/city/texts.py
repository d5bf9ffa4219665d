"""What the demo city's briefs and plans say, in both languages."""

from decimal import Decimal
from typing import Any, Final

from procurement.enums import Comparator, Environment, Interface, Scenario

Values = dict[str, Any]


def kpi(key: str, minimum: str, target: str, **more: Any) -> Values:
    """Return one KPI row of a brief."""
    rises = Decimal(target) > Decimal(minimum)
    return {
        "kpi": key,
        "comparator": Comparator.AT_LEAST if rises else Comparator.AT_MOST,
        "minimum": Decimal(minimum),
        "target": Decimal(target),
        "window_days": 70,
        "coverage_min": Decimal("0.8"),
        "mandatory": True,
        **more,
    }


BATCHES: Final = {
    1: ("第一批场景征集", "First batch"),
    4: ("第四批场景征集", "Fourth batch"),
}
SITES: Final[dict[str, Values]] = {
    "delivery": {
        "code": "ST-DEMO-WELD",
        "name_zh": "二号焊装车间",
        "name_en": "Welding shop 2",
        "host_zh": "示例汽车厂",
        "host_en": "Example Car Works",
        "environment": Environment.FACTORY_LINE,
        "constraints_zh": "环氧地面，坡度小于 2%，两班制，行人通道与料箱通道分开。",
        "constraints_en": "Epoxy floor, slope below 2 %, two shifts, people and boxes "
        "on separate lanes.",
    },
    "inspection": {
        "code": "ST-DEMO-PLANT",
        "name_zh": "北岸污水处理厂",
        "name_en": "North Bank treatment plant",
        "host_zh": "示例水务公司",
        "host_en": "Example Water Company",
        "environment": Environment.PUBLIC_FACILITY,
        "constraints_zh": "室外湿滑路面，部分区域无线信号弱。",
        "constraints_en": "Wet outdoor paths; weak wireless in places.",
    },
    "care": {
        "code": "ST-DEMO-CARE",
        "name_zh": "松林养老院",
        "name_en": "Pinewood care home",
        "host_zh": "示例养老服务中心",
        "host_en": "Example Care Services",
        "environment": Environment.CARE_HOME,
        "constraints_zh": "走廊宽 1.8 米，夜间静音，不采集人脸。",
        "constraints_en": "Corridors 1.8 m wide, quiet at night, no faces recorded.",
    },
    "cleaning": {
        "code": "ST-DEMO-STATION",
        "name_zh": "东站换乘大厅",
        "name_en": "East Station concourse",
        "host_zh": "示例轨道交通公司",
        "host_en": "Example Metro Company",
        "environment": Environment.PUBLIC_FACILITY,
        "constraints_zh": "抛光石材地面，客流早晚高峰，夜间停运四小时。",
        "constraints_en": "Polished stone, crowds at rush hours, closed four hours a "
        "night.",
    },
}
BRIEFS: Final[dict[str, Values]] = {
    "delivery": {
        "code": "CQ-2026-017",
        "scenario": Scenario.LINE_SIDE_DELIVERY,
        "title_zh": "焊装车间线边料箱配送",
        "title_en": "Line-side box delivery in a welding shop",
        "need_zh": "六台机器人两班制把料箱从超市送到 14 个工位，每箱 25 分钟内送达。",
        "need_en": "Six robots bring boxes from the supermarket to 14 stations in two "
        "shifts, each within 25 minutes.",
        "baseline_zh": "现由 9 名物流工人推车配送，准时率约 94%，每班停线约 11 分钟。",
        "baseline_en": "Nine people push carts today; about 94 % arrive in time, "
        "and the line stops about 11 minutes a shift.",
        "poc_robots": 6,
        "budget_line": "2027-智改-017",
        "budget_cny": Decimal(24_000_000),
        "quantity_min": 10,
        "quantity_max": 120,
        "unit_price_ceiling_cny": Decimal(210_000),
    },
    "inspection": {
        "code": "CQ-2026-018",
        "scenario": Scenario.FACILITY_INSPECTION,
        "title_zh": "污水处理厂设施巡检路线",
        "title_en": "Facility inspection route of a treatment plant",
        "need_zh": "三台机器人每天沿 3.2 公里路线巡检 86 个点位，读表并报告异常。",
        "need_en": "Three robots walk a route of 3.2 km with 86 points each day, read "
        "gauges and report what is abnormal.",
        "baseline_zh": "现由 4 名巡检员每天两次，漏检率约 3%。",
        "baseline_en": "Four people walk it twice a day; about 3 % are missed.",
        "poc_robots": 3,
        "budget_line": "2027-市政-004",
        "budget_cny": Decimal(9_000_000),
        "quantity_min": 10,
        "quantity_max": 40,
        "unit_price_ceiling_cny": Decimal(190_000),
    },
    "care": {
        "code": "CQ-2026-019",
        "scenario": Scenario.ELDERCARE_ASSISTANCE,
        "title_zh": "养老院夜间巡视与送物",
        "title_en": "Night rounds and fetching in a care home",
        "need_zh": "两台机器人夜间巡视走廊并为护理员送物，呼叫响应不超过 5 分钟。",
        "need_en": "Two robots walk the corridors at night and fetch things for "
        "carers, answering a call within 5 minutes.",
        "baseline_zh": "现夜班 3 名护理员，平均响应 9 分钟。",
        "baseline_en": "Three carers a night; a call waits 9 minutes on average.",
        "poc_robots": 2,
        "budget_line": "2027-民政-011",
        "budget_cny": Decimal(4_000_000),
        "quantity_min": 4,
        "quantity_max": 30,
        "unit_price_ceiling_cny": Decimal(130_000),
    },
    "cleaning": {
        "code": "CQ-2026-023",
        "scenario": Scenario.SANITATION,
        "title_zh": "换乘大厅地面清洁",
        "title_en": "Floor cleaning of a station concourse",
        "need_zh": "三台机器人每天清洁 1.4 万平方米大厅，避让乘客，高峰时段靠边待命。",
        "need_en": "Three robots clean 14,000 m² of concourse each day, give way to "
        "passengers and wait aside at rush hours.",
        "baseline_zh": "现由 8 名保洁员三班清洁，夜间抽查合格率约 91%。",
        "baseline_en": "Eight cleaners in three shifts; about 91 % of spot checks at "
        "night find it clean.",
        "poc_robots": 3,
        "budget_line": "2027-交通-006",
        "budget_cny": Decimal(6_000_000),
        "quantity_min": 6,
        "quantity_max": 36,
        "unit_price_ceiling_cny": Decimal(150_000),
    },
}
# The city's own KPI: deliveries done within five minutes, of all done.
OWN_KPI: Final[Values] = {
    "key": "quick_deliveries",
    "title_zh": "五分钟送达率",
    "title": "Deliveries within five minutes",
    "explanation_zh": "开始后五分钟内完成的配送占全部完成配送的比例。",
    "explanation": "Deliveries finished within five minutes of their start, of all "
    "finished.",
    "unit": "1",
    "better": "higher",
    "numerator": [
        {
            "over": "edges",
            "where": [
                {"column": "kind", "one_of": ["task"]},
                {"column": "value", "one_of": ["finished"]},
                {"column": "was", "one_of": ["started"]},
                {"column": "since_us", "at_most": 300_000_000},
            ],
        }
    ],
    "denominator": [{"fact": "tasks_finished"}],
}
KPIS: Final[dict[str, tuple[Values, ...]]] = {
    "delivery": (
        kpi("task_success", "0.95", "0.98", tasks_per_day=200),
        kpi("availability", "0.85", "0.93"),
        kpi("mtbf", "8", "24", mandatory=False),
        kpi("repairs_within_30_min", "0.9", "0.97"),
        kpi("interventions_per_hour", "0.5", "0.1", mandatory=False),
        kpi("estops_per_100h", "6", "1", mandatory=False),
    ),
    "inspection": (
        kpi("task_success", "0.90", "0.96", tasks_per_day=60),
        kpi("availability", "0.90", "0.96"),
        kpi("mtbf", "20", "60"),
        kpi("repairs_within_30_min", "0.9", "0.97"),
        kpi("estops_per_100h", "6", "1", mandatory=False),
    ),
    "care": (
        kpi("task_success", "0.90", "0.97", tasks_per_day=80),
        kpi("availability", "0.90", "0.96"),
        kpi("estops_per_100h", "6", "1", mandatory=False),
    ),
    "cleaning": (
        kpi("task_success", "0.92", "0.97", tasks_per_day=60),
        kpi("availability", "0.88", "0.95"),
        kpi("interventions_per_hour", "0.5", "0.1", mandatory=False),
    ),
}
# What a brief names of the city's own, shown beside what decides.
OWN_KPIS: Final[dict[str, tuple[Values, ...]]] = {
    "delivery": (
        kpi(
            "city.demo-city.quick_deliveries.v1",
            "0.5",
            "0.7",
            tasks_per_day=200,
            mandatory=False,
        ),
    )
}


def plan(maker: str, model: str, robots: int, unit_price: int) -> Values:
    """Return a technical plan, as its vendor would type it."""
    return {
        "summary": f"{robots} 台 {model}，分三阶段上线，每周复盘。 / "
        f"{robots} {model} in three stages, reviewed weekly.",
        "scenario_fit": "每一步与需求书条款逐项对应；指标按合同口径计算。 / Each step "
        "maps to the brief; KPIs are computed as contracted.",
        "approach": "激光与视觉融合定位，分层规划，降级模式靠边停。 / Lidar and vision "
        "fused, layered planning, degraded mode stops aside.",
        "robot_maker": maker,
        "robot_model": model,
        "robots": robots,
        "interfaces": [Interface.NATIVE, Interface.VDA5050],
        "data_needed": "车间地图、工位清单、班次。 / Map, stations, shifts.",
        "site_needs": "充电位两处，220 伏。 / Two charging points, 220 V.",
        "safety_concept": "双通道急停，激光防护区，限速 1 m/s。 / Dual-channel e-stop, "
        "laser protective field, 1 m/s.",
        "service_concept": "驻场工程师一名，备件到场 30 分钟内更换。 / One engineer on "
        "site, parts changed within 30 minutes.",
        "software_policy": "每六周一次更新，先一台后全部，可回滚。 / One update in six "
        "weeks, one robot first, with rollback.",
        "poc_price_cny": Decimal(480_000),
        "unit_price_cny": Decimal(unit_price),
    }


MILESTONES: Final[tuple[Values, ...]] = (
    {
        "title": "现场勘测与数据接入 / Site survey and data",
        "weeks": 2,
        "deliverable": "接口联调记录 / Interface record",
        "acceptance": "数据完整率 99% / Completeness 99 %",
    },
    {
        "title": "单机路线验证 / One robot on the route",
        "weeks": 2,
        "deliverable": "路线报告 / Route report",
        "acceptance": "连续三天无人工接管 / Three days without help",
    },
    {
        "title": "多机协同 / Several robots together",
        "weeks": 3,
        "deliverable": "协同报告 / Fleet report",
        "acceptance": "任务成功率达标 / Task success reached",
    },
    {
        "title": "连续运行 / Continuous operation",
        "weeks": 2,
        "deliverable": "运行日志 / Operation log",
        "acceptance": "可用率达标 / Availability reached",
    },
    {
        "title": "验收与移交 / Acceptance",
        "weeks": 1,
        "deliverable": "验收报告 / Acceptance report",
        "acceptance": "门禁通过 / Gate passed",
    },
)
