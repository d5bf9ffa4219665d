"""What anybody may know: overrides with both names, and nothing that is a draft."""

import re

import pytest
from django.test import Client

from pilots import services
from procurement.enums import BriefState
from tests.factories import make_brief, make_call, make_user
from tests.pilots.factories import make_review

pytestmark = pytest.mark.django_db


def visitor(language="en"):
    client = Client()
    client.cookies["django_language"] = language
    return client


def proposed():
    """Propose to override a failed gate; returns the override and a second official."""
    review = make_review(outcome="fail")
    first, second = (make_user(organisation=review.city) for _ in range(2))
    override = services.propose_override(
        review=review, reason="Spares came late.", by=first
    )
    return override, second


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Published overrides"), ("zh-hans", "已公布的特批")],
)
def test_published_override_tells_reason_and_both_names(language, title):
    override, second = proposed()
    services.approve_override(override=override, by=second)

    page = visitor(language).get("/overrides/").text

    assert title in page
    assert "Spares came late." in page
    assert override.proposed_by.name in page
    assert second.name in page
    assert override.review.pilot.vendor.name in page or language != "en"


def test_override_of_one_official_alone_is_not_public():
    override, _second = proposed()

    page = visitor().get("/overrides/").text

    assert override.reason not in page
    assert "None yet" in page


def test_public_call_counts_published_briefs_alone():
    call = make_call()
    make_brief(call=call)
    make_brief(BriefState.DRAFT, call=call)

    page = visitor().get("/calls/").text

    counted = re.search(r'data-label="Briefs"[^>]*>\s*(\d+)', page)
    assert counted[1] == "1"
