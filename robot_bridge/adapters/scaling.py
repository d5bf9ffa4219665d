"""Readings to scaled integers, whole columns at a time."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from robot_bridge.errors import MalformedMessageError
from robot_bridge.telemetry import (
    METRIC_SEPARATOR,
    METRICS,
    Metric,
    Quality,
    SampleColumns,
)

Micros = npt.NDArray[np.int64]
MAX_KEY: Final = 64
Reading = float | None


@lru_cache(maxsize=4096)
def metric_named(key: str) -> Metric:
    """Return the metric a column's name begins with, as in "temp_c.j3".

    Raises:
        MalformedMessageError: no such metric, so that its unit is not known.
    """
    base, separator, part = key.partition(METRIC_SEPARATOR)
    metric = METRICS.get(base)
    if metric is None or (separator and not part) or len(key) > MAX_KEY:
        raise MalformedMessageError(
            f"metric {key!r} is not known, so its unit is not either; known metrics "
            f"are {', '.join(METRICS)}, each with a part behind a dot if needed.",
            code="unknown_metric",
        )
    return metric


def scale_column(
    key: str, ts_us: Micros, readings: Sequence[Reading]
) -> tuple[SampleColumns, int]:
    """Scale one metric's readings; absent or impossible ones are left out.

    Returns:
        The samples, and Quality.PARTIAL when a reading was left out, else 0.
    """
    metric = metric_named(key)
    values = np.array(readings, dtype=np.float64)
    kept = (values >= metric.low) & (values <= metric.high)  # NaN is neither
    quality = 0
    if not kept.all():
        ts_us, values, quality = ts_us[kept], values[kept], int(Quality.PARTIAL)
    scaled = np.rint(values * metric.steps).astype(np.int64)
    return SampleColumns(key, ts_us, scaled), quality
