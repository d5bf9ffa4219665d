"""A dossier is made once for what is signed, kept whole, and made again if lost."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dispatch.models import Delivery
from dispatch.services import run_here
from pilots.models import GateDossier
from pilots.services import ask_dossiers, kept_dossier, make_dossiers
from pilots.services.dossiers import FOLDER, LANGUAGES, PATIENCE
from tests.factories import make_user
from tests.pilots.bundles import make_bundled_review
from tests.pilots.factories import make_pilot_reviewer, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return make_bundled_review()


def waiting(review):
    return Delivery.objects.waiting_for("pilots.make_dossiers", review_id=review.pk)


def made(review):
    """Ask, let what was asked for be made, and return the dossiers of now."""
    ask_dossiers(review)
    run_here(waiting(review))
    return ask_dossiers(review)


def files(home):
    return sorted((home / "files" / FOLDER).iterdir())


def test_asking_twice_makes_each_language_once(review, home):
    ask_dossiers(review)
    ask_dossiers(review)

    assert waiting(review).count() == 1
    dossiers = made(review)

    assert [each.language for each in dossiers] == [*LANGUAGES]
    for each in dossiers:
        content = kept_dossier(each)
        assert content.startswith(b"%PDF")
        assert hashlib.sha256(content).hexdigest() == each.sha256
    assert len(files(home)) == len(LANGUAGES)  # and no half of one
    assert make_dossiers(review=review) == 0


def test_signature_asks_for_another_and_the_former_stays(review):
    former = made(review)
    sign(review, "recommend", make_pilot_reviewer(pilot=review.pilot))

    now = made(review)

    assert {each.pk for each in now} & {each.pk for each in former} == set()
    assert all(kept_dossier(each) for each in [*former, *now])


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"x")])
def test_lost_or_changed_file_is_not_served_and_made_again(review, home, harm):
    dossier, _english = made(review)
    harm(next(path for path in files(home) if "-zh-hans-" in path.name))

    assert kept_dossier(dossier) is None
    assert kept_dossier(made(review)[0])


def test_dossier_that_nobody_makes_is_asked_for_again_after_a_while(review):
    ask_dossiers(review)
    waiting(review).update(done_at=timezone.now())

    ask_dossiers(review)
    soon = waiting(review).count()
    GateDossier.objects.update(asked_at=timezone.now() - PATIENCE - timedelta(0, 1))
    ask_dossiers(review)

    assert (soon, waiting(review).count()) == (0, 1)


def test_database_refuses_a_made_dossier_without_its_digest(review):
    ask_dossiers(review)

    with (
        pytest.raises(IntegrityError, match="made_dossier_says_its_digest"),
        transaction.atomic(),
    ):
        GateDossier.objects.update(made_at=timezone.now())


def test_reader_is_shown_the_wait_then_the_link_then_the_file(client, review):
    client.force_login(make_user(organisation=review.city))
    url = f"/officials/gates/{review.code}/dossier/en/"
    poll = {"hx-request": "true"}

    first, polled = client.get(url), client.get(url, headers=poll)
    run_here(waiting(review))
    ready, file = client.get(url, headers=poll), client.get(url)

    assert (first.status_code, polled.status_code) == (202, 200)
    assert f'hx-get="{url}"' in first.text
    assert f'hx-get="{url}"' in polled.text
    assert "<html" not in polled.text
    assert "hx-get" not in ready.text
    assert f'href="{url}"' in ready.text
    assert file["content-type"] == "application/pdf"
    assert file.content == kept_dossier(GateDossier.objects.get(language="en"))
