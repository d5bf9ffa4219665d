"""The submissions to a brief: counted while sealed, compared once opened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portals.navigation import here, link_here
from portals.presenters.figures import NONE, figure_text, moment_text, money_text
from portals.presenters.pieces import Cell, Link, Move, Table, table_of
from portals.requests import is_official
from procurement.enums import AssignmentState, SubmissionState
from procurement.models import (
    Assignment,
    Brief,
    ReviewCriterion,
    Score,
    Submission,
    TechnicalPlan,
)
from procurement.services import Load, Rank

BEGUN: Final = {
    AssignmentState.ASSIGNED,
    AssignmentState.CLEARED,
    AssignmentState.FINISHED,
}


def points_text(points: Decimal | None) -> str:
    return NONE if points is None else number_format(points, 2, use_l10n=True)


def trail_to(request: HttpRequest, brief: Brief, *last: Link) -> list[Link]:
    return [
        Link(_("Scenario briefs"), here(request, "brief_list")),
        Link(brief.code, here(request, "brief_detail", brief.code)),
        *last,
    ]


def comparison_page(
    request: HttpRequest, brief: Brief, arrivals: int
) -> dict[str, Any]:
    actions = []
    if brief.state == "in_review" and is_official(request):
        url = here(request, "brief_reviewers", brief.code)
        actions.append(Link(_("Assign reviewers"), url))
    return {
        "title": _("Submissions"),
        "brief": brief,
        "trail": trail_to(request, brief, Link(_("Submissions"))),
        "subtitle": brief.title,
        "status": brief.state,
        "status_label": brief.get_state_display(),
        "actions": actions,
        "arrivals": arrivals,
        "call_url": here(request, "call_detail", brief.call.code),
    }


def rank_table(
    request: HttpRequest,
    ranks: Sequence[Rank],
    plans: dict[int, TechnicalPlan],
    assignments: Iterable[Assignment],
) -> Table:
    """Draw the opened submissions, best mean first."""
    progress = review_progress(assignments)
    rows = []
    for place, rank in enumerate(ranks, start=1):
        each, plan = rank.submission, plans.get(rank.submission.pk)
        finished, begun = progress[each.pk]
        rows.append(
            [
                place if rank.mean is not None else NONE,
                Cell(
                    str(each.vendor),
                    url=link_here(request, "submission_detail", each.code),
                    note=each.code,
                ),
                Cell(
                    each.get_state_display(),
                    status=each.state,
                    note=each.invalid_reason,
                ),
                money_text(plan.poc_price_cny if plan else None),
                money_text(plan.unit_price_cny if plan else None),
                weeks_text(each),
                f"{finished} / {begun}",
                Cell(points_text(rank.mean), note=spread_note(rank)),
                award_cell(request, each),
            ]
        )
    return table_of(
        _("Compared"),
        [
            _("Rank") + "#",
            _("Vendor"),
            _("State"),
            _("Price of the POC") + "#",
            _("Unit price at volume") + "#",
            _("Length") + "#",
            _("Reviews") + "#",
            _("Score of 100") + "#",
            _("Award"),
        ],
        rows,
        empty=_("No submission had arrived by the deadline."),
    )


def review_progress(
    assignments: Iterable[Assignment],
) -> dict[int, tuple[int, int]]:
    """Count by submission how many reviews are finished, of how many begun."""
    counts: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in assignments:
        if each.state in BEGUN:
            finished, begun = counts[each.submission_id]
            is_done = each.state == AssignmentState.FINISHED
            counts[each.submission_id] = (finished + is_done, begun + 1)
    return counts


def weeks_text(submission: Submission) -> str:
    return figure_text(getattr(submission, "weeks", None), "wk")


def spread_note(rank: Rank) -> str:
    if not rank.spread:
        return ""
    return _("%(points)s apart") % {"points": points_text(rank.spread)}


def award_cell(request: HttpRequest, submission: Submission) -> Cell:
    if submission.state != SubmissionState.OPENED or not is_official(request):
        return Cell(NONE)
    brief = submission.brief
    url = here(request, "brief_award", brief.code, submission.code)
    return Cell(_("Award"), url=url)


def criterion_table(
    criteria: Sequence[ReviewCriterion],
    ranks: Sequence[Rank],
    scores: Iterable[Score],
) -> Table:
    """Draw the mean points each submission got on each criterion."""
    points: dict[tuple[int, int], list[Decimal]] = defaultdict(list)
    for each in scores:
        points[each.criterion_id, each.assignment.submission_id].append(each.points)
    rows = [
        [
            Cell(
                criterion.title,
                note=_("weight %(weight)s %%, of %(highest)s points")
                % {"weight": criterion.weight, "highest": criterion.max_points},
            ),
            *(mean_text(points[criterion.pk, rank.submission.pk]) for rank in ranks),
        ]
        for criterion in criteria
    ]
    names = [f"{rank.submission.vendor}#" for rank in ranks]
    return table_of(_("Mean points by criterion"), [_("Criterion"), *names], rows)


def mean_text(points: Sequence[Decimal]) -> str:
    return points_text(sum(points, Decimal(0)) / len(points) if points else None)


@dataclass(frozen=True)
class Bench:
    """A submission, who reviews it, and who else could be asked."""

    submission: Submission
    table: Table
    choices: list[tuple[int, str]]


def benches(
    submissions: Iterable[Submission],
    assignments: Iterable[Assignment],
    loads: Sequence[Load],
) -> list[Bench]:
    grouped: dict[int, list[Assignment]] = defaultdict(list)
    for each in assignments:
        grouped[each.submission_id].append(each)
    return [
        Bench(
            each,
            board_table(each, grouped[each.pk]),
            choices_for(each, grouped[each.pk], loads),
        )
        for each in submissions
    ]


def choices_for(
    submission: Submission, assigned: Iterable[Assignment], loads: Sequence[Load]
) -> list[tuple[int, str]]:
    """List who was not asked yet, with their load and any tie they declared."""
    asked = {each.reviewer_id for each in assigned}
    return [
        (load.reviewer.pk, choice_text(load, submission))
        for load in loads
        if load.reviewer.pk not in asked
    ]


def choice_text(load: Load, submission: Submission) -> str:
    text = _("%(person)s, %(organisation)s, %(waiting)s waiting") % {
        "person": load.reviewer.name,
        "organisation": load.reviewer.organisation,
        "waiting": load.waiting,
    }
    if str(submission.vendor) not in load.barred_from:
        return text
    return _("%(person)s (tie with the vendor)") % {"person": text}


def board_table(submission: Submission, assignments: list[Assignment]) -> Table:
    rows = [
        [
            Cell(each.reviewer.name, note=str(each.reviewer.organisation)),
            Cell(each.get_state_display(), status=each.state, note=conflict_note(each)),
            moment_text(each.finished_at or each.assigned_at),
        ]
        for each in assignments
    ]
    return table_of(
        _("Reviewers of %(code)s") % {"code": submission.code},
        [_("Reviewer"), _("State"), _("Since")],
        rows,
        empty=_("Nobody reviews this submission yet."),
    )


def conflict_note(assignment: Assignment) -> str:
    declaration = getattr(assignment, "declaration", None)
    if declaration is None or not declaration.has_conflict:
        return ""
    return str(declaration.get_ground_display())


def load_rows(
    request: HttpRequest, brief: Brief, loads: Sequence[Load], opened: int
) -> list[tuple[Load, list[Move]]]:
    return [(load, ask_moves(request, brief, load, opened)) for load in loads]


def ask_moves(
    request: HttpRequest, brief: Brief, load: Load, opened: int
) -> list[Move]:
    if load.on_brief >= opened:
        return []
    url = here(request, "brief_assign_all", brief.code, load.reviewer.pk)
    return [Move(_("Ask to review all"), url)]
