import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kpis import services


class Command(BaseCommand):
    help = "Compute the states of KPIs anew from the lake, and compare."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--robot", type=int, action="append", help="only this id")
        parser.add_argument(
            "--check", action="store_true", help="compare only; change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        reports = services.recompute(options["robot"], check=options["check"])
        wrong = [report for report in reports if not report.is_right]
        for report in wrong:
            outcome = "repaired" if report.repaired else "left as they are"
            self.stdout.write(
                f"robot {report.robot_id}: {len(report.differing)} of "
                f"{report.buckets} buckets differ, {outcome}; "
                f"the first is {report.differing[0]}"
            )
        buckets = sum(report.buckets for report in reports)
        self.stdout.write(
            f"{len(reports)} robots, {buckets} buckets: "
            f"{len(reports) - len(wrong)} robots equal their telemetry"
        )
        if wrong and options["check"]:
            raise CommandError("States differ from the telemetry in the lake.")
