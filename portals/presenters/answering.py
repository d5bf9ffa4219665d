"""A submission as a task list, as check-answers, and as a receipt."""

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from portals.presenters.figures import money_text
from portals.presenters.pieces import Answer, Task
from portals.presenters.timeline import Bar, Timeline
from procurement.enums import Interface
from procurement.errors import Problem
from procurement.models import Submission, TechnicalPlan
from procurement.workflow.checks import PLAN_FIELDS

MONEY: Final = frozenset({"poc_price_cny", "unit_price_cny"})


def tasks(
    submission: Submission, problems: Sequence[Problem], here: str = ""
) -> list[Task]:
    """List the steps; a step is done when no rule objects to its fields."""
    plan_open = any(each.field in PLAN_FIELDS for each in problems)
    weeks_open = any(each.field not in PLAN_FIELDS for each in problems)
    code = submission.code
    steps = [
        ("submission_plan", _("Technical plan"), plan_open),
        ("submission_milestones", _("Milestones"), weeks_open),
        ("submission_check", _("Check and submit"), True),
    ]
    return [
        Task(
            title,
            "in_progress" if is_open else "done",
            reverse(f"vendors:{name}", args=[code]),
            current=name == here,
        )
        for name, title, is_open in steps
    ]


def content(submission: Submission, user: User) -> dict[str, Any]:
    """Return plan answers, milestones, their sum in weeks and their timeline."""
    plan = TechnicalPlan.objects.visible_to(user).filter(submission=submission).first()
    milestones = list(submission.milestones.all())
    return {
        "answers": plan_answers(plan) if plan else [],
        "milestones": milestones,
        "weeks": sum(each.weeks for each in milestones),
        "figure": milestone_figure(milestones),
    }


def plan_answers(plan: TechnicalPlan) -> list[Answer]:
    labels = {each.name: str(each.verbose_name) for each in plan._meta.fields}
    return [Answer(labels[name], _said(plan, name)) for name in PLAN_FIELDS]


def receipt(submission: Submission) -> list[Answer]:
    """Say when the database took it, whose it is, and the digest of its content."""
    return [
        Answer(_("Submission"), submission.code),
        Answer(_("Vendor"), str(submission.vendor)),
        Answer(_("Received"), submission.submitted_at),
        Answer(_("Submitted by"), str(submission.submitted_by or "—")),
        Answer(_("SHA-256 of the content"), submission.content_digest or "—"),
    ]


def milestone_figure(milestones: Sequence[Any]) -> Timeline | None:
    if not milestones:
        return None
    bars, week = [], 0
    for each in milestones:
        bars.append(
            Bar(each.title, week, week + each.weeks, "not_started", f"{each.weeks}")
        )
        week += each.weeks
    return Timeline(bars, weeks=week, title=_("Milestones"))


def _said(plan: TechnicalPlan, name: str) -> str:
    value = getattr(plan, name)
    if name == "interfaces":
        return ", ".join(str(Interface(each).label) for each in value)
    if value is None or value == "":
        return "—"
    return money_text(value) if name in MONEY else str(value)
