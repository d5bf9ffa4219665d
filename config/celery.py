"""The Celery application: when things run. What they do is each app's."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

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
        task: {"task": task, "schedule": every_s, "options": {"expires": 10}}
        for task, every_s in {
            "config.sign_of_life": 5.0,
            "dispatch.relay": 2.0,
            "pilots.tick": 30.0,
            "procurement.close_due_calls": 5.0,
            "robot_bridge.tidy_lake": 180.0,
        }.items()
    },
)
app.autodiscover_tasks()
