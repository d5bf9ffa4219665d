"""Long readings of one pilot go one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection

from pilots.models import Pilot


class Reading(IntEnum):
    """What goes one at a time for a pilot: the first half of an advisory lock."""

    LOOKS = 0x70676B03
    LAKE = 0x70676B04


@contextmanager
def alone(reading: Reading, pilot: Pilot) -> Iterator[bool]:
    """Tell whether this is the only such reading of the pilot, and hold it so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [reading, pilot.pk])
        (is_alone,) = cursor.fetchone() or (False,)
        try:
            yield bool(is_alone)
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [reading, pilot.pk])
