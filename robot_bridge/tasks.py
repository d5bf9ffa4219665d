from celery import shared_task

from robot_bridge import services


@shared_task(name="robot_bridge.tidy_lake", acks_late=True)
def tidy_lake() -> None:
    """Merge small files; whatever holds it off now, the next turn is soon."""
    services.tidy_lake_as_job()
