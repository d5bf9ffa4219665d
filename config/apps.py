from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # The checks register themselves; the Celery application becomes current, so
        # that whoever sends a task finds the broker.
        from config import celery, checks  # noqa: F401, PLC0415
