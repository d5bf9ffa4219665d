"""Refusals of procurement, and the sentences for what the database refuses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way, as a sentence, with the rule's name."""

    rule: str
    field: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


class RulesRefusedError(DomainError):
    """One rule or several object; `problems` lists them all."""

    code = "rules_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            " ".join(problem.sentence for problem in problems), code=problems[0].rule
        )
        self.problems = list(problems)


SENTENCES = {
    "submission_arrives_before_the_deadline": gettext_lazy(
        "The call takes no submissions at this moment: its deadline has passed, or it "
        "has not opened yet. What you wrote remains a draft; it is not submitted."
    ),
    "vendor_is_accepted_before_submitting": gettext_lazy(
        "Your company is not accepted yet; what you wrote remains a draft."
    ),
    "submission_is_withdrawn_before_the_deadline": gettext_lazy(
        "The deadline has passed; a submission can no longer be withdrawn."
    ),
    "submission_answers_a_published_brief": gettext_lazy(
        "The brief takes no submissions any more."
    ),
    "vendor_has_one_draft_a_brief": gettext_lazy(
        "Your organisation has a draft for this brief already; go on with that one."
    ),
    "vendor_has_one_submission_a_brief": gettext_lazy(
        "Your organisation has submitted to this brief already; withdraw that "
        "submission first, or submit a revision of it."
    ),
    "submitted_content_is_frozen": gettext_lazy(
        "The submission is no longer a draft; its content cannot change."
    ),
    "milestones_total_8_to_12_weeks": gettext_lazy(
        "The milestones of a plan last 8 to 12 weeks together."
    ),
    "nothing_is_opened_before_the_deadline": gettext_lazy(
        "Nothing is opened before the deadline."
    ),
    "call_closes_at_its_deadline": gettext_lazy(
        "The deadline is still ahead; the call stays open until then."
    ),
    "deadline_stands_once_passed": gettext_lazy(
        "The deadline has passed and cannot change."
    ),
    "deadline_is_only_put_off": gettext_lazy(
        "The deadline of an open call can only be put off, never brought forward."
    ),
    "batch_is_numbered_once": gettext_lazy(
        "The programme has a call with this batch number already; take the next one."
    ),
    "call_opens_before_it_closes": gettext_lazy(
        "The deadline must lie after the opening of submissions."
    ),
    "published_terms_stand": gettext_lazy(
        "The terms of a published brief cannot change."
    ),
    "published_kpis_stand": gettext_lazy(
        "The KPIs of a published brief cannot change."
    ),
    "published_criteria_stand": gettext_lazy(
        "The review criteria of a call that opened cannot change."
    ),
    "target_is_stricter_than_minimum": gettext_lazy(
        "The target must be stricter than the minimum, or nothing can be decided."
    ),
    "brief_names_a_kpi_once": gettext_lazy("A brief names each KPI once."),
    "brief_allows_8_to_12_weeks": gettext_lazy(
        "A proof of concept lasts 8 to 12 weeks."
    ),
    "reviewer_is_assigned_once": gettext_lazy(
        "This reviewer is assigned to the submission already."
    ),
    "score_needs_a_review_under_way": gettext_lazy(
        "Scores are taken after a declaration free of conflict and until the review "
        "is finished."
    ),
    "score_keeps_to_its_scale": gettext_lazy(
        "The points lie above the highest score of this criterion."
    ),
    "points_are_not_negative": gettext_lazy("Points are not negative."),
    "brief_is_awarded_once": gettext_lazy("This brief is awarded already."),
    "award_goes_to_an_opened_submission_of_its_brief": gettext_lazy(
        "An award goes to a submission to this brief that was opened and found valid."
    ),
    "simulation_counts_in_a_demo_city_only": gettext_lazy(
        "Simulated evidence is accepted in a demo organisation only."
    ),
    "terms_are_frozen_at_signature": gettext_lazy(
        "Terms, criteria and their digest cannot change once a side has signed."
    ),
    "poc_lasts_8_to_12_weeks": gettext_lazy("A proof of concept lasts 8 to 12 weeks."),
}


def refused_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that the database refused by, or ""."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


@contextmanager
def database_rules() -> Iterator[None]:
    """Turn a refusal by a named constraint into a sentence. Stands outside `atomic`.

    Raises:
        DomainError: a constraint that has a sentence refused; its code is the name.
    """
    try:
        yield
    except IntegrityError as error:
        name = refused_constraint(error)
        if name not in SENTENCES:
            raise
        raise DomainError(str(SENTENCES[name]), code=name) from error
