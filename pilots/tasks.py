"""Envelopes round the services; safe to run twice."""

from contextlib import suppress
from datetime import datetime

from celery import shared_task

from accounts.errors import UnavailableError
from dispatch.models import Job
from pilots import services
from pilots.models import GateReview, Pilot


@shared_task(name="pilots.tick", acks_late=True)
def tick() -> int:
    return services.tick()


@shared_task(
    name="pilots.assess_gate",
    acks_late=True,
    autoretry_for=(UnavailableError,),
    retry_backoff=1,
    retry_backoff_max=30,
    retry_jitter=False,
    max_retries=40,
)
def assess_gate(*, pilot_id: int) -> None:
    services.assess_gate(pilot=Pilot.objects.with_parties().get(pk=pilot_id))


@shared_task(name="pilots.make_dossiers", acks_late=True)
def make_dossiers(*, review_id: int) -> None:
    services.make_dossiers(review=GateReview.objects.get(pk=review_id))


@shared_task(name="pilots.read_lake", acks_late=True)
def read_lake(*, pilot_id: int) -> None:
    pilot = Pilot.objects.with_parties().get(pk=pilot_id)
    if not services.lake_reading_is_due(pilot):
        return
    with suppress(UnavailableError):  # the next tick asks again
        services.read_lake(pilot=pilot)


@shared_task(
    name="pilots.dry_run",
    acks_late=True,
    autoretry_for=(UnavailableError,),
    retry_backoff=1,
    retry_backoff_max=30,
    retry_jitter=False,
    max_retries=40,
)
def dry_run(*, job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    if not job.is_over:
        services.run_dry_run(job=job)


@shared_task(name="pilots.send_past", acks_late=True)
def send_past(
    *, job_id: int, pilot_id: int, robots: list[tuple[int, str]], profile: str | None
) -> None:
    job = Job.objects.get(pk=job_id)
    if job.is_over:
        return
    services.send_past(
        job=job,
        pilot=Pilot.objects.with_parties().get(pk=pilot_id),
        robots=[(robot, datetime.fromisoformat(until)) for robot, until in robots],
        profile=profile,
    )
