"""Vendors, officials and the clock in any order; the database against a plain model."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.errors import DomainError
from procurement import services
from procurement.models import Submission, TechnicalPlan
from tests.procurement.walk import MILESTONES, PLAN, Walk

VENDORS = 3
who = st.integers(0, VENDORS - 1)


class Purchase(RuleBasedStateMachine):
    """The model: each vendor's draft and standing submission, and the call's state."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        transaction.set_rollback(False)

    @initialize()
    def begin(self):
        self.walk = Walk().publish()
        self.people = [self.walk.vendor() for _number in range(VENDORS)]
        self.call = "open"
        self.draft = [None] * VENDORS  # (code, complete)
        self.standing = [None] * VENDORS  # code
        self.gone = set()

    def refused(self, deed, **arguments):
        """Say whether a deed was refused by a rule; anything else is a fault."""
        try:
            return False, deed(**arguments)
        except DomainError:
            return True, None

    @rule(vendor=who, complete=st.booleans())
    def save(self, vendor, complete):
        refused, draft = self.refused(
            services.save_draft_submission,
            brief=self.walk.brief,
            plan=PLAN | {"summary": "S" if complete else ""},
            milestones=MILESTONES,
            by=self.people[vendor],
        )
        assert refused == (self.call != "open")
        if not refused:
            assert self.draft[vendor] is None or self.draft[vendor][0] == draft.code
            self.draft[vendor] = (draft.code, complete)

    @precondition(lambda self: any(self.draft))
    @rule(vendor=who)
    def submit(self, vendor):
        if self.draft[vendor] is None:
            return
        code, complete = self.draft[vendor]
        submission = Submission.objects.get(code=code)
        refused, _done = self.refused(
            services.submit, submission=submission, by=self.people[vendor]
        )
        assert refused == (self.call != "open" or not complete)
        if not refused:
            if self.standing[vendor]:
                self.gone.add(self.standing[vendor])
            self.standing[vendor], self.draft[vendor] = code, None

    @rule(vendor=who)
    def withdraw(self, vendor):
        if self.standing[vendor] is None:
            return
        submission = Submission.objects.get(code=self.standing[vendor])
        refused, _done = self.refused(
            services.withdraw, submission=submission, by=self.people[vendor]
        )
        assert refused == (self.call != "open")
        if not refused:
            self.gone.add(self.standing[vendor])
            self.standing[vendor] = None

    @rule(vendor=who, other=who)
    def meddle(self, vendor, other):
        if vendor == other or self.standing[vendor] is None:
            return
        submission = Submission.objects.get(code=self.standing[vendor])
        for deed in (services.withdraw, services.submit):
            refused, _done = self.refused(
                deed, submission=submission, by=self.people[other]
            )
            assert refused

    @rule()
    def close(self):
        refused, _done = self.refused(
            services.close_call, call=self.walk.call, by=self.walk.official
        )
        assert refused == (self.call != "open")
        if not refused:
            self.call = "closed"

    @rule()
    def open(self):
        refused, minutes = self.refused(
            services.open_submissions, call=self.walk.call, by=self.walk.official
        )
        assert refused == (self.call == "opened")
        if not refused:
            self.call = "opened"
            told = {entry["submission"] for entry in minutes.entries}
            assert told == {code for code in self.standing if code}

    @invariant()
    def database_equals_model(self):
        expected = dict.fromkeys(self.gone, "withdrawn")
        state = "opened" if self.call == "opened" else "submitted"
        expected |= {code: state for code in self.standing if code}
        expected |= {draft[0]: "draft" for draft in self.draft if draft}
        rows = Submission.objects.filter(brief=self.walk.brief)
        assert dict(rows.values_list("code", "state")) == expected

    @invariant()
    def officials_read_what_was_opened_only(self):
        plans = TechnicalPlan.objects.visible_to(self.walk.official)
        read = set(plans.values_list("submission__code", flat=True))
        opened = self.call == "opened"
        assert read == ({code for code in self.standing if code} if opened else set())


@pytest.mark.django_db
def test_submissions_move_as_the_model_says_in_any_order():
    run_state_machine_as_test(
        Purchase,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
