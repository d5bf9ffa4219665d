"""Exact bounds that are read once, at a registered end."""

import math

import scipy


def clopper_pearson(done: int, tried: int, alpha: float) -> tuple[float, float]:
    """Return the two one-sided 1 - alpha bounds of a share."""
    check_share(done, tried)
    if tried == 0:
        return 0.0, 1.0
    low = (
        float(scipy.special.betaincinv(done, tried - done + 1, alpha)) if done else 0.0
    )
    high = (
        float(scipy.special.betaincinv(done + 1, tried - done, 1 - alpha))
        if done < tried
        else 1.0
    )
    return low, high


def wilson(done: int, tried: int, alpha: float) -> tuple[float, float]:
    """Return the two one-sided 1 - alpha Wilson bounds, for display only."""
    check_share(done, tried)
    if tried == 0:
        return 0.0, 1.0
    z = float(-scipy.special.ndtri(alpha))
    share = done / tried
    centre = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    half = (
        z
        * math.sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried))
        / (1 + z * z / tried)
    )
    return max(0.0, centre - half), min(1.0, centre + half)


def mtbf_low_time_terminated(hours: float, failures: int, alpha: float) -> float:
    """Lower 1 - alpha bound of the MTBF when the end was fixed beforehand."""
    return 2 * hours / float(scipy.special.chdtri(2 * failures + 2, alpha))


def mtbf_low_failure_terminated(hours: float, failures: int, alpha: float) -> float:
    """Lower 1 - alpha bound of the MTBF when the last failure ended the test."""
    if failures == 0:
        return 0.0
    return 2 * hours / float(scipy.special.chdtri(2 * failures, alpha))


def mtbf_span(hours: float, failures: int, alpha: float) -> tuple[float, float]:
    """Return the two one-sided bounds of the MTBF at a fixed end; high may be inf."""
    low = mtbf_low_time_terminated(hours, failures, alpha)
    if failures == 0:
        return low, math.inf
    return low, 2 * hours / float(scipy.special.chdtri(2 * failures, 1 - alpha))


def fixed_plan_risks(
    *, discrimination: float, length: float, accepted: int
) -> tuple[float, float]:
    """Return producer's and consumer's risk of a fixed-length MTBF test.

    Args:
        discrimination: upper test MTBF over lower test MTBF.
        length: test time in multiples of the lower test MTBF.
        accepted: most failures at which the robot is still accepted.

    Source: MIL-HDBK-781A, fixed-duration test plans.
    """
    producer = 1 - float(scipy.special.pdtr(accepted, length / discrimination))
    consumer = float(scipy.special.pdtr(accepted, length))
    return producer, consumer


def check_share(done: int, tried: int) -> None:
    if not 0 <= done <= tried:
        raise ValueError(f"a share needs 0 <= done <= tried, not {done} of {tried}")
