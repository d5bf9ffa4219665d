"""What other laws say of the same days, and how days depend; it decides nothing."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from pilots.gate import Criterion, Day, Opinion, dependence, second_opinion
from portals.presenters.figures import figure_text
from portals.presenters.pieces import Answer
from portals.presenters.pilots.verdict import finite


def opinion_answers(criterion: Criterion, days: Sequence[Day]) -> list[Answer]:
    answers = []
    if opinion := second_opinion(criterion, days):
        answers.append(Answer(_("Second opinion"), _opinion_text(criterion, opinion)))
    if found := dependence(criterion, days):
        told = _("within a day %(icc)s, from day to day %(r)s") % {
            "icc": f"{found.icc:.2f}",
            "r": f"{found.autocorrelation:.2f}",
        }
        if found.is_large:
            told += _("; days depend much on each other, and count for fewer")
        answers.append(Answer(_("How alike"), told))
    return answers


def _opinion_text(criterion: Criterion, opinion: Opinion) -> str:
    said = {
        "tasks": _("Were each task independent: %(low)s – %(high)s, %(shown)s."),
        "failures": _("Were each event independent: %(low)s – %(high)s, %(shown)s."),
    }
    return said[opinion.method] % {
        "low": figure_text(finite(opinion.low), criterion.unit),
        "high": figure_text(finite(opinion.high), criterion.unit),
        "shown": _("which would show it") if opinion.shows else _("which would not do"),
    }
