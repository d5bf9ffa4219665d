"""Lists and boards of a purchase: the same number of queries, however long."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import OrganisationKind, Role
from procurement.enums import BriefState, CallState, ContractState, SubmissionState
from tests.factories import (
    make_assignment,
    make_award,
    make_brief,
    make_call,
    make_contract,
    make_organisation,
    make_programme,
    make_site,
    make_submission,
    make_user,
    move_state,
    pass_deadline,
)

pytestmark = pytest.mark.django_db
MANY = 100


def queries_of(client, url):
    client.get(url)  # the session and the content types are warm now
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(queries), answer


@pytest.fixture
def official(client):
    user = make_user(organisation=make_organisation(is_demo=True), language="en")
    client.force_login(user)
    return user


def grow_calls(official, number):
    programme = make_programme(city=official.organisation)
    for _ in range(number):
        make_call(programme=programme)


def grow_sites(official, number):
    for _ in range(number):
        make_site(city=official.organisation)


def grow_briefs(official, number):
    call = make_call(city=official.organisation)
    site = make_site(city=official.organisation)
    for _ in range(number):
        make_brief(call=call, site=site)


def grow_awards(official, number, contract=None):
    call = make_call(city=official.organisation)
    site = make_site(city=official.organisation)
    vendor = make_user(
        Role.VENDOR,
        organisation=make_organisation(OrganisationKind.VENDOR, is_demo=True),
    )
    submissions = [
        make_submission(
            SubmissionState.SUBMITTED,
            brief=make_brief(call=call, site=site),
            vendor=vendor.organisation,
            created_by=vendor,
        )
        for _ in range(number)
    ]
    for submission in submissions:
        award = awarded(submission)
        if contract:
            make_contract(contract, award=award)


def awarded(submission):
    call = submission.brief.call
    call.refresh_from_db()
    if call.state == CallState.OPEN:
        pass_deadline(call)
    move_state(submission, SubmissionState.OPENED)
    return make_award(submission=submission)


def grow_contracts(official, number):
    grow_awards(official, number, ContractState.SIGNED)


@pytest.mark.parametrize(
    ("url", "grow"),
    [
        ("/officials/calls/", grow_calls),
        ("/calls/", grow_calls),
        ("/officials/sites/", grow_sites),
        ("/officials/briefs/", grow_briefs),
        ("/briefs/", grow_briefs),
        ("/register/", grow_briefs),
        ("/officials/awards/", grow_awards),
        ("/awards/", grow_awards),
        ("/officials/contracts/", grow_contracts),
    ],
)
def test_list_asks_the_same_with_1_and_100_rows(client, official, url, grow):
    grow(official, 1)
    few, _answer = queries_of(client, url)

    grow(official, MANY - 1)
    many, answer = queries_of(client, url)

    assert many == few
    assert len(answer.context["table"].rows) > 1


def reviewed_brief(official, reviewer, submissions):
    brief = make_brief(city=official.organisation)
    handed_in = [
        make_submission(SubmissionState.SUBMITTED, brief=brief)
        for _ in range(submissions)
    ]
    pass_deadline(brief.call)
    for each in handed_in:
        move_state(each, SubmissionState.OPENED)
        make_assignment(submission=each, reviewer=reviewer)
    move_state(brief, BriefState.IN_REVIEW)
    return brief


@pytest.mark.parametrize("board", ["submissions", "reviewers"])
def test_board_asks_the_same_with_1_and_20_submissions(client, official, board):
    institute = make_organisation(OrganisationKind.INSTITUTE, is_demo=True)
    reviewer = make_user(Role.REVIEWER, organisation=institute)
    short = reviewed_brief(official, reviewer, 1)
    long = reviewed_brief(official, reviewer, 20)

    few, _answer = queries_of(client, f"/officials/briefs/{short.code}/{board}/")
    many, _answer = queries_of(client, f"/officials/briefs/{long.code}/{board}/")

    assert many == few
