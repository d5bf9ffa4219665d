"""Print what is out of order, without a database: python -m tests.house."""

import sys
from pathlib import Path

from tests.house import CHECKS

findings = [
    finding
    for check in CHECKS
    for finding in check(Path(__file__).resolve().parent.parent.parent)
]
sys.stdout.write("".join(f"{finding}\n" for finding in findings))
sys.exit(1 if findings else 0)
