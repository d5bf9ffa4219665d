from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import DomainError
from pilots import services
from pilots.models import GateReview, Pilot
from pilots.reports.sentences import sentence


class Command(BaseCommand):
    help = "Read every closed look of a pilot's gate that nobody has read yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pilot", help="code of the pilot")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            pilot = Pilot.objects.with_parties().get(code=options["pilot"])
            review = services.assess_gate(pilot=pilot)
        except (DomainError, Pilot.DoesNotExist) as error:
            raise CommandError(str(error)) from error
        if review is None:
            self.stdout.write("no look has closed yet")
        else:
            self.tell(review)

    def tell(self, review: GateReview) -> None:
        self.stdout.write(f"{review.code}: {review.outcome} at {review.look.on}")
        for code, facts in review.reasons:
            self.stdout.write(f"  {sentence(code, facts)}")
        for verdict in review.verdicts.all():
            self.stdout.write(f"  {verdict.kpi}: {verdict.outcome}")
