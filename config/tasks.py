"""The worker's sign of life."""

from celery import shared_task

from dispatch.services import beat


@shared_task(name="config.sign_of_life")
def sign_of_life() -> None:
    """Show that a task put out by beat reaches a worker."""
    beat("worker")
