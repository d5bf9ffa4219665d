"""Build the demo city, once; a second call finds it and does nothing."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.models import Organisation
from pilots.models import Pilot
from portals.management.city import cast, fleet, past, purchase

# Six weeks and three days gone: the pilot is in its seventh week of ten.
LIVE_DAYS: Final = 45
# brief -> how long ago its pilot began; None: its last look was yesterday.
LIVED_DAYS: Final = {"CQ-2026-018": None, "CQ-2026-017": LIVE_DAYS}


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
        by = people["official"]
        pilots = [self._pilot(brief) for brief in LIVED_DAYS]
        pilots = [pilot for pilot in pilots if not is_assessed(pilot)]
        for pilot in pilots:
            days = LIVED_DAYS[pilot.contract.award.brief.code]
            fleet.move_back(pilot, by, days=days)
            self.stdout.write(f"{pilot.code}: sending its past from {pilot.starts_on}")
        past.send_and_settle()
        for pilot in pilots:
            self.stdout.write(f"{pilot.code}: assessing its gate")
            fleet.hand_over_to_the_living(pilot)
            fleet.assess(pilot)
            fleet.judge_milestones(pilot, by)
            fleet.sign_and_order(pilot, people)

    def _pilot(self, brief: str) -> Pilot:
        known = Pilot.objects.with_parties()
        found: Pilot = known.get(contract__award__brief__code=brief)
        return found


def is_assessed(pilot: Pilot) -> bool:
    return bool(pilot.gates.filter(reviews__isnull=False).exists())


def keep_logins() -> None:
    """Leave the log-ins where the start and the log-in page look for them."""
    path = Path(settings.PILOTGATE_HOME) / "demo_logins.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(cast.logins(), ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)
