"""`python -m pilotgate_offline verify BUNDLE`: compute a gate's verdict again.

Exit status: 0 the same, 1 different, 2 it cannot be read.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from pilotgate_offline.errors import UnreadableError
from pilotgate_offline.verification import KpiReport, Report, verify

SAME, DIFFERENT, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        report = verify(asked.bundle, asked.key)
    except UnreadableError as why:
        if asked.json:
            _say(json.dumps({"result": "unreadable", "why": str(why)}))
        else:
            sys.stderr.write(f"unreadable: {why}\n")
        return UNREADABLE
    if asked.json:
        _say(json.dumps(report.as_json(), indent=1, ensure_ascii=False))
    else:
        for line in told(report):
            _say(line)
    return SAME if report.result == "same" else DIFFERENT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pilotgate_offline", description=__doc__
    )
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("verify", help="recompute all that a bundle tells")
    check.add_argument("bundle", type=Path)
    check.add_argument(
        "--key", default="", help="the public key the platform publishes, in hex"
    )
    check.add_argument("--json", action="store_true", help="write the report as JSON")
    return parser


def told(report: Report) -> Iterator[str]:
    """Yield the report as lines."""
    yield f"review {report.review} of pilot {report.pilot}, look {report.look[0]}"
    yield f"key {fingerprint(report.key)}"
    if not report.key_was_given:
        yield "    compare it with the one the platform publishes, or give --key"
    for fault in report.faults:
        yield f"fault: {fault}"
    for kpi in report.kpis:
        yield from _of_kpi(kpi)
    same = "same" if report.told == report.found else "different"
    yield f"{same:9}  verdict: the bundle tells {report.told}, found {report.found}"
    yield f"{report.result}: the whole bundle"


def _of_kpi(report: KpiReport) -> Iterator[str]:
    yield (
        f"{report.result:9}  {report.kpi}: the bundle tells {_figure(report.told)}, "
        f"found {_figure(report.found)}"
    )
    for difference in report.differences:
        yield f"           {difference}"


def _figure(integers: tuple[int, int, str]) -> str:
    num, den, outcome = integers
    share = f" = {float(Fraction(num, den)):.6g}" if den else ""
    return f"{num} / {den}{share} ({outcome})"


def fingerprint(key: str) -> str:
    """Return what people compare: the start of the SHA-256 of a public key."""
    try:
        digest = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:32]
    except ValueError:
        return key
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
