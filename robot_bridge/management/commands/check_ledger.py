"""Say whether ledger and lake agree."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from robot_bridge import services


class Command(BaseCommand):
    help = "Check that the ledger agrees with itself, and the lake with the ledger."

    def handle(self, *_args: Any, **_options: Any) -> None:
        findings = list(services.check_ledger())
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} disagreements.")
        self.stdout.write("ledger and lake agree")
