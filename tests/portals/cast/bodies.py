"""What a deed needs to be done; forms show themselves again without it.

A text that begins with @ stands for a value of the cast.
"""

from tests.kpis.composing import QUICK

BODIES = {
    "api:own_kpi-list": QUICK | {"key": "another"},
    "api:own_kpi-detail": QUICK,
    "api:own_kpi-advance": {"target": "published"},
    "api:own_kpi-dry-run": {
        "pilot": "@pilot.code",
        "starts_on": "@own_kpi.day",
        "ends_on": "@own_kpi.day",
    },
    "institutes:gate_sign": {"answer": "yes", "reason": "The figures say so."},
    "officials:gate_sign": {"answer": "yes", "reason": "The figures say so."},
    "officials:pilot_withdraw": {"reason": "Its arm is worn."},
    "vendors:pilot_withdraw": {"reason": "Its arm is worn."},
    "officials:override_propose": {"reason": "Spares were late."},
    "officials:tranche_order": {"quantity": "1"},
    "api:gate-recommend": {"answer": "yes", "reason": "The figures say so."},
    "api:gate-decide": {"answer": "yes", "reason": "The figures say so."},
    "api:gate-approve": {"answer": "yes", "reason": "The figures say so."},
    "api:pilot-order": {"quantity": 1},
    "officials:vendor_advance": {"reason": "Papers were seen."},
    "api:vendor-advance": {"target": "accepted", "reason": "Papers were seen."},
    "officials:exclusion_judge": {"target": "approved"},
    "officials:brief_advance": {"reason": "The need is gone."},
    "api:assignment-declare": {"has_conflict": False},
    "api:assignment-score": {"scores": [{"criterion": 1, "points": "5"}]},
    "api:award-contract": {"starts_on": "2036-01-01"},
    "api:award-list": {"submission": "@awardable.code", "reason": "The best score."},
    "api:brief-advance": {"target": "cancelled", "reason": "The need is gone."},
    "api:call-advance": {"target": "open"},
    "api:call-deadline": {"closes_at": "2036-01-01T00:00:00Z", "reason": "A holiday."},
    "api:call-list": {
        "programme": "@programme.code",
        "batch_no": 77,
        "title_zh": "批次",
        "title_en": "Batch",
        "opens_at": "2025-01-01T00:00:00Z",
        "closes_at": "2036-01-01T00:00:00Z",
    },
    "api:submission-list": {"brief": "@unanswered.code"},
    "api:submission-detail": {"plan": {"summary": "Another."}},
    "api:submission-assign": {"reviewer": "@reviewer.pk"},
    "api:robot-list": {
        "serial": "S-9",
        "maker": "Qiyun",
        "model": "Q1",
        "protocol": "native",
    },
}
