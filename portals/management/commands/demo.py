"""Build the demo city, once; a second call finds it and does nothing."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.models import Organisation
from pilots.models import Pilot
from portals.management.city import cast, fleet, purchase

# Six weeks and three days gone: the pilot is in its seventh week of ten.
LIVE_DAYS: Final = 45


class Command(BaseCommand):
    help = "Build the demo city through the same services as the pages use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bare",
            action="store_true",
            help="only the people and one open call; no past is lived",
        )

    def handle(self, *_args: Any, bare: bool = False, **_options: Any) -> None:
        if bare:
            self._settle()
        else:
            self._complete()
        keep_logins()

    @transaction.atomic
    def _settle(self) -> None:
        """Enter the people and a call that waits for a newcomer's brief."""
        if Organisation.objects.filter(code=cast.CITY).exists():
            return
        self.stdout.write("demo: people and an open call")
        official = cast.settle_in()["official"]
        purchase.open_a_call(purchase.begin_programme(official), 1, official)

    def _complete(self) -> None:
        if not Organisation.objects.filter(code=cast.CITY).exists():
            self._build()
        self._live()

    @transaction.atomic
    def _build(self) -> None:
        """Enter everything that needs no telemetry; all of it or nothing."""
        self.stdout.write("demo: people, briefs, submissions, awards, contracts")
        people = cast.settle_in()
        briefs = purchase.run_third_batch(people)
        purchase.open_fourth_batch(people)
        finished = purchase.review_and_award(briefs["inspection"], people)
        running = purchase.review_and_award(briefs["delivery"], people)
        purchase.begin_reviews(briefs["care"], people)
        fleet.open_with_robots(
            finished, people, profile="inspection_route", model="LT-Patrol"
        )
        fleet.open_with_robots(running, people, profile="welding_line", model="QY-S2")

    def _live(self) -> None:
        """Let both pilots have lived, where they have not yet."""
        people = cast.people()
        for brief, days in (("CQ-2026-018", None), ("CQ-2026-017", LIVE_DAYS)):
            pilot = Pilot.objects.with_parties().get(contract__award__brief__code=brief)
            if pilot.gates.filter(reviews__isnull=False).exists():
                continue
            fleet.live_the_past(
                pilot, people["official"], days=days, say=self.stdout.write
            )
            fleet.judge_milestones(pilot, people["official"])
            if days is None:
                fleet.sign_and_order(pilot, people)


def keep_logins() -> None:
    """Leave the log-ins where the start and the log-in page look for them."""
    path = Path(settings.PILOTGATE_HOME) / "demo_logins.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(cast.logins(), ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)
