"""What time itself brings about: pilots begin, closed looks are assessed."""

from dispatch.services import enqueue
from pilots.enums import PilotState
from pilots.models import Pilot
from pilots.services.city_figures import lake_reading_is_due
from pilots.services.gates import looks_due, move_into_review
from pilots.services.opening import begin_if_due


def tick() -> int:
    """Begin pilots whose day has come; ask for closed looks to be assessed.

    Returns how many gates were asked for.
    """
    asked = 0
    for pilot in Pilot.objects.filter(state=PilotState.PLANNED).with_parties():
        begin_if_due(pilot)
    for pilot in Pilot.objects.at_work().with_parties():
        if lake_reading_is_due(pilot):
            enqueue("pilots.read_lake", pilot_id=pilot.pk)
        if looks_due(pilot):
            enqueue("pilots.assess_gate", pilot_id=pilot.pk)
            asked += 1
        else:
            move_into_review(pilot)
    return asked
