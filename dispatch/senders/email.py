from typing import Any

from django.core.mail import send_mail


def send(payload: dict[str, Any]) -> None:
    """Hand one plain-text e-mail to Django's back end."""
    send_mail(payload["subject"], payload["text"], None, [payload["to"]])
