"""What waits for a person: each source looks through `visible_to` and the tables."""

from collections.abc import Callable, Iterable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from portals.presenters import purchases
from portals.presenters.first_steps import first_steps
from portals.presenters.pieces import Task
from portals.presenters.pilots import todos as pilots
from procurement.enums import AssignmentState, SubmissionState
from procurement.models import Assignment, Submission

MOST: Final = 20
Source = Callable[[User], Iterable[Task]]


def reviews(user: User) -> Iterable[Task]:
    """Reviews a reviewer has yet to declare on or to finish."""
    waiting = (
        Assignment.objects.visible_to(user)
        .filter(reviewer=user)
        .filter(state__in=[AssignmentState.ASSIGNED, AssignmentState.CLEARED])
        .select_related("submission__brief")
    )
    for each in waiting[:MOST]:
        yield Task(
            each.submission.brief.title,
            AssignmentState(each.state),
            reverse("institutes:assignment_detail", args=[each.code]),
            hint=str(each.get_state_display()),
        )


def drafts(user: User) -> Iterable[Task]:
    """Answers a vendor has begun and not handed in."""
    begun = (
        Submission.objects.visible_to(user)
        .filter(vendor_id=user.organisation_id, state=SubmissionState.DRAFT)
        .select_related("brief__call")
    )
    for each in begun[:MOST]:
        yield Task(
            each.brief.title,
            SubmissionState(each.state),
            reverse("vendors:submission_detail", args=[each.code]),
            hint=_("Draft, not submitted"),
        )


# Every app's pages add their source here; the order is the order on the page.
SOURCES: Final[tuple[Source, ...]] = (
    first_steps,
    reviews,
    drafts,
    *purchases.SOURCES,
    *pilots.SOURCES,
)


def todos_of(user: User) -> list[Task]:
    """Collect what this person could do next."""
    return [task for source in SOURCES for task in source(user)]
