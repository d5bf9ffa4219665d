"""Signs of life of the worker and of beat."""

from typing import Any

from celery import shared_task
from celery.signals import before_task_publish

from dispatch.services import beat

SIGN_OF_LIFE = "config.sign_of_life"


@shared_task(name=SIGN_OF_LIFE)
def sign_of_life() -> None:
    """Show that a task put out by beat reaches a worker."""
    beat("worker")


@before_task_publish.connect
def note_beat(sender: str, **_: Any) -> None:
    if sender == SIGN_OF_LIFE:
        beat("beat")
