"""Quantiles of durations: exact over the cases, and near enough over their bins.

The quantile is the nearest rank, a duration that was measured, never interpolated. A
bin holds the durations whose float64 agree in sign, exponent and the first seven bits
behind the point; its lower edge is less than a 128th below any of them. Bins add up.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil
from struct import pack, unpack
from typing import Final

import numpy as np
import numpy.typing as npt

BIN_BITS: Final = 45


def nearest_rank(values: Iterable[int], share: Fraction) -> int | None:
    """Return the smallest value that at least this share of all do not exceed."""
    ordered = sorted(values)
    return ordered[rank(len(ordered), share) - 1] if ordered else None


def rank(count: int, share: Fraction) -> int:
    """Return which of `count` values in order is the quantile, 1 the smallest.

    Raises:
        ValueError: a share that is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a quantile's share is above 0 and at most 1, not {share}")
    return ceil(share * count)


def bins_of(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the bin of each value; none of them is below 0."""
    return values.astype(np.float64).view(np.int64) >> BIN_BITS


def floor_of(number: int) -> int:
    """Return the smallest whole value of a bin."""
    (edge,) = unpack("<d", pack("<q", number << BIN_BITS))
    return ceil(edge)


def rank_in_bins(counts: Mapping[int, int], share: Fraction) -> int | None:
    """Return the lower edge of the bin in which the nearest rank lies."""
    wanted = rank(sum(counts.values()), share)
    for number in sorted(counts):
        wanted -= counts[number]
        if wanted <= 0 and counts[number]:
            return floor_of(number)
    return None
