"""Where states need repair."""

from collections.abc import Iterable

from django.utils import timezone

from kpis.models import DirtyRange
from robot_bridge.telemetry import Window


def mark_dirty(robot_id: int, window: Window) -> None:
    """Note that a robot's states inside the window are not those of its rows.

    Ranges that touch become one, which counts as found when the first of them was.
    """
    now = timezone.now()
    near = list(
        DirtyRange.objects.select_for_update().filter(
            robot_id=robot_id,
            start_us__lte=window.end_us,
            end_us__gte=window.start_us,
        )
    )
    DirtyRange.objects.filter(pk__in=[each.pk for each in near]).delete()
    DirtyRange.objects.create(
        robot_id=robot_id,
        start_us=min([window.start_us, *(each.start_us for each in near)]),
        end_us=max([window.end_us, *(each.end_us for each in near)]),
        found_at=min([now, *(each.found_at for each in near)]),
        touched_at=now,
    )


def is_dirty(robot_ids: Iterable[int], window: Window) -> bool:
    """Say whether a repair may still change states inside the window."""
    return DirtyRange.objects.touching(robot_ids, window).exists()
