"""Calls as pages draw them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portals.navigation import here, link_here, portal_of
from portals.presenters.briefs import brief_table, time_left
from portals.presenters.figures import hash_text, moment_text
from portals.presenters.moves import moves_of
from portals.presenters.pieces import Answer, Cell, Link, Move, Table, table_of
from portals.requests import actor, is_official
from procurement.enums import CallState, SubmissionState
from procurement.models import Brief, Call, OpeningMinutes
from procurement.workflow import CALL_TRANSITIONS

DONE: Final = {
    CallState.OPEN: gettext_lazy(
        "The call is open; its briefs can be published and answered."
    ),
    CallState.CLOSED: gettext_lazy(
        "The call is closed. Its submissions can be opened now."
    ),
    CallState.OPENED: gettext_lazy(
        "The submissions are opened; the minutes stand below."
    ),
}


def call_table(request: HttpRequest, calls: Iterable[Any]) -> Table:
    rows = [
        [
            Cell(
                each.title,
                url=here(request, "call_detail", each.code),
                note=f"{each.code} · {each.programme.title}",
            ),
            Cell(each.get_state_display(), status=each.state),
            Cell(moment_text(each.closes_at), note=time_left(each)),
            each.brief_count,
        ]
        for each in calls
    ]
    create = link_here(request, "call_create") if is_official(request) else ""
    return table_of(
        _("Calls"),
        [_("Call"), _("State"), _("Deadline"), _("Briefs") + "#"],
        rows,
        empty=_("No call yet. A call gathers briefs under one deadline.")
        if create
        else _("No call is announced right now. Come back soon."),
        empty_url=create,
        empty_action=_("Draft a call") if create else "",
    )


def list_actions(request: HttpRequest) -> list[Link]:
    if not is_official(request):
        return []
    return [
        Link(_("Draft a call"), here(request, "call_create"), "primary", "plus"),
        Link(_("Found a programme"), here(request, "programme_create")),
    ]


def trail_to(request: HttpRequest, call: Call | None, last: str) -> list[Link]:
    steps = [Link(_("Calls"), here(request, "call_list"))]
    if call:
        steps.append(Link(call.title, here(request, "call_detail", call.code)))
    return [*steps, Link(last)]


def form_page(
    request: HttpRequest, form: BaseForm, title: str, call: Call | None = None
) -> dict[str, Any]:
    back = (
        here(request, "call_detail", call.code) if call else here(request, "call_list")
    )
    return {
        "title": title,
        "trail": trail_to(request, call, title),
        "form": form,
        "cancel_url": back,
    }


def call_page(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Collect what the page of a call shows to whoever reads it."""
    briefs = briefs_of(request, call)
    return {
        "title": call.title,
        "call": call,
        "is_demo": call.city.is_demo,
        "trail": trail_to(request, None, call.code),
        "subtitle": f"{call.city} · {call.programme.title}",
        "status": call.state,
        "status_label": call.get_state_display(),
        "note": time_left(call),
        "moves": call_moves(request, call),
        "actions": call_actions(request, call),
        "answers": call_facts(call),
        "briefs": brief_table(request, briefs),
        "criteria": criteria_table(call),
        "criteria_url": change_url(request, call, "call_criteria"),
    }


def briefs_of(request: HttpRequest, call: Call) -> list[Brief]:
    if portal_of(request) == "public":
        seen = Brief.objects.public()
    else:
        seen = Brief.objects.visible_to(actor(request))
    rows = seen.filter(call=call).select_related("call__programme__city", "site")
    return list(rows.with_arrivals().order_by("code"))


def call_moves(request: HttpRequest, call: Call) -> list[Move]:
    if not is_official(request):
        return []
    words = {
        str(CallState.OPEN): Move(
            _("Open the call"),
            "",
            "primary",
            confirm=_(
                "From now on the criteria stand, and the deadline can only be put off."
            ),
        ),
        str(CallState.CLOSED): Move(
            _("Close the call"),
            "",
            "primary",
            confirm=_("No submission arrives after this. It cannot be undone."),
        ),
        str(CallState.OPENED): Move(
            _("Open the submissions"),
            "",
            "primary",
            confirm=_(
                "All submissions are opened in one session, and minutes are kept. "
                "It cannot be undone."
            ),
        ),
    }
    return moves_of(
        request, CALL_TRANSITIONS, call, url_name="call_advance", words=words
    )


def call_actions(request: HttpRequest, call: Call) -> list[Link]:
    if not is_official(request):
        return []
    found = []
    if call.state in {CallState.DRAFT, CallState.OPEN}:
        url = here(request, "brief_create")
        found.append(Link(_("Write a brief"), f"{url}?call={call.code}", icon="plus"))
    if call.state == CallState.DRAFT:
        found.append(Link(_("Change"), here(request, "call_edit", call.code)))
    if call.state == CallState.OPEN:
        url = here(request, "call_put_off", call.code)
        found.append(Link(_("Put off the deadline"), url))
    return found


def change_url(request: HttpRequest, call: Call, name: str) -> str:
    """Return where a draft call is changed, "" for who may not."""
    if call.state != CallState.DRAFT or not is_official(request):
        return ""
    return here(request, name, call.code)


def call_facts(call: Call) -> list[Answer]:
    facts = [
        Answer(_("Code"), call.code),
        Answer(_("Batch"), call.batch_no),
        Answer(_("Submissions open"), moment_text(call.opens_at)),
        Answer(_("Deadline"), moment_text(call.closes_at)),
    ]
    if call.closed_at:
        facts.append(Answer(_("Closed"), moment_text(call.closed_at)))
    if call.opened_at:
        facts.append(Answer(_("Submissions opened"), moment_text(call.opened_at)))
    if call.programme.objective:
        facts.append(Answer(_("Objective of the programme"), call.programme.objective))
    return facts


def criteria_table(call: Call) -> Table:
    rows = [
        [
            Cell(each.title, note=each.guidance),
            f"{each.weight}%",
            each.max_points,
        ]
        for each in call.criteria.all()
    ]
    return table_of(
        _("Review criteria"),
        [_("Criterion"), _("Weight") + "#", _("Highest score") + "#"],
        rows,
        empty=_("No criteria yet; a call opens with weights of 100 percent."),
    )


def minutes_of(
    minutes: OpeningMinutes | None, names: Mapping[str, str]
) -> dict[str, Any] | None:
    """Draw the opening's minutes: what arrived when, with which hash.

    `names`: vendors by code of submission, as far as the reader may know them.
    """
    if minutes is None:
        return None
    labels = dict(SubmissionState.choices)
    rows = [
        [
            Cell(entry["submission"], note=entry["brief"]),
            names.get(entry["submission"], entry["vendor"]),
            moment_text(datetime.fromisoformat(entry["submitted_at"])),
            Cell(labels.get(entry["state"], entry["state"]), status=entry["state"]),
            Cell(hash_text(entry["digest"])),
        ]
        for entry in minutes.entries
    ]
    return {
        "answers": [
            Answer(_("Opened"), moment_text(minutes.opened_at)),
            Answer(_("Opened by"), str(minutes.opened_by)),
            Answer(_("Submissions received"), minutes.received),
            Answer(_("SHA-256 of the minutes"), hash_text(minutes.digest)),
        ],
        "table": table_of(
            _("What was opened"),
            [_("Submission"), _("Vendor"), _("Received"), _("Found"), _("SHA-256")],
            rows,
            empty=_("Nothing had arrived by the deadline."),
        ),
    }
