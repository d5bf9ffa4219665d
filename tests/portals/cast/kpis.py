from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from kpis.services import compose_kpi
from tests.kpis.composing import QUICK, publish


def values(people: Mapping[str, User]) -> dict[str, Any]:
    """Compose a draft, and a KPI that is published."""
    official = people["official"]
    draft = compose_kpi(told=QUICK | {"key": "drafted"}, by=official)
    yesterday = timezone.localdate() - timedelta(days=1)
    return {
        "own_kpi.code": draft.code,
        "own_kpi_advance.target": "published",
        "own_kpi_version.code": publish(official).code,
        "own_kpi.day": yesterday.isoformat(),
    }
