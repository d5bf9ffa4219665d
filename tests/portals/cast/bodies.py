"""What a deed needs to be done; forms show themselves again without it."""

BODIES = {
    "institutes:gate_sign": {"answer": "yes", "reason": "The figures say so."},
    "officials:gate_sign": {"answer": "yes", "reason": "The figures say so."},
    "officials:override_propose": {"reason": "Spares were late."},
    "officials:tranche_order": {"quantity": "1"},
    "api:gate-recommend": {"answer": "yes", "reason": "The figures say so."},
    "api:gate-decide": {"answer": "yes", "reason": "The figures say so."},
    "api:gate-approve": {"answer": "yes", "reason": "The figures say so."},
    "api:pilot-order": {"quantity": 1},
    "officials:exclusion_judge": {"target": "approved"},
    "officials:brief_advance": {"reason": "The need is gone."},
    "api:robot-list": {
        "serial": "S-9",
        "maker": "Qiyun",
        "model": "Q1",
        "protocol": "native",
    },
}
