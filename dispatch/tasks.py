from celery import shared_task

from dispatch import services


@shared_task(name="dispatch.relay")
def relay() -> int:
    return services.relay()
