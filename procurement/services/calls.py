"""Programmes, sites and calls: the frame of a purchase."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import DateTimeField, Func

from accounts import audit
from accounts.enums import Role
from accounts.models import User
from accounts.services import clock
from accounts.workflow import advance
from procurement.enums import BriefState, CallState
from procurement.errors import database_rules
from procurement.models import Call, Programme, ReviewCriterion, Site
from procurement.rules.briefs import DEFAULT_CRITERIA
from procurement.services.access import need_official_of, need_role, write_fields
from procurement.workflow import BRIEF_TRANSITIONS, CALL_TRANSITIONS

PROGRAMME_FIELDS: Final = frozenset(
    {"code", "title_zh", "title_en", "objective_zh", "objective_en"}
)
SITE_FIELDS: Final = frozenset(
    {
        "code",
        "name_zh",
        "name_en",
        "host_zh",
        "host_en",
        "environment",
        "address",
        "constraints_zh",
        "constraints_en",
        "timezone",
    }
)
CALL_FIELDS: Final = frozenset(
    {"code", "programme", "batch_no", "title_zh", "title_en", "opens_at", "closes_at"}
)


@transaction.atomic
def create_programme(*, values: Mapping[str, Any], by: User) -> Programme:
    """Found a programme of one's own city."""
    need_role(by, Role.OFFICIAL)
    programme = Programme(city=by.organisation)
    write_fields(programme, values, PROGRAMME_FIELDS)
    programme.save()
    audit.record(programme, "founded", by=by)
    return programme


@transaction.atomic
def create_site(*, values: Mapping[str, Any], by: User) -> Site:
    """Enter a site of one's own city."""
    need_role(by, Role.OFFICIAL)
    site = Site(city=by.organisation)
    write_fields(site, values, SITE_FIELDS)
    site.save()
    audit.record(site, "entered", by=by)
    return site


@transaction.atomic
def save_site(*, site: Site, values: Mapping[str, Any], by: User) -> Site:
    need_official_of(site.city, by)
    write_fields(site, values, SITE_FIELDS)
    site.save()
    audit.record(site, "changed", by=by, fields=sorted(values))
    return site


@database_rules()
@transaction.atomic
def create_call(*, values: Mapping[str, Any], by: User) -> Call:
    """Draft a call with the usual review criteria, which may still be changed."""
    call = Call(created_by=by)
    write_fields(call, values, CALL_FIELDS)
    need_official_of(call.programme.city, by)
    call.save()
    ReviewCriterion.objects.bulk_create(
        ReviewCriterion(
            call=call,
            number=number,
            title_zh=default.titles[0],
            title_en=default.titles[1],
            guidance_zh=default.guidance[0],
            guidance_en=default.guidance[1],
            weight=default.weight,
        )
        for number, default in enumerate(DEFAULT_CRITERIA, start=1)
    )
    audit.record(call, "drafted", by=by)
    return call


@database_rules()
@transaction.atomic
def save_call(*, call: Call, values: Mapping[str, Any], by: User) -> Call:
    """Change a draft call."""
    need_official_of(call.programme.city, by)
    write_fields(call, values, CALL_FIELDS)
    need_official_of(call.programme.city, by)
    call.save(update_fields=sorted(values))
    audit.record(call, "changed", by=by, fields=sorted(values))
    return call


@database_rules()
@transaction.atomic
def save_criteria(
    *, call: Call, criteria: Sequence[Mapping[str, Any]], by: User
) -> list[ReviewCriterion]:
    """Replace the review criteria of a draft call."""
    need_official_of(call.city, by)
    call.criteria.all().delete()
    rows = ReviewCriterion.objects.bulk_create(
        ReviewCriterion(call=call, number=number, **row)
        for number, row in enumerate(criteria, start=1)
    )
    audit.record(call, "criteria set", by=by, criteria=len(rows))
    return rows


@database_rules()
@transaction.atomic
def open_call(*, call: Call, by: User) -> Call:
    """Announce a call; its criteria and opening day stand from now on."""
    need_official_of(call.city, by)
    return advance(CALL_TRANSITIONS, call, CallState.OPEN, by=by)


@database_rules()
@transaction.atomic
def put_off_deadline(*, call: Call, closes_at: datetime, reason: str, by: User) -> Call:
    """Move the deadline of an open call to a later moment."""
    need_official_of(call.city, by)
    locked = Call.objects.select_for_update().get(pk=call.pk)
    before = locked.closes_at
    locked.closes_at = closes_at
    locked.save(update_fields=["closes_at"])
    audit.record(
        locked, "deadline moved", by=by, before=before, after=closes_at, reason=reason
    )
    call.closes_at = closes_at
    return call


@database_rules()
@transaction.atomic
def close_call(*, call: Call, by: User) -> Call:
    """Close a call at its deadline, and its briefs with it.

    Submitting holds FOR SHARE on the call, so this waits for whoever was in time. In a
    demo city an official need not wait for the deadline: it is brought forward to now.
    """
    if by.role != Role.CLOCK:
        need_official_of(call.city, by)
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.city.is_demo and by.role == Role.OFFICIAL:
        bring_deadline_forward(locked, by=by)
    advance(CALL_TRANSITIONS, locked, CallState.CLOSED, by=by)
    for brief in locked.briefs.filter(state=BriefState.PUBLISHED):
        advance(BRIEF_TRANSITIONS, brief, BriefState.CLOSED, by=by)
    call.refresh_from_db()
    return call


def bring_deadline_forward(call: Call, *, by: User) -> None:
    moment = Func(function="clock_timestamp", output_field=DateTimeField())
    earlier = Call.objects.filter(
        pk=call.pk, state=CallState.OPEN, closes_at__gt=moment
    ).update(closes_at=moment)
    if earlier:
        audit.record(call, "deadline moved", by=by, reason="demo")


def close_due_calls() -> int:
    """Close every call whose deadline has passed; returns how many. Safe to repeat."""
    moment = Func(function="clock_timestamp", output_field=DateTimeField())
    due = Call.objects.filter(state=CallState.OPEN, closes_at__lte=moment)
    for call in due:
        close_call(call=call, by=clock())
    return len(due)
