import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services import clock
from dispatch.enums import JobKind, JobState
from dispatch.management.progress import bar
from dispatch.models import Job
from dispatch.services import running, start_job
from kpis import services
from kpis.services.repairs import Report


class Command(BaseCommand):
    help = (
        "Compute the states of KPIs anew from the lake, and compare. A job whose "
        "progress the city's officials see and may cancel; robots done stay done."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--robot", type=int, action="append", help="only this id")
        parser.add_argument(
            "--check", action="store_true", help="compare only; change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        job = start_job(JobKind.RECOMPUTE, by=clock())
        reports: list[Report] = []
        with running(job) as note, bar(self.stdout, "robots", note) as progress:
            reports = services.recompute(
                options["robot"], check=options["check"], progress=progress
            )
        self.refuse_unfinished(job)
        self.tell(reports, check=options["check"])

    def refuse_unfinished(self, job: Job) -> None:
        if job.state == JobState.CANCELLED:
            raise CommandError(
                f"Cancelled after {job.done} of {job.total} robots; they stay done."
            )
        if job.state != JobState.DONE:
            raise CommandError(job.error)

    def tell(self, reports: list[Report], *, check: bool) -> None:
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
        if wrong and check:
            raise CommandError("States differ from the telemetry in the lake.")
