"""Timed moves: envelopes round services."""

from celery import shared_task

from procurement import services


@shared_task(name="procurement.close_due_calls", acks_late=True)
def close_due_calls() -> None:
    services.close_due_calls()
