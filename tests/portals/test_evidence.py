"""Evidence bundles on pages and through the API, and the key they are signed with."""

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import reverse

from accounts.enums import Role, Scope
from pilots import services
from tests.factories import make_user
from tests.pilots.bundles import make_bundled_review
from tests.portals.calling import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return make_bundled_review()


@pytest.fixture
def official(review):
    return make_user(Role.OFFICIAL, organisation=review.pilot.city, language="en")


def test_the_review_shows_its_bundle_and_hands_it_out(review, official, client):
    client.force_login(official)
    url = reverse("officials:gate_evidence", args=[review.code])

    page = client.get(
        reverse("officials:gate_detail", args=[review.code]),
        headers={"accept-language": "en"},
    )
    file = client.get(url)

    assert url in page.content.decode()
    assert "7 bytes" in page.content.decode().replace("\xa0", " ")
    assert review.evidence_sha256[:8] in page.content.decode()
    assert b"".join(file.streaming_content) == b"made up"
    assert file["Content-Disposition"] == f'attachment; filename="{review.code}.zip"'
    assert file["Content-Length"] == "7"


def test_the_api_hands_out_the_same_file_and_its_digest(review, official):
    headers = bearer(official, Scope.READ)
    told = Client().get(reverse("api:gate-detail", args=[review.code]), headers=headers)
    file = Client().get(
        reverse("api:gate-evidence", args=[review.code]), headers=headers
    )

    assert told.json()["evidence_sha256"] == review.evidence_sha256
    assert told.json()["evidence_bytes"] == 7
    assert b"".join(file.streaming_content) == b"made up"


def test_a_file_that_is_gone_is_said_to_be(review, official, client):
    services.evidence_file(review).unlink()
    client.force_login(official)

    answer = client.get(
        reverse("officials:gate_evidence", args=[review.code]),
        headers={"accept-language": "en"},
    )

    assert answer.status_code == 404
    assert "No evidence bundle is kept" in answer.content.decode()


async def fetched(client, url):
    answer = await client.get(url)
    return [piece async for piece in answer.streaming_content]


@pytest.mark.django_db(transaction=True)
def test_a_file_is_handed_out_under_asgi_too(review, official):
    client = AsyncClient()
    client.force_login(official)

    pieces = async_to_sync(fetched)(
        client, reverse("officials:gate_evidence", args=[review.code])
    )

    assert pieces == [b"made up"]


def test_everybody_may_know_the_key(client):
    key = services.signing_key()

    page = client.get(reverse("public:verify")).content.decode()
    told = client.get(reverse("api:evidence_key")).json()
    register = client.get(reverse("public:register")).content.decode()

    assert key.public in page
    assert key.fingerprint in page
    assert told == {
        "algorithm": "ed25519",
        "public": key.public,
        "fingerprint": key.fingerprint,
    }
    assert reverse("public:verify") in register
