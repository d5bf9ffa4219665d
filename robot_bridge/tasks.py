from celery import shared_task

from robot_bridge import services


@shared_task(name="robot_bridge.tidy_lake", acks_late=True)
def tidy_lake() -> None:
    services.tidy_lake()
