import pytest
from django.core import mail
from django.db import transaction

from accounts.enums import Role
from accounts.errors import InvalidInputError
from dispatch import services
from dispatch.enums import Channel, JobState, NoticeKind
from dispatch.models import Delivery, Notice
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db


def test_post_tells_every_active_person_in_their_language():
    city = make_organisation()
    reader = make_user(organisation=city, language="en")
    make_user(organisation=city, is_active=False)

    services.post(city, NoticeKind.PILOT_OPENED, subject=city)
    sent = services.relay()

    assert [each.recipient for each in Notice.objects.all()] == [reader]
    assert sent == 1
    assert mail.outbox[0].subject == f"Pilot {city.code} is open."


def test_delivery_rolls_back_with_its_deed():
    class UndoneError(Exception):
        pass

    with pytest.raises(UndoneError), transaction.atomic():  # noqa: PT012
        services.send_email(to="a@example.invalid", subject="s", text="t")
        raise UndoneError

    assert not Delivery.objects.exists()


def test_mail_is_forgotten_once_it_has_left():
    sent = services.send_email(to="a@example.invalid", subject="s", text="secret link")

    services.relay()
    sent.refresh_from_db()

    assert mail.outbox[0].body == "secret link"
    assert sent.done_at
    assert sent.payload == {}


def test_relay_keeps_what_cannot_leave_and_says_why():
    broken = Delivery.objects.create(channel=Channel.EMAIL, payload={"to": "x"})

    services.relay()
    broken.refresh_from_db()

    assert broken.done_at is None
    assert (broken.attempts, broken.last_error) == (1, "KeyError: 'subject'")


def test_job_cancels_at_its_next_step():
    user = make_user(Role.VENDOR)
    job = services.start_job("count", by=user, total=3)
    steps = []

    with services.running(job) as progress:
        for step in range(3):
            progress(step + 1)
            steps.append(step)
            services.cancel_job(job=job, by=user)

    job.refresh_from_db()
    assert (steps, job.state, job.done) == ([0], JobState.CANCELLED, 2)


def test_job_keeps_the_sentence_of_a_refusal():
    job = services.start_job("count", by=make_user(), total=1)

    with services.running(job):
        raise InvalidInputError("The window is empty.")

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The window is empty.")
