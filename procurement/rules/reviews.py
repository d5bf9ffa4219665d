"""Rules on reviews and awards."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from procurement.rules.named import (
    GROUP_IS_ODD,
    REVIEWS_ARE_FINISHED,
    THREE_SUPPLIERS,
    Objection,
    gettext_noop,
)

SUPPLIERS_MAX: Final = 3
GROUP_MIN: Final = 3


def group_is_odd(route: str, finished: int) -> list[Objection]:
    """Check the number of reviewers; the law asks for a group in one route only."""
    if route != "cooperative_innovation":
        return []
    if finished >= GROUP_MIN and finished % 2:
        return []
    return [
        Objection(
            GROUP_IS_ODD,
            gettext_noop(
                "%(count)s reviewers finished; the group must be odd in number, "
                "three or more."
            ),
            {"count": finished},
        )
    ]


def reviews_are_finished(begun: int, finished: int) -> list[Objection]:
    if finished and begun == finished:
        return []
    return [
        Objection(
            REVIEWS_ARE_FINISHED,
            gettext_noop(
                "%(finished)s of %(begun)s reviews are finished; an award needs one "
                "at least, and all that began."
            ),
            {"finished": finished, "begun": begun},
        )
    ]


def at_most_three_suppliers(awarded: int) -> list[Objection]:
    """Check one more award against those already made for the same purchase."""
    if awarded < SUPPLIERS_MAX:
        return []
    return [
        Objection(
            THREE_SUPPLIERS,
            gettext_noop("%(count)s suppliers were awarded already."),
            {"count": awarded},
        )
    ]


def weighted_score(scores: Iterable[tuple[Decimal, int, int]]) -> Decimal:
    """Add up (points, highest score, weight in percent) to 0..100, two places."""
    total = sum(
        (points * weight / highest for points, highest, weight in scores), Decimal(0)
    )
    return total.quantize(Decimal("0.01"))


def every_criterion_is_scored(scored: int, asked: int) -> list[Objection]:
    if asked and scored == asked:
        return []
    return [
        Objection(
            REVIEWS_ARE_FINISHED,
            gettext_noop(
                "%(scored)s of %(asked)s criteria are scored; score them all."
            ),
            {"scored": scored, "asked": asked},
        )
    ]


def nobody_is_left_unread(pending: int, unread: int) -> list[Objection]:
    """Check the brief's other submissions: reviews under way, and none at all."""
    found = []
    if pending:
        found.append(
            Objection(
                REVIEWS_ARE_FINISHED,
                gettext_noop(
                    "%(pending)s reviews of other submissions to this brief are not "
                    "finished."
                ),
                {"pending": pending},
            )
        )
    if unread:
        found.append(
            Objection(
                REVIEWS_ARE_FINISHED,
                gettext_noop(
                    "%(unread)s other valid submissions to this brief were reviewed by "
                    "nobody."
                ),
                {"unread": unread},
            )
        )
    return found


def award_is_missing() -> list[Objection]:
    return [
        Objection(
            REVIEWS_ARE_FINISHED, gettext_noop("There is no award; make it first.")
        )
    ]
