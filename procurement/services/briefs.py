"""Scenario briefs: written with autosave, checked, published."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import InvalidInputError
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from procurement.enums import BriefState
from procurement.errors import Problem, database_rules
from procurement.models import Brief, BriefKpi, Call
from procurement.services.access import need_official_of, write_fields
from procurement.workflow import BRIEF_TRANSITIONS
from procurement.workflow.checks import publishing_objections
from procurement.workflow.planning import chance_of, chance_warnings
from procurement.workflow.sentences import problems, refuse

BRIEF_FIELDS: Final = frozenset(
    {
        "code",
        "site",
        "route",
        "scenario",
        "title_zh",
        "title_en",
        "need_zh",
        "need_en",
        "baseline_zh",
        "baseline_en",
        "novelty_zh",
        "novelty_en",
        "poc_robots",
        "weeks_min",
        "weeks_max",
        "compensation_cap_cny",
        "budget_line",
        "budget_cny",
        "quantity_min",
        "quantity_max",
        "unit_price_ceiling_cny",
    }
)
KPI_FIELDS: Final = frozenset(
    {
        "kpi",
        "comparator",
        "minimum",
        "target",
        "window_days",
        "coverage_min",
        "tasks_per_day",
        "mandatory",
    }
)


@database_rules()
@transaction.atomic
def create_brief(
    *,
    call: Call,
    values: Mapping[str, Any],
    kpis: Sequence[Mapping[str, Any]] = (),
    by: User,
) -> Brief:
    """Begin a brief in a call of one's own city."""
    need_official_of(call.city, by)
    brief = Brief(call=call, created_by=by)
    write_brief(brief, values, by)
    audit.record(brief, "drafted", by=by)
    write_kpis(brief, kpis)
    return brief


@database_rules()
@transaction.atomic
def save_brief(
    *,
    brief: Brief,
    values: Mapping[str, Any],
    kpis: Sequence[Mapping[str, Any]] | None = None,
    by: User,
) -> Brief:
    """Save a draft as it is typed. KPIs, when given, replace the rows there were."""
    need_official_of(brief.city, by)
    locked = Brief.objects.select_for_update().get(pk=brief.pk)
    if locked.state != BriefState.DRAFT:
        raise InvalidInputError(
            _("%(brief)s is %(state)s; only a draft can be changed.")
            % {"brief": locked, "state": locked.get_state_display()}
        )
    write_brief(locked, values, by)
    if kpis is not None:
        locked.kpis.all().delete()
        write_kpis(locked, kpis)
    brief.refresh_from_db()
    return brief


def write_brief(brief: Brief, values: Mapping[str, Any], by: User) -> None:
    write_fields(brief, values, BRIEF_FIELDS)
    if brief.site is not None:
        need_official_of(brief.site.city, by)
    brief.save()


def write_kpis(brief: Brief, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        kpi = BriefKpi(brief=brief)
        write_fields(kpi, row, KPI_FIELDS)
        kpi.save()


def plan_brief(brief: Brief) -> None:
    """Keep with each KPI its chance to be decided by the end, robot at target."""
    for row in brief.kpis.all():
        row.chance = chance_of(row, brief.poc_robots)
        row.save(update_fields=["chance"])


@transaction.atomic
def review_brief(*, brief: Brief, by: User) -> tuple[list[Problem], list[Problem]]:
    """Return what keeps a draft from being published, and what it is warned of."""
    need_official_of(brief.city, by)
    if brief.state == BriefState.DRAFT:
        plan_brief(brief)
    return problems(publishing_objections(brief)), problems(chance_warnings(brief))


@database_rules()
@transaction.atomic
def publish_brief(*, brief: Brief, by: User) -> Brief:
    """Publish a brief that passes the quality list, and tell the vendors.

    Raises:
        RulesRefusedError: lists everything the brief still lacks.
    """
    need_official_of(brief.city, by)
    locked = Brief.objects.select_for_update().get(pk=brief.pk)
    if locked.state == BriefState.DRAFT:
        refuse(publishing_objections(locked))
        plan_brief(locked)
        locked.published_at = timezone.now()
        locked.save(update_fields=["published_at"])
    advance(BRIEF_TRANSITIONS, locked, BriefState.PUBLISHED, by=by)
    vendors = User.objects.filter(
        role=Role.VENDOR, is_active=True, organisation__is_demo=locked.city.is_demo
    )
    post(vendors, NoticeKind.BRIEF_PUBLISHED, subject=locked)
    brief.refresh_from_db()
    return brief


@database_rules()
@transaction.atomic
def cancel_brief(*, brief: Brief, reason: str, by: User) -> Brief:
    """End a brief without an award; submissions not yet opened stay unread."""
    need_official_of(brief.city, by)
    if not reason.strip():
        raise InvalidInputError(_("Say why the brief is cancelled."))
    locked = Brief.objects.select_for_update().get(pk=brief.pk)
    locked.cancel_reason = reason
    locked.save(update_fields=["cancel_reason"])
    advance(BRIEF_TRANSITIONS, locked, BriefState.CANCELLED, by=by, reason=reason)
    brief.refresh_from_db()
    return brief
