"""A pilot's page below its live part: what may be done, plan, looks, history."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.workflow import available
from pilots.enums import GateStep, MilestoneState, PilotState
from pilots.models import Exclusion, Gate, GateReview, Pilot, PilotMilestone
from pilots.services import Deed, next_quantity, offers
from pilots.services.gates import current_gate
from pilots.services.offers import Offer, may_judge
from pilots.workflow import MILESTONE_TRANSITIONS, TRANSITIONS
from portals.navigation import here, link_here
from portals.presenters.audit import events_of, history_links
from portals.presenters.figures import figure_text, hash_text, money_text
from portals.presenters.moves import moves_of
from portals.presenters.pieces import Answer, Cell, Event, Link, Move, Table, table_of
from portals.presenters.pilots.verdict import day_text
from portals.presenters.timeline import Bar, Timeline
from portals.requests import actor

HISTORY_SHOWN: Final = 12
MILESTONE_STATUS: Final = {
    MilestoneState.SCHEDULED: "not_started",
    MilestoneState.MET: "done",
    MilestoneState.NOT_MET: "failed",
}


def pilot_page(request: HttpRequest, pilot: Pilot) -> dict[str, Any]:
    """Return everything but the live part."""
    offered = {each.deed: each for each in offers(pilot, actor(request))}
    return {
        "title": pilot.title,
        "pilot": pilot,
        "is_demo": pilot.is_demo,
        "trail": [Link(_("Pilots"), here(request, "pilot_list")), Link(pilot.code)],
        "subtitle": " · ".join(head_words(pilot)),
        "status": pilot.state,
        "status_label": pilot.get_state_display(),
        "moves": head_moves(request, pilot, offered),
        "actions": history_links(request, pilot.code),
        "robot_links": links(request, pilot, offered, (Deed.ENROL, Deed.DEPLOY)),
        "robot_note": objection_to(offered, Deed.DEPLOY),
        "forward": offered.get(Deed.FORWARD),
        "timeline": timeline(pilot),
        "milestones": milestone_table(request, pilot),
        "looks": look_table(request, current_gate(pilot)),
        "reviews": review_table(request, pilot),
        "orders": order_table(request, pilot),
        "order": order_box(pilot, offered),
        "exclusions": exclusion_rows(request, pilot),
        "exclusion_links": links(request, pilot, offered, (Deed.EXCLUDE,)),
        "reviewers": reviewer_table(pilot),
        "reviewer_links": links(request, pilot, offered, (Deed.ASSIGN,)),
        "facts": facts(request, pilot),
        "digest": hash_text(pilot.contract.criteria_digest),
        "events": history(request, pilot),
    }


def head_words(pilot: Pilot) -> list[str]:
    return [
        _("Vendor: %(vendor)s") % {"vendor": pilot.vendor},
        _("Site: %(site)s") % {"site": pilot.site},
        week_words(pilot),
    ]


def week_words(pilot: Pilot) -> str:
    """Say in which week a pilot is."""
    today = timezone.localdate(timezone=pilot.timezone)
    if today < pilot.starts_on:
        return _("begins on %(on)s") % {"on": day_text(pilot.starts_on)}
    week = (today - pilot.starts_on).days // 7 + 1
    if week > pilot.weeks:
        return _("all %(weeks)s weeks are over") % {"weeks": pilot.weeks}
    return _("week %(week)s of %(weeks)s") % {"week": week, "weeks": pilot.weeks}


def head_moves(
    request: HttpRequest, pilot: Pilot, offered: dict[Deed, Offer]
) -> list[Move]:
    """Draw what moves the pilot as a whole."""
    deeds = []
    if Deed.ASSESS in offered:
        url = here(request, "pilot_assess", pilot.code)
        objection = offered[Deed.ASSESS].objection
        deeds.append(Move(_("Assess the gate now"), url, objection=objection))
    words: dict[str, Move] = {
        PilotState.RUNNING: Move(_("Begin"), "", "primary"),
        PilotState.PROMOTED: Move(_("Promote to volume"), "", "primary"),
        PilotState.REFUSED: Move(_("Refuse volume"), "", "outline-danger"),
        PilotState.CLOSED: Move(_("Close the pilot"), ""),
    }
    if link_here(request, "pilot_advance", pilot.code, PilotState.CLOSED):
        deeds += moves_of(
            request,
            TRANSITIONS,
            pilot,
            url_name="pilot_advance",
            words=words,
            reasons={PilotState.CLOSED},
        )
    return deeds


NEXT_PAGES: Final = {
    Deed.ENROL: "pilot_enrol",
    Deed.DEPLOY: "robot_deploy",
    Deed.EXCLUDE: "exclusion_new",
    Deed.ASSIGN: "pilot_assign",
}


def words_of(deed: Deed) -> str:
    return {
        Deed.ENROL: _("Enrol a robot"),
        Deed.DEPLOY: _("Deploy a robot"),
        Deed.EXCLUDE: _("Propose an exclusion"),
        Deed.ASSIGN: _("Ask a reviewer"),
    }[deed]


def links(
    request: HttpRequest,
    pilot: Pilot,
    offered: dict[Deed, Offer],
    deeds: Iterable[Deed],
) -> list[Link]:
    """Lead to the pages of the deeds that are open."""
    return [
        Link(words_of(deed), here(request, NEXT_PAGES[deed], pilot.code))
        for deed in deeds
        if deed in offered and not offered[deed].objection
    ]


def objection_to(offered: dict[Deed, Offer], deed: Deed) -> str:
    return offered[deed].objection if deed in offered else ""


def timeline(pilot: Pilot) -> Timeline:
    today = timezone.localdate(timezone=pilot.timezone)
    elapsed = (today - pilot.starts_on).days
    bars, begun = [], 0.0
    for each in pilot.milestones.all():
        ends = ((each.due_on - pilot.starts_on).days + 1) / 7
        status = MILESTONE_STATUS[MilestoneState(each.state)]
        if each.state == MilestoneState.SCHEDULED and begun * 7 <= elapsed:
            status = "in_progress" if elapsed < ends * 7 else "overdue"
        bars.append(Bar(f"M{each.number} {each.title}", begun, ends, status))
        begun = ends
    return Timeline(
        bars,
        weeks=pilot.weeks,
        title=_("Milestones"),
        today=elapsed / 7 if 0 <= elapsed <= 7 * pilot.weeks else None,
        today_text=_("today, %(on)s") % {"on": day_text(today)},
    )


def milestone_table(request: HttpRequest, pilot: Pilot) -> Table:
    rows = [_milestone_row(request, pilot, each) for each in pilot.milestones.all()]
    return table_of(
        _("Milestones"), [_("Milestone"), _("Due"), _("State"), _("Finding")], rows
    )


def _milestone_row(request: HttpRequest, pilot: Pilot, each: PilotMilestone) -> Any:
    url = ""
    if available(MILESTONE_TRANSITIONS, each, actor(request)):
        url = link_here(request, "pilot_milestone", pilot.code, each.number)
    return [
        Cell(f"M{each.number} {each.title}", note=each.acceptance),
        day_text(each.due_on),
        Cell(
            each.get_state_display(),
            status=MILESTONE_STATUS[MilestoneState(each.state)],
        ),
        Cell(_("Judge it"), url=url)
        if url
        else Cell(
            each.finding or "—", note=day_text(each.judged_on) if each.judged_on else ""
        ),
    ]


def look_table(request: HttpRequest, gate: Gate) -> Table:
    """List the days on which the current gate may decide, and what each found."""
    rows = []
    for look in gate.looks.select_related("review").defer("review__bundle"):
        review = getattr(look, "review", None)
        url = here(request, "gate_detail", review.code) if review else ""
        told = review.get_outcome_display() if review else _("To come")
        rows.append(
            [
                Cell(_("Look %(number)s") % {"number": look.number}, url=url),
                day_text(look.on),
                Cell(told, status=review.outcome if review else "not_started"),
            ]
        )
    return table_of(
        _("Registered looks"), [_("Look"), _("Close of"), _("Outcome")], rows
    )


def review_table(request: HttpRequest, pilot: Pilot) -> Table:
    """List every review of every gate, newest first."""
    seen = GateReview.objects.visible_to(actor(request)).filter(gate__pilot=pilot)
    newest = seen.select_related("gate", "look").defer("bundle")
    rows = [
        [
            Cell(
                each.code,
                url=here(request, "gate_detail", each.code),
                note=_("gate %(stage)s, look %(number)s of %(on)s")
                % {
                    "stage": each.gate.stage,
                    "number": each.look.number,
                    "on": day_text(each.look.on),
                },
            ),
            Cell(each.get_outcome_display(), status=each.outcome),
            _signed_words(each.signed),
            Cell(at=each.assessed_at),
        ]
        for each in newest.with_signing().order_by("-assessed_at")
    ]
    return table_of(
        _("Gate reviews"),
        [_("Review"), _("Outcome"), _("Signatures"), _("Assessed")],
        rows,
        empty=_("None yet: the gate is assessed when a registered look closes."),
    )


def _signed_words(signed: int) -> str:
    return _("%(n)s of %(all)s") % {"n": signed, "all": len(GateStep)}


def order_table(request: HttpRequest, pilot: Pilot) -> Table:
    rows = [
        [
            Cell(each.code, url=link_here(request, "tranche_detail", each.code)),
            f"{each.quantity:,}",
            money_text(each.unit_price_cny),
            Cell(each.get_state_display(), status=each.state),
        ]
        for each in pilot.tranches.all()
    ]
    return table_of(
        _("Volume orders"),
        [_("Tranche"), _("Robots") + "#", _("Unit price") + "#", _("State")],
        rows,
        empty=_("Nothing is ordered yet. A passed and signed gate unlocks the first."),
    )


def order_box(pilot: Pilot, offered: dict[Deed, Offer]) -> dict[str, Any]:
    """Offer the next tranche; it may be asked for even while its gate is shut."""
    if Deed.ORDER not in offered:
        return {}
    quantity = next_quantity(pilot)
    return {
        "number": pilot.tranches.count() + 1,
        "quantity": quantity,
        "amount": money_text(quantity * pilot.contract.unit_price_cny),
        "objection": offered[Deed.ORDER].objection,
    }


def exclusion_rows(
    request: HttpRequest, pilot: Pilot
) -> list[tuple[Exclusion, list[Move]]]:
    """Pair each exclusion with the judgement this reader may pass on it."""
    rows = pilot.exclusions.select_related("robot", "proposed_by", "judged_by")
    return [(each, _judgements(request, pilot, each)) for each in rows]


def _judgements(request: HttpRequest, pilot: Pilot, each: Exclusion) -> list[Move]:
    if not may_judge(each, actor(request)):
        return []
    url = here(request, "exclusion_judge", pilot.code, each.pk)
    return [
        Move(_("Approve"), url, "primary", target="approved"),
        Move(_("Reject"), url, target="rejected"),
    ]


def reviewer_table(pilot: Pilot) -> Table:
    followed = pilot.assignments.select_related("reviewer__organisation")
    rows = [
        [each.reviewer.name, str(each.reviewer.organisation)]
        for each in followed.order_by("assigned_at")
    ]
    return table_of(
        _("Reviewers"),
        [_("Name"), _("Institute")],
        rows,
        empty=_(
            "No reviewer follows this pilot yet; without one nobody can recommend."
        ),
    )


def facts(request: HttpRequest, pilot: Pilot) -> list[Answer]:
    contract = pilot.contract
    url = link_here(request, "contract_detail", contract.code)
    code = format_html('<a href="{}">{}</a>', url, contract.code) if url else None
    return [
        Answer(_("Contract"), code or contract.code),
        Answer(_("City"), str(contract.city)),
        Answer(_("Robots contracted"), contract.robots),
        Answer(_("Price of the POC"), money_text(contract.poc_price_cny)),
        Answer(_("Days"), f"{day_text(pilot.starts_on)} – {day_text(pilot.ends_on)}"),
        Answer(_("Length"), figure_text(pilot.weeks, "wk")),
        Answer(_("Site's time zone"), pilot.site.timezone),
        Answer(_("Accepted evidence"), contract.get_evidence_kind_display()),
    ]


def history(request: HttpRequest, pilot: Pilot) -> list[Event]:
    entries = AuditEntry.objects.visible_to(actor(request)).of(pilot)
    return events_of(entries.select_related("by__organisation")[:HISTORY_SHOWN])
