"""KPIs that a city composed."""

from kpis.models import ComposedKpi
from kpis.services import compose_kpi
from tests.factories.people import numbers
from tests.kpis.composing import QUICK


def values(cast, size):
    first = compose_kpi(told=QUICK, by=cast["official"])
    ComposedKpi.objects.bulk_create(
        ComposedKpi(
            code=f"CK-{next(numbers)}",
            city=first.city,
            name=f"quick_{number}",
            version=1,
            key=f"city.{first.city.code}.quick_{number}.v1",
            definition=first.definition,
            digest=first.digest,
            composed_by=first.composed_by,
        )
        for number in range(size)
    )
    return {"own_kpi.code": first.code}
