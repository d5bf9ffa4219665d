"""The Celery application: when things run. What they do is each app's."""

import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish
from django.conf import settings

from dispatch.services import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SIGN_OF_LIFE = "config.sign_of_life"

app = Celery("pilotgate")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    # A task longer than this would be handed out again; each is idempotent anyway.
    broker_transport_options={"visibility_timeout": 6 * 3600},
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="UTC",
    beat_schedule={
        SIGN_OF_LIFE: {
            "task": SIGN_OF_LIFE,
            "schedule": 5.0,
            "options": {"expires": 10},
        },
    },
)
app.autodiscover_tasks()


@app.task(name=SIGN_OF_LIFE)
def sign_of_life() -> None:
    """Show that a task put out by beat reaches a worker."""
    beat("worker")


@before_task_publish.connect
def note_beat(sender: str, **_: Any) -> None:
    if sender == SIGN_OF_LIFE:
        beat("beat")
