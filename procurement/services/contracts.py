"""The POC contract: KPIs frozen into criteria, signed by vendor and city."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import DomainError, InvalidInputError, NotAllowedError
from accounts.models import User
from accounts.workflow import advance
from dispatch.enums import NoticeKind
from dispatch.services import post
from kpis.engine.definition import ENGINE_VERSION, definition_as_json
from kpis.engine.statistics import look_days
from kpis.services import definitions
from procurement import sealing
from procurement.enums import ContractEvidence, ContractState
from procurement.errors import database_rules
from procurement.models import Award, BriefKpi, PocContract, TechnicalPlan
from procurement.services.access import need_official_of, need_role, need_sight
from procurement.workflow import CONTRACT_TRANSITIONS


@database_rules()
@transaction.atomic
def draft_contract(*, award: Award, starts_on: date, by: User) -> PocContract:
    """Draft the contract of an award from the brief's KPIs and the winner's plan."""
    need_official_of(award.city, by)
    if standing := PocContract.objects.filter(award=award).first():
        raise DomainError(
            _("%(award)s has a contract already: %(contract)s.")
            % {"award": award, "contract": standing.code},
            code="award_has_one_contract",
        )
    if starts_on < timezone.localdate() and not award.city.is_demo:
        raise InvalidInputError(_("A contract starts today or later."))
    weeks = award.submission.milestones.all().total_weeks()
    evidence = ContractEvidence.SIM if award.city.is_demo else ContractEvidence.LIVE
    criteria = [
        criterion_of(row, days=weeks * 7, evidence=evidence)
        for row in award.brief.kpis.order_by("pk")
    ]
    contract = PocContract.objects.create(
        award=award,
        city=award.city,
        vendor=award.vendor,
        starts_on=starts_on,
        weeks=weeks,
        **offered(award),
        evidence_kind=evidence,
        criteria=criteria,
        criteria_digest=sealing.digest(criteria),
        drafted_by=by,
    )
    audit.record(contract, "drafted", by=by, criteria_digest=contract.criteria_digest)
    post(contract.vendor, NoticeKind.CONTRACT_TO_SIGN, subject=contract)
    return contract


def offered(award: Award) -> dict[str, Any]:
    """Return what the winner offered, and the range the brief published."""
    plan = TechnicalPlan.objects.get(submission=award.submission)
    return {
        "robots": plan.robots,
        "poc_price_cny": plan.poc_price_cny,
        "unit_price_cny": plan.unit_price_cny,
        "quantity_min": award.brief.quantity_min,
        "quantity_max": award.brief.quantity_max,
    }


def criterion_of(
    row: BriefKpi, *, days: int, evidence: ContractEvidence
) -> dict[str, Any]:
    """Freeze one KPI: the definition it is computed by and the law it is judged by.

    Numbers are decimal strings, `scale` a fraction; `looks` are days from the start.
    """
    (kpi,) = definitions([row.kpi])
    window = min(row.window_days, days)
    return {
        "kpi": kpi.key,
        "unit": kpi.unit,
        "scale": str(kpi.scale),
        "law": str(kpi.law),
        "comparator": row.comparator,
        "minimum": f"{row.minimum:f}",
        "target": f"{row.target:f}",
        "window_days": window,
        "coverage_min": f"{row.coverage_min:f}",
        "tasks_per_day": row.tasks_per_day,
        "mandatory": row.mandatory,
        "evidence_kind": str(evidence),
        "looks": list(look_days(window)),
        "definition": definition_as_json(kpi),
        "definition_digest": kpi.digest,
        "engine_version": ENGINE_VERSION,
    }


@database_rules()
@transaction.atomic
def sign_contract(*, contract: PocContract, by: User) -> PocContract:
    """Sign for one's own side: the vendor first, then the city.

    From the vendor's signature on, terms and criteria stand still.

    Raises:
        TransitionRefusedError: the criteria do not fit their digest, or it is not this
            side's turn.
    """
    need_role(by, Role.VENDOR, Role.OFFICIAL)
    need_sight(PocContract.objects.visible_to(by), contract)
    locked = PocContract.objects.select_for_update().get(pk=contract.pk)
    if by.role == Role.VENDOR:
        sign_for_vendor(locked, by)
    else:
        sign_for_city(locked, by)
    contract.refresh_from_db()
    return contract


def sign_for_vendor(contract: PocContract, by: User) -> None:
    if contract.state != ContractState.DRAFT:
        raise NotAllowedError(
            _("%(contract)s was signed for the vendor already.")
            % {"contract": contract}
        )
    contract.vendor_signed_by, contract.vendor_signed_at = by, timezone.now()
    contract.save(update_fields=["vendor_signed_by", "vendor_signed_at"])
    advance(CONTRACT_TRANSITIONS, contract, ContractState.VENDOR_SIGNED, by=by)
    officials = User.objects.filter(
        organisation=contract.city, role=Role.OFFICIAL, is_active=True
    )
    post(officials, NoticeKind.CONTRACT_TO_SIGN, subject=contract)


def sign_for_city(contract: PocContract, by: User) -> None:
    if contract.state != ContractState.VENDOR_SIGNED:
        raise NotAllowedError(
            _("%(contract)s is %(state)s; the city signs after the vendor.")
            % {"contract": contract, "state": contract.get_state_display()}
        )
    contract.city_signed_by, contract.signed_at = by, timezone.now()
    contract.save(update_fields=["city_signed_by", "signed_at"])
    advance(CONTRACT_TRANSITIONS, contract, ContractState.SIGNED, by=by)
    post(contract.vendor, NoticeKind.CONTRACT_SIGNED, subject=contract)
