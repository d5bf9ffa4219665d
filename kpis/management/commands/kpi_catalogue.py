from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kpis.reports import catalogue


class Command(BaseCommand):
    help = "Write docs/kpis.md from the KPI definitions."

    def handle(self, *_args: Any, **_options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "kpis.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(catalogue(), encoding="utf-8")
        self.stdout.write(f"{path} written")
