from typing import Any

from celery import current_app


def send(payload: dict[str, Any]) -> None:
    """Hand one task to the broker; raises when the broker cannot be reached."""
    current_app.send_task(payload["task"], kwargs=payload["arguments"], retry=False)
