"""The audit in words: a case's history, and the list that officials search."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.enums import Role
from accounts.models import AuditEntry
from pilots.enums import GateAnswer, GateOutcome
from portals.navigation import link_here, portal_of
from portals.presenters.figures import moment_text
from portals.presenters.pieces import Cell, Event, Link, Table, table_of
from portals.presenters.subjects import subject_url, subject_word

WORDS: Final = {
    "opened": gettext_noop("Pilot opened"),
    "moved": gettext_noop("Moved on"),
    "robot deployed": gettext_noop("Robot deployed"),
    "robot withdrawn": gettext_noop("Robot withdrawn"),
    "robot withdrawal asked for": gettext_noop("Robot's withdrawal asked for"),
    "robot simulated": gettext_noop("Robot played by the simulated fleet"),
    "recording admitted": gettext_noop("Recording admitted"),
    "reviewer assigned": gettext_noop("Reviewer asked"),
    "exclusion proposed": gettext_noop("Exclusion proposed"),
    "exclusion judged": gettext_noop("Exclusion judged"),
    "fast-forwarded": gettext_noop("Fast-forwarded"),
    "dry run asked for": gettext_noop("Dry run asked for"),
    "assessment asked for": gettext_noop("Assessment asked for"),
    "assessed": gettext_noop("Gate assessed"),
    "gate recommend": gettext_noop("Recommendation signed"),
    "gate decide": gettext_noop("Decision signed"),
    "gate approve": gettext_noop("Approval signed"),
    "override proposed": gettext_noop("Override proposed"),
    "override published": gettext_noop("Override approved and published"),
    "ordered": gettext_noop("Volume ordered"),
    "registered": gettext_noop("Organisation registered"),
    "renamed": gettext_noop("Organisation renamed"),
    "joined": gettext_noop("Joined"),
    "closed": gettext_noop("Account closed"),
    "reopened": gettext_noop("Account reopened"),
    "role changed": gettext_noop("Role changed"),
    "profile changed": gettext_noop("Profile changed"),
    "second factor forgotten": gettext_noop("Second factor forgotten"),
    "password link made": gettext_noop("Password link made"),
    "invited": gettext_noop("Invited"),
    "invited again": gettext_noop("Invited again"),
    "invitation withdrawn": gettext_noop("Invitation withdrawn"),
    "token issued": gettext_noop("Access token issued"),
    "token revoked": gettext_noop("Access token revoked"),
    "cancel requested": gettext_noop("Cancelling asked for"),
    "founded": gettext_noop("Programme founded"),
    "entered": gettext_noop("Site entered"),
    "changed": gettext_noop("Changed"),
    "drafted": gettext_noop("Drafted"),
    "criteria set": gettext_noop("Review criteria set"),
    "deadline moved": gettext_noop("Deadline moved"),
    "assigned": gettext_noop("Review assigned"),
    "awarded": gettext_noop("Awarded"),
    "robot registered": gettext_noop("Robot registered"),
    "credential issued": gettext_noop("Credential issued"),
    "credential revoked": gettext_noop("Credential revoked"),
    "deployed": gettext_noop("Deployed"),
    "deployment ended": gettext_noop("Deployment ended"),
    "software updated": gettext_noop("Software updated"),
    "composed": gettext_noop("KPI composed"),
    "saved": gettext_noop("Saved"),
    "discarded": gettext_noop("Discarded"),
    "backfill permitted": gettext_noop("Backfill permitted"),
    "backfill closed": gettext_noop("Backfill closed"),
}
OF_KIND: Final = {
    ("procurement.Call", "opened"): gettext_noop("Submissions opened"),
}
GOOD: Final = {"override published", "ordered", "gate approve"}
SHORT_DIGEST: Final = 12


def deed_word(entry: AuditEntry) -> str:
    """Name a deed; one without a name keeps the verb it was recorded under."""
    special = OF_KIND.get((entry.subject_type, entry.verb))
    return _(special or WORDS.get(entry.verb, entry.verb))


def events_of(entries: Iterable[AuditEntry]) -> list[Event]:
    """Tell audit entries, newest first as they come."""
    return [
        Event(
            at=each.at,
            who=f"{each.by} · {each.by.organisation}",
            what=deed_word(each),
            detail=detail_of(each),
            status="good" if each.verb in GOOD else "info",
        )
        for each in entries
    ]


def history_links(request: HttpRequest, code: str) -> list[Link]:
    """Lead from a case to its history, where the reader's portal has the audit."""
    url = link_here(request, "audit_list")
    return [Link(_("History"), f"{url}?{urlencode({'case': code})}")] if url else []


def audit_table(request: HttpRequest, entries: Iterable[AuditEntry]) -> Table:
    portal = portal_of(request)
    rows = [
        [
            Cell(moment_text(each.at), note=f"#{each.number}"),
            Cell(str(each.by), note=str(each.by.organisation)),
            deed_word(each),
            Cell(
                each.subject_code,
                url=subject_url(portal, each.subject_type, each.subject_code),
                note=subject_word(each.subject_type),
            ),
            Cell(detail_of(each), note=each.digest[:SHORT_DIGEST]),
        ]
        for each in entries
    ]
    return table_of(
        _("Audit"),
        [_("Time"), _("By"), _("Deed"), _("Subject"), _("Detail and digest")],
        rows,
        empty=_("No deed fits. Leave a field empty, or show all."),
        empty_url="?",
        empty_action=_("Show all"),
    )


def exported(entry: AuditEntry) -> list[str]:
    """Write one entry as a line of the export, in the order of `export_labels`."""
    return [
        str(entry.number),
        entry.at.isoformat(),
        moment_text(entry.at),
        str(entry.by),
        str(entry.by.organisation),
        entry.verb,
        deed_word(entry),
        subject_word(entry.subject_type),
        entry.subject_code,
        detail_of(entry),
        entry.previous_digest,
        entry.digest,
    ]


def export_labels() -> list[str]:
    return [
        _("Number"),
        _("Time (UTC)"),
        _("Time"),
        _("By"),
        _("Organisation"),
        _("Verb"),
        _("Deed"),
        _("Kind of subject"),
        _("Subject"),
        _("Detail"),
        _("Digest before"),
        _("Digest"),
    ]


def detail_of(entry: AuditEntry) -> str:
    """Say the facts that a person would ask for."""
    facts = entry.facts
    said = [*_moved(entry), *_answered(facts)]
    said += [
        str(facts[name]) for name in ("robot", "serial", "reason") if facts.get(name)
    ]
    return " · ".join([*said, *_counted(facts)])


def _counted(facts: Mapping[str, Any]) -> Iterator[str]:
    if facts.get("software"):
        yield _("software %(version)s") % {"version": facts["software"]}
    if n := facts.get("quantity"):
        yield ngettext("%(n)s robot", "%(n)s robots", n) % {"n": n}
    if n := facts.get("days"):
        yield ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    if (n := facts.get("received")) is not None:
        yield ngettext("%(n)s submission", "%(n)s submissions", n) % {"n": n}


def _moved(entry: AuditEntry) -> list[str]:
    """Say from where to where a thing went, in the words of its kind."""
    facts = entry.facts
    if "source" in facts:
        states = _states_of(entry.subject_type)
        names = [facts["source"], facts["target"]]
    elif entry.verb == "role changed":
        states = {key: str(label) for key, label in Role.choices}
        names = [facts["before"], facts["after"]]
    else:
        return []
    return [" → ".join(states.get(name, str(name)) for name in names)]


def _states_of(subject_type: str) -> dict[str, str]:
    try:
        state = apps.get_model(subject_type)._meta.get_field("state")
    except (LookupError, FieldDoesNotExist):  # of a kind that is no more
        return {}
    return {key: str(label) for key, label in state.flatchoices}


def _answered(facts: Mapping[str, Any]) -> list[str]:
    said = []
    for name, choices in (("answer", GateAnswer), ("outcome", GateOutcome)):
        if name in facts:
            labels = dict(choices.choices)
            said.append(str(labels.get(facts[name], facts[name])))
    if "approved" in facts:
        said.append(_("Approved") if facts["approved"] else _("Rejected"))
    return said
