"""Refusals of pilots, and the sentences for what the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError, UnavailableError


class GateClosedError(DomainError):
    """The gate does not let volume through; the message says why."""

    code = "gate_closed"


class NotMeasuredYetError(UnavailableError):
    """What was received is not stored yet; assess again in a moment."""

    code = "not_measured_yet"


class SigningKeyError(UnavailableError):
    """The platform's own key cannot be used; nothing is signed without it."""

    code = "signing_key_unusable"


SENTENCES: Final = {
    "pilot_has_a_signed_contract": gettext_lazy(
        "A pilot opens when both sides have signed the POC contract."
    ),
    "pilots_pilot_contract_id_key": gettext_lazy(
        "This contract has its pilot already."
    ),
    "robot_is_deployed_in_one_pilot_at_a_time": gettext_lazy(
        "The robot works in a pilot at that time already; end that deployment first."
    ),
    "robot_leaves_a_running_pilot_by_consent": gettext_lazy(
        "A robot leaves a running pilot only when an official of the city agrees; "
        "until then it is due."
    ),
    "robot_is_released_by_another_than_who_asked": gettext_lazy(
        "Whoever asked for the robot's withdrawal cannot agree to it alone."
    ),
    "robot_is_asked_to_leave_with_a_reason": gettext_lazy(
        "Say why the robot is to leave the pilot."
    ),
    "look_is_registered_beforehand": gettext_lazy(
        "Looks are registered before their day; outside a demo a pilot cannot begin "
        "in the past."
    ),
    "look_is_assessed_after_its_day": gettext_lazy(
        "A look is assessed once its day is over at the site."
    ),
    "first_decisive_look_stands": gettext_lazy(
        "The gate was decided at an earlier look, and that stands."
    ),
    "review_judges_the_contracted_criteria": gettext_lazy(
        "The criteria are not those of the signed contract."
    ),
    "gate_step_is_signed_once": gettext_lazy("This step is signed already."),
    "gate_needs_different_people": gettext_lazy(
        "You have signed this gate already; each step needs another person."
    ),
    "gate_steps_keep_their_order": gettext_lazy(
        "An institute's reviewer recommends, an official decides, and then a second "
        "official approves."
    ),
    "gate_step_is_signed_by_its_role": gettext_lazy(
        "This step is not yours: a reviewer assigned to the pilot recommends, "
        "officials of the city decide and approve."
    ),
    "yes_needs_a_passed_gate": gettext_lazy(
        "Yes can be signed only under a passed gate; this one did not pass."
    ),
    "signature_rests_on_evidence": gettext_lazy(
        "The evidence bundle of this review is missing, so that nobody could check "
        "it; it cannot be signed."
    ),
    "open_gate_is_not_signed_before_its_end": gettext_lazy(
        "The gate is still open; it can be signed when a look decides or at its end."
    ),
    "gate_signature_states_its_reason": gettext_lazy("State your reason."),
    "override_states_its_reason": gettext_lazy("State your reason."),
    "override_is_of_a_failed_gate": gettext_lazy(
        "Only a failed gate can be overridden; evidence that is not enough never is."
    ),
    "override_needs_two_people": gettext_lazy(
        "An override needs a second official to approve it."
    ),
    "override_is_signed_by_officials": gettext_lazy(
        "Only officials of the city override a gate."
    ),
    "override_is_never_edited": gettext_lazy("The override was approved already."),
    "tranche_needs_a_passed_and_signed_gate": gettext_lazy(
        "Volume needs a passed gate with all three signatures saying yes, or a "
        "published override of a failed one."
    ),
    "tranche_is_ordered_once": gettext_lazy("This tranche is ordered already."),
    "tranches_are_ordered_in_turn": gettext_lazy(
        "Tranches are ordered in turn: 1, 10, 100, 1000."
    ),
    "volume_stays_within_the_contract": gettext_lazy(
        "This tranche would exceed the volume agreed in the contract."
    ),
    "price_stays_within_the_contract": gettext_lazy(
        "The unit price is above the one agreed in the contract."
    ),
    "tranche_is_ordered_by_an_official": gettext_lazy(
        "Only an official of the city orders volume."
    ),
    "exclusion_needs_two_people": gettext_lazy(
        "An exclusion is approved by another person than the one who proposed it."
    ),
    "exclusion_states_its_reason": gettext_lazy("State your reason."),
    "exclusion_ends_after_it_starts": gettext_lazy(
        "An exclusion ends after it starts."
    ),
    "reviewer_belongs_to_an_institute": gettext_lazy(
        "Only a reviewer of an institute follows a pilot."
    ),
    "reviewer_follows_a_pilot_once": gettext_lazy(
        "This reviewer follows the pilot already."
    ),
}


@contextmanager
def refusals(error: type[DomainError] = DomainError) -> Iterator[None]:
    """Turn a rule the database keeps into its sentence; atomic by itself.

    Raises:
        DomainError: of the type given, its code the constraint's name.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        rule = _rule_of(refused)
        if rule not in SENTENCES:
            raise
        raise error(str(SENTENCES[rule]), code=rule) from None


def _rule_of(refused: IntegrityError) -> str:
    diagnosis = getattr(refused.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")
