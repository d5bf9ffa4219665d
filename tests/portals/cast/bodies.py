"""What a deed needs to be done; forms show themselves again without it."""

BODIES = {
    "officials:brief_advance": {"reason": "The need is gone."},
    "api:robot-list": {
        "serial": "S-9",
        "maker": "Qiyun",
        "model": "Q1",
        "protocol": "native",
    },
}
