"""Milestones of the plan are found met or not met, with the finding in words."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import InvalidInputError
from accounts.models import User
from accounts.workflow import advance
from pilots.enums import MilestoneState
from pilots.models import PilotMilestone
from pilots.services.hands import check_official
from pilots.workflow import MILESTONE_TRANSITIONS


@transaction.atomic
def judge_milestone(
    *, milestone: PilotMilestone, met: bool, finding: str, by: User
) -> PilotMilestone:
    """Say whether a milestone is met, once, and why."""
    check_official(milestone.city, by)
    if not finding.strip():
        raise InvalidInputError(_("Say what was found."))
    target = MilestoneState.MET if met else MilestoneState.NOT_MET
    milestone.judged_by, milestone.finding = by, finding.strip()
    milestone.judged_on = timezone.localdate(timezone=milestone.pilot.timezone)
    milestone.save(update_fields=["judged_by", "judged_on", "finding"])
    advance(MILESTONE_TRANSITIONS, milestone, target, by=by, reason=finding)
    return milestone
