"""A verdict as one plain sentence, in the reader's language."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pilots.gate import Criterion, Outcome
from pilots.reports.sentences import bound, figure, kpi_title


def plain_verdict(
    criterion: Criterion, outcome: str, estimate: float | None, earliest_on: date | None
) -> str:
    """Say what one criterion comes to, without a word of statistics."""
    words: dict[str, Any] = {
        "kpi": kpi_title(criterion.kpi),
        "asked": bound(criterion),
        "measured": figure(estimate, criterion.unit),
        "on": date_format(earliest_on) if earliest_on else "",
    }
    return _said(criterion, outcome, estimate, earliest_on) % words


def _said(
    criterion: Criterion, outcome: str, estimate: float | None, earliest_on: date | None
) -> str:
    if not criterion.decides:
        return _("%(kpi)s is shown and decides nothing; %(measured)s was measured.")
    if outcome == Outcome.PASS:
        return _(
            "%(kpi)s passes: %(measured)s was measured, and that it is %(asked)s is "
            "shown."
        )
    if outcome == Outcome.FAIL:
        return _(
            "%(kpi)s fails: %(measured)s was measured, and that it is not %(asked)s "
            "is shown."
        )
    if estimate is None:
        return _("%(kpi)s is not decided: nothing was measured of it.")
    if earliest_on is None:
        return _(
            "%(kpi)s is not decided: %(measured)s was measured, and whether it is "
            "%(asked)s cannot be told yet."
        )
    return _(
        "%(kpi)s is not decided: %(measured)s was measured, and whether it is "
        "%(asked)s can be told on %(on)s if days go on like these."
    )
