"""Real transactions at the same moment, on connections of their own."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import DomainError
from accounts.services import clock
from procurement import services
from procurement.enums import BriefState, CallState, SubmissionState
from procurement.models import Award, Brief, Call, Submission
from tests.procurement.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 10
TICK = timedelta(milliseconds=2)


def await_moment(moment):
    """Wait until the clock says so: here time itself is the condition."""
    while (left := (moment - timezone.now()).total_seconds()) > 0:
        threading.Event().wait(left)


def at_once(deeds):
    """Run all deeds from one starting line; returns each result or DomainError."""
    line = threading.Barrier(len(deeds))

    def run(deed):
        line.wait()
        try:
            return deed()
        except DomainError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def close_in(call, seconds):
    """Let the deadline fall in so many seconds, by a demo city's right to do so."""
    Call.objects.filter(pk=call.pk).update(
        closes_at=timezone.now() + timedelta(seconds=seconds)
    )
    call.refresh_from_db()


def test_what_was_acknowledged_is_opened_and_nothing_is_late():
    acknowledged = opened = 0
    for seed in range(3):
        chance = random.Random(seed)
        walk = Walk().publish()
        clock()
        authors = [walk.vendor() for _writer in range(WRITERS)]
        waits = [chance.uniform(-0.4, 0.1) for _writer in range(WRITERS)]
        drafts = [walk.draft(author) for author in authors]
        close_in(walk.call, 1.0)
        deadline = walk.call.closes_at

        def submit(draft, author, wait, deadline=deadline):
            moment = deadline + timedelta(seconds=wait)
            await_moment(moment)
            return services.submit(submission=draft, by=author)

        def close(walk=walk, deadline=deadline):
            await_moment(deadline)
            while not services.close_due_calls():
                await_moment(timezone.now() + TICK)
            return services.open_submissions(call=walk.call, by=walk.official)

        writers = [
            partial(submit, *each) for each in zip(drafts, authors, waits, strict=True)
        ]
        results = at_once([*writers, close])
        minutes = results.pop()
        received = {each.code for each in results if isinstance(each, Submission)}
        rows = Submission.objects.filter(brief=walk.brief)

        assert {entry["submission"] for entry in minutes.entries} == received
        for row in rows:
            if row.code in received:
                assert row.state == SubmissionState.OPENED
                assert row.submitted_at < deadline
            else:
                assert (row.state, row.submitted_at) == (SubmissionState.DRAFT, None)
        acknowledged += len(received)
        opened += minutes.received
    assert acknowledged == opened > 0


def test_closer_waits_for_a_submission_under_way():
    walk = Walk().publish()
    author = walk.vendor()
    draft = walk.draft(author)
    system = clock()
    close_in(walk.call, 0.8)
    held = threading.Event()
    order = []

    def submit_slowly():
        with transaction.atomic():
            services.submit(submission=draft, by=author)
            held.set()
            await_moment(walk.call.closes_at + timedelta(seconds=0.3))
            order.append("submitted")
        return True

    def close():
        held.wait(10)
        await_moment(walk.call.closes_at)
        services.close_call(call=walk.call, by=system)
        order.append("closed")
        return True

    assert at_once([submit_slowly, close]) == [True, True]
    assert order == ["submitted", "closed"]
    assert services.open_submissions(call=walk.call, by=walk.official).received == 1


def test_brief_is_awarded_once_however_many_try():
    walk = Walk().publish()
    submissions = [walk.submission() for _number in range(4)]
    walk.open(*submissions)
    for submission in submissions:
        walk.review(submission)

    results = at_once(
        [lambda each=each: walk.award(each) for each in submissions]
        + [lambda: walk.award(submissions[0])]
    )

    refusals = [each for each in results if isinstance(each, DomainError)]
    assert Award.objects.count() == 1
    assert len(refusals) == 4
    assert Brief.objects.get().state == BriefState.AWARDED
    states = sorted(Submission.objects.values_list("state", flat=True))
    assert states == ["awarded", "not_awarded", "not_awarded", "not_awarded"]


def test_submission_is_handed_in_once_however_often_the_button_is_pressed():
    walk = Walk().publish()
    author = walk.vendor()
    draft = walk.draft(author)

    results = at_once([lambda: services.submit(submission=draft, by=author)] * 6)

    assert sum(isinstance(each, Submission) for each in results) == 1
    assert Submission.objects.get().state == SubmissionState.SUBMITTED


def test_saving_a_draft_races_with_submitting_it():
    walk = Walk().publish()
    author = walk.vendor()
    draft = walk.draft(author)

    def save():
        return services.save_draft_submission(
            brief=walk.brief, plan={"summary": "Later words"}, by=author
        )

    results = at_once(
        [lambda: services.submit(submission=draft, by=author), *[save] * 4]
    )

    draft.refresh_from_db()
    assert isinstance(results[0], Submission)
    assert draft.state == SubmissionState.SUBMITTED
    minutes = walk.open(draft)
    assert [entry["state"] for entry in minutes.entries] == ["opened"]
    assert Call.objects.get().state == CallState.OPENED
