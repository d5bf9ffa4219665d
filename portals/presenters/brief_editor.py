"""The brief editor as it is drawn: parts, what is missing, the planner's chance."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from portals.navigation import here
from portals.presenters.briefs import kpi_table
from portals.presenters.pieces import Link, Task
from procurement.errors import Problem
from procurement.forms import BRIEF_PARTS, KPI_PART, BriefPart, NewBriefForm
from procurement.models import Brief

Review = tuple[list[Problem], list[Problem]]


def create_page(
    request: HttpRequest, form: NewBriefForm, *, has_site: bool
) -> dict[str, Any]:
    back = here(request, "brief_list")
    site = Link(_("Enter a site"), here(request, "site_create"), icon="plus")
    return {
        "title": _("Write a brief"),
        "trail": [Link(_("Scenario briefs"), back), Link(_("Write a brief"))],
        "form": form,
        "submit": _("Save and go on"),
        "cancel_url": back,
        "actions": [site],
        "intro": ""
        if has_site
        else _("You may leave the site open now; publishing needs one."),
    }


def editor_page(
    request: HttpRequest, brief: Brief, part: BriefPart, review: Review
) -> dict[str, Any]:
    problems, warnings = review
    tasks = part_tasks(request, brief, part, problems)
    return {
        "title": brief.title or brief.code,
        "brief": brief,
        "part": part,
        "trail": [
            Link(_("Scenario briefs"), here(request, "brief_list")),
            Link(brief.code, here(request, "brief_detail", brief.code)),
            Link(_("Edit")),
        ],
        "subtitle": f"{brief.call.title} · {brief.code}",
        "status": brief.state,
        "status_label": brief.get_state_display(),
        "tasks": tasks,
        "done": sum(task.status == "done" for task in tasks),
        "total": len(BRIEF_PARTS),
        "saved_at": brief.saved_at,
        "problems": [each for each in problems if each.field in part.fields],
        "warnings": [each for each in warnings if each.field in part.fields],
        "elsewhere": sum(each.field not in part.fields for each in problems),
        "plan": kpi_table(request, brief.kpis.all()) if part.key == KPI_PART else None,
        "autosave_url": here(request, "brief_autosave", brief.code, part.key),
        "review_url": here(request, "brief_review", brief.code, part.key),
        "back_url": here(request, "brief_detail", brief.code),
        "sites_url": here(request, "site_create"),
    }


def part_tasks(
    request: HttpRequest, brief: Brief, current: BriefPart, problems: list[Problem]
) -> list[Task]:
    wrong = {problem.field for problem in problems}
    tasks = [
        Task(
            str(part.title),
            "in_progress" if wrong & set(part.fields) else "done",
            here(request, "brief_edit", brief.code, part.key),
            current=part.key == current.key,
        )
        for part in BRIEF_PARTS
    ]
    tasks.append(
        Task(
            _("Check and publish"),
            "cannot_start" if problems else "not_started",
            here(request, "brief_detail", brief.code),
        )
    )
    return tasks


def next_url(request: HttpRequest, code: str, part: BriefPart) -> str:
    """Return the page after this part; after the last comes the check."""
    keys = [each.key for each in BRIEF_PARTS]
    place = keys.index(part.key) + 1
    if place == len(keys):
        return here(request, "brief_detail", code)
    return here(request, "brief_edit", code, keys[place])


def first_error(form: Any) -> str:
    """Return the first thing wrong in a form or formset, with its field."""
    forms = list(getattr(form, "forms", [form]))
    for each in forms:
        for name, errors in each.errors.items():
            label = each.fields[name].label if name in each.fields else ""
            return f"{label}: {errors[0]}" if label else str(errors[0])
    return str((getattr(form, "non_form_errors", list)() or [""])[0])
