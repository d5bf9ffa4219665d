"""A pilot's history from the audit, in words."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import AuditEntry
from pilots.enums import GateAnswer, GateOutcome, PilotState
from portals.presenters.pieces import Event

WORDS: Final = {
    "opened": gettext_noop("Pilot opened"),
    "moved": gettext_noop("Moved on"),
    "robot deployed": gettext_noop("Robot deployed"),
    "robot withdrawn": gettext_noop("Robot withdrawn"),
    "robot withdrawal asked for": gettext_noop("Robot's withdrawal asked for"),
    "robot simulated": gettext_noop("Robot played by the simulated fleet"),
    "reviewer assigned": gettext_noop("Reviewer asked"),
    "exclusion proposed": gettext_noop("Exclusion proposed"),
    "exclusion judged": gettext_noop("Exclusion judged"),
    "fast-forwarded": gettext_noop("Fast-forwarded"),
    "assessment asked for": gettext_noop("Assessment asked for"),
    "assessed": gettext_noop("Gate assessed"),
    "gate recommend": gettext_noop("Recommendation signed"),
    "gate decide": gettext_noop("Decision signed"),
    "gate approve": gettext_noop("Approval signed"),
    "override proposed": gettext_noop("Override proposed"),
    "override published": gettext_noop("Override approved and published"),
    "ordered": gettext_noop("Volume ordered"),
}
GOOD: Final = {"override published", "ordered", "gate approve"}


def events_of(entries: Iterable[AuditEntry]) -> list[Event]:
    """Tell audit entries, newest first as they come."""
    return [
        Event(
            at=each.at,
            who=f"{each.by} · {each.by.organisation}",
            what=_(WORDS[each.verb]) if each.verb in WORDS else each.verb,
            detail=_detail(each.facts),
            status="good" if each.verb in GOOD else "info",
        )
        for each in entries
    ]


def _detail(facts: Mapping[str, Any]) -> str:
    """Say the facts that a person would ask for."""
    said = []
    if "source" in facts:
        states = dict(PilotState.choices)
        source, target = (
            str(states.get(facts[name], facts[name])) for name in ("source", "target")
        )
        said.append(f"{source} → {target}")
    if "answer" in facts:
        answers = dict(GateAnswer.choices)
        said.append(str(answers.get(facts["answer"], facts["answer"])))
    if "outcome" in facts:
        outcomes = dict(GateOutcome.choices)
        said.append(str(outcomes.get(facts["outcome"], facts["outcome"])))
    if "approved" in facts:
        said.append(_("Approved") if facts["approved"] else _("Rejected"))
    said += [str(facts[name]) for name in ("robot", "reason") if facts.get(name)]
    if "quantity" in facts:
        said.append(_("%(n)s robots") % {"n": facts["quantity"]})
    if "days" in facts:
        said.append(_("%(n)s days") % {"n": facts["days"]})
    return " · ".join(said)
