"""One example for every body of the API; all of it invented."""

from typing import Any, Final

from rest_framework.serializers import BaseSerializer

from dispatch import serializers as dispatch
from kpis import serializers as kpis
from pilots import serializers as pilots
from procurement import serializers as procurement
from procurement.serializers import vendors
from robot_bridge import serializers as robots

DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PROGRAMME: Final = {
    "code": "PR-2026-7KQ2M",
    "city": "jiangbei",
    "title_zh": "具身智能应用计划",
    "title_en": "Embodied intelligence programme",
    "objective_zh": "让机器人在产线上稳定工作。",
    "objective_en": "Robots that work on the line, day after day.",
}
CRITERION: Final = {
    "number": 1,
    "title_zh": "场景匹配",
    "title_en": "Scenario fit",
    "guidance_zh": "方案是否针对本场景。",
    "guidance_en": "Does the plan answer this scenario?",
    "weight": 60,
    "max_points": 10,
}
CALL_WRITE: Final = {
    "programme": PROGRAMME["code"],
    "batch_no": 3,
    "title_zh": "第三批",
    "title_en": "Third batch",
    "opens_at": "2036-03-01T01:00:00Z",
    "closes_at": "2036-03-29T09:00:00Z",
}
CALL: Final = CALL_WRITE | {
    "code": "CL-2026-4WXPA",
    "city": "jiangbei",
    "state": "open",
    "closed_at": None,
    "opened_at": None,
    "criteria": [CRITERION],
}
KPI: Final = {
    "kpi": "availability",
    "comparator": "at_least",
    "minimum": "0.900000",
    "target": "0.970000",
    "window_days": 56,
    "coverage_min": "0.9000",
    "tasks_per_day": None,
    "mandatory": True,
}
BRIEF: Final = {
    "code": "BR-2026-3FJTR",
    "call": CALL["code"],
    "closes_at": CALL["closes_at"],
    "state": "published",
    "scenario": "line_side_delivery",
    "title_zh": "焊装车间线边配送",
    "title_en": "Line-side delivery in a welding shop",
    "need_zh": "按节拍送件。",
    "need_en": "Bring parts to takt.",
    "weeks_min": 8,
    "weeks_max": 12,
    "poc_robots": 2,
    "quantity_min": 10,
    "quantity_max": 120,
    "unit_price_ceiling_cny": "400000.00",
    "budget_cny": "50000000.00",
    "published_at": "2036-03-02T01:00:00Z",
    "kpis": [KPI],
}
PLAN: Final = {
    "summary": "Two mobile manipulators bring parts.",
    "scenario_fit": "Parts arrive before takt ends.",
    "approach": "Lidar and stereo vision; a fleet of two.",
    "robot_maker": "Example Robotics",
    "robot_model": "M1",
    "robots": 2,
    "interfaces": ["vda5050"],
    "data_needed": "The floor plan.",
    "site_needs": "Wi-Fi 6 and two charging places.",
    "safety_concept": "An e-stop within reach, scanners all round.",
    "service_concept": "An engineer on site, spares within a day.",
    "software_policy": "Updates on Sundays, rolled back within an hour.",
    "poc_price_cny": "300000.00",
    "unit_price_cny": "320000.50",
}
MILESTONE: Final = {
    "title": "Install",
    "weeks": 4,
    "deliverable": "Both robots on site.",
    "acceptance": "A round without help.",
}
MILESTONES: Final = [MILESTONE, MILESTONE | {"title": "Measure", "weeks": 6}]
CONTENT: Final = {"plan": PLAN, "milestones": MILESTONES}
SUBMISSION: Final = {
    "code": "SB-2026-9HD4C",
    "brief": BRIEF["code"],
    "vendor": "example-robotics",
    "state": "submitted",
    "saved_at": "2036-03-20T02:00:00Z",
    "submitted_at": "2036-03-20T02:01:00Z",
    "opened_at": None,
    "content_digest": DIGEST,
    "invalid_rule": "",
    "invalid_reason": "",
    "plan": PLAN,
    "milestones": [
        each | {"number": number} for number, each in enumerate(MILESTONES, start=1)
    ],
}
SCORE: Final = {"criterion": 1, "points": "8.50", "comment": "Clear, KPI by KPI."}
DECLARATION: Final = {"has_conflict": False, "ground": "", "statement": ""}
ASSIGNMENT: Final = {
    "code": "RV-2026-D82KQ",
    "submission": SUBMISSION["code"],
    "brief": BRIEF["code"],
    "vendor": SUBMISSION["vendor"],
    "reviewer": "Li Reviewer",
    "state": "cleared",
    "assigned_at": "2036-03-30T01:00:00Z",
    "finished_at": None,
    "declaration": DECLARATION | {"declared_at": "2036-03-30T02:00:00Z"},
    "scores": [SCORE],
}
AWARD_WRITE: Final = {
    "submission": SUBMISSION["code"],
    "reason": "The best score, and the soundest safety concept.",
}
AWARD: Final = AWARD_WRITE | {
    "code": "AW-2026-PX6ZB",
    "brief": BRIEF["code"],
    "vendor": SUBMISSION["vendor"],
    "score": "88.00",
    "awarded_at": "2036-04-10T01:00:00Z",
}
CONTRACT: Final = {
    "code": "CT-2026-K3WDE",
    "brief": BRIEF["code"],
    "city": "jiangbei",
    "vendor": SUBMISSION["vendor"],
    "state": "signed",
    "starts_on": "2036-04-20",
    "weeks": 10,
    "robots": 2,
    "evidence_kind": "live",
    "criteria": [{"kpi": "availability", "minimum": "0.900000", "window_days": 56}],
    "criteria_digest": DIGEST,
    "signed_at": "2036-04-15T01:00:00Z",
}
PILOT: Final = {
    "code": "PL-2026-WT5GM",
    "contract": CONTRACT["code"],
    "brief": BRIEF["code"],
    "city": "jiangbei",
    "vendor": SUBMISSION["vendor"],
    "state": "running",
    "starts_on": "2036-04-20",
    "ends_on": "2036-06-28",
    "weeks": 10,
}
SIGNATURE: Final = {"answer": "yes", "reason": "The figures say so."}
SIGNED: Final = SIGNATURE | {
    "step": "recommend",
    "person": "Li Reviewer",
    "signed_at": "2036-06-20T01:00:00Z",
}
REVIEW: Final = {
    "code": "GR-2026-2NVYH",
    "pilot": PILOT["code"],
    "look_on": "2036-06-14",
    "outcome": "pass",
    "reasons": [["kpis_passed", {"kpis": ["availability"]}]],
    "earliest_on": None,
    "criteria_digest": DIGEST,
    "bundle_digest": DIGEST,
    "evidence_sha256": DIGEST,
    "evidence_bytes": 987445,
    "engine_version": "1.0.0",
    "assessed_at": "2036-06-15T01:00:00Z",
    "verdicts": [
        {
            "kpi": "availability",
            "decides": True,
            "outcome": "pass",
            "reasons": [],
            "num": 97,
            "den": 100,
            "estimate": 0.97,
            "low": 0.95,
            "high": 0.98,
            "coverage": 0.99,
        }
    ],
    "signatures": [SIGNED],
}
ROBOT_WRITE: Final = {
    "serial": "S-0042",
    "maker": "Example Robotics",
    "model": "M1",
    "protocol": "native",
}
BATCH: Final = {
    "v": 1,
    "session": "5a0f6f7e-13a5-4a7e-9d1f-0c8f7a8d2c11",
    "seq": 17,
    "sent": "2036-04-20T01:00:00Z",
    "interval_ms": 5000,
    "samples": [{"ts": "2036-04-20T00:59:58Z", "m": {"soc": 0.87}}],
    "events": [{"ts": "2036-04-20T00:59:58Z", "kind": "op_state", "value": "idle"}],
}
RECEIPT: Final = {"session": BATCH["session"], "ranges": [[1, 17]]}

COMPOSITION: Final = {
    "key": "quick_tasks",
    "title_zh": "快速完成率",
    "title": "Quick tasks",
    "explanation_zh": "开始后五分钟内完成的任务占全部完成任务的比例。",
    "explanation": "Tasks finished within five minutes, of all finished.",
    "unit": "1",
    "better": "higher",
    "few_cases": False,
    "numerator": [
        {
            "over": "edges",
            "sums": "",
            "where": [
                {"column": "kind", "one_of": ["task"]},
                {"column": "value", "one_of": ["finished"]},
                {"column": "since_us", "at_most": 300_000_000},
            ],
        }
    ],
    "denominator": [{"fact": "tasks_finished"}],
}
EXAMPLES: Final[dict[type[BaseSerializer[Any]], dict[str, Any]]] = {
    procurement.ProgrammeSerializer: PROGRAMME,
    procurement.CallSerializer: CALL,
    procurement.CallWriteSerializer: CALL_WRITE,
    procurement.CallMoveSerializer: {"target": "open"},
    procurement.DeadlineSerializer: {
        "closes_at": "2036-04-05T09:00:00Z",
        "reason": "A holiday falls into the last week.",
    },
    procurement.OpeningMinutesSerializer: {
        "opened_at": "2036-03-30T01:00:00Z",
        "received": 1,
        "entries": [{"submission": SUBMISSION["code"], "digest": DIGEST}],
        "digest": DIGEST,
    },
    procurement.BriefSerializer: BRIEF,
    procurement.BriefMoveSerializer: {"target": "published"},
    procurement.RankSerializer: {
        "submission": SUBMISSION["code"],
        "vendor": SUBMISSION["vendor"],
        "state": "opened",
        "scores": ["86.00", "90.00"],
        "mean": "88.00",
    },
    procurement.ReviewerLoadSerializer: {
        "id": 7,
        "name": "Li Reviewer",
        "institute": "general-ai",
        "waiting": 1,
        "finished": 4,
        "on_brief": 0,
        "barred_from": [],
    },
    procurement.SubmissionSerializer: SUBMISSION,
    procurement.SubmissionWriteSerializer: CONTENT | {"brief": BRIEF["code"]},
    procurement.SubmissionContentSerializer: CONTENT,
    procurement.ReasonSerializer: {"reason": "We answer the next batch."},
    procurement.RuleProblemSerializer: {
        "rule": "plan_lasts_8_to_12_weeks",
        "field": "milestones",
        "sentence": "The milestones last 5 weeks together; 8 to 12 are asked for.",
    },
    procurement.AssignSerializer: {"reviewer": 7},
    procurement.ConflictDeclarationSerializer: DECLARATION,
    procurement.ScoreSheetSerializer: {"scores": [SCORE]},
    procurement.AssignmentSerializer: ASSIGNMENT,
    procurement.AwardSerializer: AWARD,
    procurement.AwardWriteSerializer: AWARD_WRITE,
    procurement.ContractDraftSerializer: {"starts_on": "2036-04-20"},
    procurement.PocContractSerializer: CONTRACT,
    pilots.PilotSerializer: PILOT,
    pilots.OrderSerializer: {"quantity": 10},
    pilots.GateReviewSerializer: REVIEW,
    pilots.GateReviewBundleSerializer: REVIEW | {"bundle": {"format": 1, "kpis": []}},
    pilots.SignatureSerializer: SIGNATURE,
    pilots.SigningKeySerializer: {
        "algorithm": "ed25519",
        "public": DIGEST,
        "fingerprint": "1d50 38f9 1c7e 02b6 ae62 b6dc cf74 dbd9",
    },
    pilots.GateSignatureSerializer: SIGNED,
    pilots.VolumeTrancheSerializer: {
        "code": "VT-2026-8QSRC",
        "pilot": PILOT["code"],
        "number": 2,
        "quantity": 10,
        "gate_review": REVIEW["code"],
        "unit_price_cny": "320000.50",
        "currency": "CNY",
        "state": "ordered",
        "ordered_at": "2036-06-25T01:00:00Z",
    },
    robots.RobotSerializer: ROBOT_WRITE
    | {"code": "RB-6TKMZ", "vendor": SUBMISSION["vendor"]},
    robots.RobotRegistrationSerializer: ROBOT_WRITE,
    robots.CredentialSerializer: {
        "username": "example-robotics/S-0042",
        "secret": "told-this-once",
    },
    robots.SetAsideMessageSerializer: {
        "id": 12,
        "topic": "pilotgate/v1/example-robotics/S-0042/telemetry",
        "name": "example-robotics/S-0042",
        "reason": "unknown_metric",
        "reason_text": "A metric is not known",
        "advice": "Leave the metric out or use a known one, and send the batch again.",
        "sentence": "samples[0].m.speed: no such metric; see docs/kpis.md.",
        "received_at": "2036-04-20T01:00:00Z",
    },
    vendors.VendorRegistrationSerializer: {
        "code": "example-robotics",
        "name_zh": "示例机器人",
        "name_en": "Example Robotics",
        "uscc": "91500000000000001T",
        "state": "accepted",
        "reason": "Licence and insurance were seen.",
        "judged_at": "2036-03-02T01:00:00Z",
    },
    vendors.VendorMoveSerializer: {
        "target": "accepted",
        "reason": "Licence and insurance were seen.",
    },
    dispatch.JobSerializer: {
        "code": "9f2c41d07ab3",
        "kind": "fast_forward",
        "title": "Fast-forward: the past weeks are sent",
        "subject_type": "pilots.Pilot",
        "subject_code": PILOT["code"],
        "state": "running",
        "done": 840,
        "total": 3360,
        "percent": 25,
        "created_at": "2036-04-20T01:00:00Z",
        "started_at": "2036-04-20T01:00:02Z",
        "moved_at": "2036-04-20T01:00:31Z",
        "finished_at": None,
        "cancel_requested_at": None,
        "error": "",
    },
    robots.BatchSerializer: BATCH,
    robots.ReceiptsSerializer: {"receipts": [RECEIPT]},
    kpis.CompositionSerializer: COMPOSITION,
    kpis.ComposedMoveSerializer: {"target": "published"},
    kpis.ComposedKpiSerializer: {
        "code": "CK-5f0da079db",
        "key": "city.jiangbei.quick_tasks.v1",
        "city": "jiangbei",
        "version": 1,
        "state": "draft",
        "digest": DIGEST,
        "definition": {"key": "city.jiangbei.quick_tasks.v1", "unit": "1"},
        "told": COMPOSITION,
    },
    pilots.DryRunRequestSerializer: {
        "pilot": PILOT["code"],
        "starts_on": "2036-04-20",
        "ends_on": "2036-05-17",
        "minimum": "0.900000",
        "target": "0.970000",
    },
    pilots.DryRunSerializer: {
        "code": "1f2e3d4c5b6a",
        "state": "running",
        "done": 1,
        "total": 4,
        "error": "",
        "result": {"kpi": "city.jiangbei.quick_tasks.v1", "pilot": PILOT["code"]},
    },
}
