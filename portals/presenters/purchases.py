"""What waits for a person between call and contract."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.workflow import available
from portals.presenters.figures import moment_text
from portals.presenters.pieces import Task
from procurement.enums import (
    AssignmentState,
    BriefState,
    CallState,
    ContractState,
    SubmissionState,
)
from procurement.models import (
    Assignment,
    Award,
    Brief,
    Call,
    PocContract,
    VendorRegistration,
)
from procurement.workflow import CONTRACT_TRANSITIONS

MOST: Final = 10
UNFINISHED: Final = (AssignmentState.ASSIGNED, AssignmentState.CLEARED)


def vendors_to_judge(user: User) -> Iterator[Task]:
    """Vendors that wait for an official's word; to the vendor itself, that they do."""
    waiting = VendorRegistration.objects.visible_to(user).waiting()
    rows = waiting.select_related("vendor").order_by("pk")
    if user.role == Role.VENDOR and rows.exists():
        yield Task(
            _("Your company waits to be accepted"),
            "waiting",
            hint=_("Plans can be written now, and submitted once it is."),
        )
    if user.role != Role.OFFICIAL:
        return
    for each in rows[:MOST]:
        yield Task(
            _("Accept or refuse the vendor %(vendor)s") % {"vendor": each.vendor},
            "not_started",
            reverse("officials:vendor_detail", args=[each.code]),
            each.code,
        )


def calls_to_move(user: User) -> Iterator[Task]:
    """Drafts to open, and calls whose deadline lies behind."""
    if user.role != Role.OFFICIAL:
        return
    due = Q(state=CallState.OPEN, closes_at__lte=timezone.now())
    waiting = Q(state__in=[CallState.DRAFT, CallState.CLOSED]) | due
    for call in (
        Call.objects.visible_to(user).filter(waiting).order_by("closes_at")[:MOST]
    ):
        title = (
            _("Open the call %(call)s")
            if call.state == CallState.DRAFT
            else _("Open the submissions of %(call)s")
        )
        yield Task(
            title % {"call": call.title},
            "not_started",
            reverse("officials:call_detail", args=[call.code]),
            moment_text(call.closes_at),
        )


def briefs_to_write(user: User) -> Iterator[Task]:
    if user.role != Role.OFFICIAL:
        return
    drafts = Brief.objects.visible_to(user).filter(state=BriefState.DRAFT)
    for brief in drafts.order_by("-saved_at")[:MOST]:
        yield Task(
            _("Finish the brief %(brief)s") % {"brief": brief.title or brief.code},
            "in_progress",
            reverse("officials:brief_detail", args=[brief.code]),
            _("saved %(at)s") % {"at": moment_text(brief.saved_at)},
        )


def briefs_to_decide(user: User) -> Iterator[Task]:
    """Briefs in review: reviewers to ask, or an award to make."""
    if user.role != Role.OFFICIAL:
        return
    asked = Assignment.objects.visible_to(user).filter(submission__brief=OuterRef("pk"))
    briefs = (
        Brief.objects.visible_to(user)
        .filter(state=BriefState.IN_REVIEW)
        .annotate(
            opened=Count(
                "submissions",
                filter=Q(submissions__state=SubmissionState.OPENED),
            ),
            is_asked=Exists(asked),
            is_waiting=Exists(asked.filter(state__in=UNFINISHED)),
        )
    )
    for brief in briefs.order_by("pk")[:MOST]:
        yield decision_task(brief)


def decision_task(brief: Brief) -> Task:
    page, title, status = "brief_submissions", _("Award %(brief)s"), "not_started"
    if not brief.opened:  # type: ignore[attr-defined]
        page, title = "brief_detail", _("Nothing came in for %(brief)s: cancel it?")
    elif not brief.is_asked:  # type: ignore[attr-defined]
        page, title = "brief_reviewers", _("Assign reviewers for %(brief)s")
    elif brief.is_waiting:  # type: ignore[attr-defined]
        page, title, status = (
            "brief_reviewers",
            _("Reviews of %(brief)s are under way"),
            "waiting",
        )
    return Task(
        title % {"brief": brief.title},
        status,
        reverse(f"officials:{page}", args=[brief.code]),
    )


def awards_to_contract(user: User) -> Iterator[Task]:
    if user.role != Role.OFFICIAL:
        return
    awards = Award.objects.visible_to(user).filter(contract__isnull=True)
    for award in awards.select_related("brief", "submission__vendor")[:MOST]:
        yield Task(
            _("Draft the contract for %(brief)s") % {"brief": award.brief.title},
            "not_started",
            reverse("officials:award_detail", args=[award.code]),
            str(award.vendor),
        )


def contracts_to_sign(user: User) -> Iterator[Task]:
    """Contracts whose next signature is this person's side's."""
    portals = {Role.OFFICIAL: "officials", Role.VENDOR: "vendors"}
    portal = portals.get(Role(user.role))
    if portal is None:
        return
    unsigned = PocContract.objects.visible_to(user).exclude(state=ContractState.SIGNED)
    for contract in unsigned.select_related("award__brief").order_by("pk")[:MOST]:
        if available(CONTRACT_TRANSITIONS, contract, user):
            yield Task(
                _("Sign the contract for %(brief)s") % {"brief": contract.brief.title},
                "not_started",
                reverse(f"{portal}:contract_detail", args=[contract.code]),
                contract.code,
            )


SOURCES: Final = (
    vendors_to_judge,
    calls_to_move,
    briefs_to_write,
    briefs_to_decide,
    awards_to_contract,
    contracts_to_sign,
)
