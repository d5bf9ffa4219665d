"""Puts out what is due by the clock. It knows when, and none of the tasks.

Run: python -m celery -A config.beat beat
"""

from typing import Any, Final

from celery import Celery
from celery.signals import after_task_publish, beat_init

from config import homes, settings

SIGN_OF_LIFE: Final = "config.sign_of_life"
DUE_EVERY_S: Final = {
    SIGN_OF_LIFE: 5.0,
    "dispatch.relay": 2.0,
    "pilots.tick": 30.0,
    "procurement.close_due_calls": 5.0,
    "robot_bridge.tidy_lake": 180.0,
}
# A task that nobody took in this time is put out again anyway.
EXPIRES_S: Final = 10

# Without Django and the tasks this process is a quarter as large, and up at once.
app = Celery("pilotgate", fixups=(), set_as_current=False)
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    timezone="UTC",
    beat_schedule={
        task: {"task": task, "schedule": every_s, "options": {"expires": EXPIRES_S}}
        for task, every_s in DUE_EVERY_S.items()
    },
)


@beat_init.connect
def show_life_at_once(**_: Any) -> None:
    """Let the start of the platform not wait for the first turn of the clock."""
    app.send_task(SIGN_OF_LIFE, expires=EXPIRES_S)


@after_task_publish.connect
def note_life(sender: str, **_: Any) -> None:
    if sender == SIGN_OF_LIFE:
        homes.show_life(settings.PILOTGATE_HOME, "beat")
