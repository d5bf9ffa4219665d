"""Volume is called off, tranche by tranche, each unlocked by a gate of its own."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.errors import InvalidInputError
from accounts.models import User
from dispatch.enums import NoticeKind
from dispatch.services import post
from pilots.enums import QUANTITY_OF_STAGE, GateOutcome
from pilots.errors import GateClosedError, refusals
from pilots.models import GateReview, Pilot, VolumeTranche
from pilots.reports.sentences import sentence
from pilots.services.hands import check_official
from pilots.services.opening import register_looks

STAGE_OF_QUANTITY: Final = {count: stage for stage, count in QUANTITY_OF_STAGE.items()}
GATE_WEEKS: Final = 8


@transaction.atomic
def order_tranche(*, pilot: Pilot, quantity: int, by: User) -> VolumeTranche:
    """Order the next tranche; the gate of the one after it opens.

    Raises:
        GateClosedError: the gate has not passed or is not signed; says why.
        InvalidInputError: not a tranche.
    """
    check_official(pilot.city, by)
    if quantity not in STAGE_OF_QUANTITY:
        raise InvalidInputError(
            _("A tranche has 1, 10, 100 or 1000 robots, not %(quantity)s.")
            % {"quantity": quantity}
        )
    stage = STAGE_OF_QUANTITY[quantity]
    review = _newest_review(pilot, stage)
    if review is None or not review.unlocks:
        raise GateClosedError(why_stage_closed(pilot, stage))
    with refusals(GateClosedError):
        tranche = VolumeTranche.objects.create(
            pilot=pilot,
            number=stage,
            quantity=quantity,
            gate_review=review,
            unit_price_cny=pilot.contract.unit_price_cny,
            ordered_by=by,
        )
    _open_next_gate(pilot, stage)
    audit.record(
        tranche,
        "ordered",
        by=by,
        pilot=pilot.code,
        quantity=quantity,
        unit_price_cny=tranche.unit_price_cny,
        review=review.code,
    )
    post(pilot.vendor, NoticeKind.TRANCHE_ORDERED, subject=tranche)
    return tranche


def why_closed(review: GateReview) -> str:
    """Say in words why a review does not let volume through, or "" if it does."""
    review = GateReview.objects.with_signing().get(pk=review.pk)
    if review.unlocks:
        return ""
    reasons = " ".join(sentence(code, facts) for code, facts in review.reasons)
    if review.outcome == GateOutcome.PASS:
        return _(
            "The gate passed, but volume needs three signatures saying yes: a "
            "reviewer's recommendation, an official's decision and a second "
            "official's approval."
        )
    if review.outcome == GateOutcome.FAIL:
        return _("The gate failed. %(reasons)s") % {"reasons": reasons}
    return _("There is not enough evidence. %(reasons)s") % {"reasons": reasons}


def why_stage_closed(pilot: Pilot, stage: int) -> str:
    """Say in words why the gate of a stage lets no volume through, or "" if it does."""
    review = _newest_review(pilot, stage)
    if review is not None:
        return why_closed(review)
    quantity = QUANTITY_OF_STAGE[stage]
    return ngettext(
        "The gate for %(quantity)s robot was not assessed yet.",
        "The gate for %(quantity)s robots was not assessed yet.",
        quantity,
    ) % {"quantity": quantity}


def _newest_review(pilot: Pilot, stage: int) -> GateReview | None:
    return (
        GateReview.objects.with_signing()
        .filter(gate__pilot=pilot, gate__stage=stage)
        .select_related("gate__pilot__contract")
        .order_by("-look__number")
        .first()
    )


def _open_next_gate(pilot: Pilot, stage: int) -> None:
    """Register the gate of the next stage, if the contract reaches that far."""
    following = QUANTITY_OF_STAGE.get(stage + 1)
    ordered = sum(pilot.tranches.values_list("quantity", flat=True))
    if following is None or ordered + following > pilot.contract.quantity_max:
        return
    starts_on = timezone.localdate(timezone=pilot.timezone) + timedelta(days=1)
    ends_on = starts_on + timedelta(weeks=GATE_WEEKS, days=-1)
    register_looks(pilot, stage=stage + 1, starts_on=starts_on, ends_on=ends_on)
