"""A city's own KPI: composed, saved while a draft, published, given a new version."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import DomainError, NotAllowedError, NotFoundError
from accounts.models import Organisation, User
from accounts.workflow import advance
from kpis.engine.composition import CompositionError, compose, told_of
from kpis.engine.definition import Kpi, definition_as_json
from kpis.enums import ComposedState
from kpis.errors import CompositionRefusedError, Problem
from kpis.models import ComposedKpi
from kpis.workflow import COMPOSED_TRANSITIONS

WORDS = ("title", "title_zh", "explanation", "explanation_zh", "unit", "better")


def check_kpi(*, told: Mapping[str, Any], city: Organisation, version: int = 1) -> Kpi:
    """Make a definition of what was told, and keep nothing.

    Raises:
        CompositionRefusedError: says all that is wrong, each at its field.
    """
    try:
        return compose(told, prefix=f"city.{city.code}.", suffix=f".v{version}")
    except CompositionError as error:
        problems = [
            Problem(each.field, _(each.text) % each.facts) for each in error.faults
        ]
        raise CompositionRefusedError(problems) from error


@transaction.atomic
def compose_kpi(*, told: Mapping[str, Any], by: User) -> ComposedKpi:
    """Begin a KPI of one's own city, as a draft of its first version.

    Raises:
        CompositionRefusedError: what was told cannot be a KPI.
    """
    city = _city_of(by)
    kpi = check_kpi(told=told, city=city)
    if ComposedKpi.objects.filter(city=city, name=told["key"]).exists():
        taken = _("Your city has a KPI of this key; make a new version of that one.")
        raise CompositionRefusedError([Problem("key", taken)])
    return _begin(city, str(told["key"]), 1, kpi, by)


@transaction.atomic
def save_kpi(*, composed: ComposedKpi, told: Mapping[str, Any], by: User) -> None:
    """Write a draft anew; its key stands."""
    locked = _own(composed, by)
    if locked.state != ComposedState.DRAFT:
        raise DomainError(
            _("%(kpi)s is published and never changes; make a new version.")
            % {"kpi": locked},
            code="published_kpi_never_changes",
        )
    kpi = check_kpi(
        told={**told, "key": locked.name}, city=locked.city, version=locked.version
    )
    locked.definition, locked.digest = definition_as_json(kpi), kpi.digest
    locked.composed_by = by
    locked.save()
    audit.record(locked, "saved", by=by, digest=locked.digest)
    composed.refresh_from_db()


@transaction.atomic
def begin_version(*, composed: ComposedKpi, by: User) -> ComposedKpi:
    """Begin the next version of a KPI as a draft that says what this one says."""
    locked = _own(composed, by)
    versions = ComposedKpi.objects.filter(city=locked.city, name=locked.name)
    if draft := versions.filter(state=ComposedState.DRAFT).first():
        raise DomainError(
            _("There is a draft of the next version already: %(kpi)s.")
            % {"kpi": draft},
            code="composed_kpi_has_one_draft",
        )
    version = versions.aggregate(newest=Max("version"))["newest"] + 1
    told = told_again(locked)
    kpi = check_kpi(told=told, city=locked.city, version=version)
    return _begin(locked.city, locked.name, version, kpi, by)


def told_again(composed: ComposedKpi) -> dict[str, Any]:
    """Return what would compose this KPI again."""
    kpi = composed.kpi
    words = {name: getattr(kpi, name) for name in WORDS}
    return {"key": composed.name} | words | told_of(kpi)


@transaction.atomic
def move_kpi(*, composed: ComposedKpi, target: str, by: User) -> None:
    """Publish a draft, or take a published KPI out of use for new briefs."""
    _own(composed, by)
    advance(COMPOSED_TRANSITIONS, composed, target, by=by)


@transaction.atomic
def discard_kpi(*, composed: ComposedKpi, by: User) -> None:
    """Throw a draft away; what was published is kept."""
    locked = _own(composed, by)
    if locked.state != ComposedState.DRAFT:
        raise DomainError(
            _("%(kpi)s was published and is kept.") % {"kpi": locked},
            code="published_kpi_is_kept",
        )
    audit.record(locked, "discarded", by=by, key=locked.key)
    locked.delete()


def _begin(
    city: Organisation, name: str, version: int, kpi: Kpi, by: User
) -> ComposedKpi:
    composed = ComposedKpi.objects.create(
        code=f"CK-{secrets.token_hex(5)}",
        city=city,
        name=name,
        version=version,
        key=kpi.key,
        definition=definition_as_json(kpi),
        digest=kpi.digest,
        composed_by=by,
    )
    audit.record(composed, "composed", by=by, key=kpi.key, digest=kpi.digest)
    return composed


def _city_of(by: User) -> Organisation:
    if by.role != Role.OFFICIAL or by.organisation is None:
        raise NotAllowedError(_("Only an official composes a city's KPI."))
    return by.organisation


def _own(composed: ComposedKpi, by: User) -> ComposedKpi:
    """Lock a KPI of one's own city; another city's does not exist."""
    city = _city_of(by)
    own = ComposedKpi.objects.filter(pk=composed.pk, city=city)
    locked = own.select_for_update().first()
    if locked is None:
        raise NotFoundError(_("There is no such thing in your city."))
    return locked
