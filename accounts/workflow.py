"""Who may move what: transition tables and their one writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.enums import Role
from accounts.errors import TransitionRefusedError

if TYPE_CHECKING:
    from django.db import models

    from accounts.models import User

Subject = TypeVar("Subject", bound="models.Model")
Guard = Callable[[Any], str]


@dataclass(frozen=True, slots=True, init=False)
class Transition:
    """One legal move: from source to target, by these roles, if the guard is silent.

    A guard takes the locked subject and returns its objection as a sentence with
    the rule's name, or "". `rule` names the article or rule that allows the move.
    """

    source: str
    target: str
    roles: frozenset[Role]
    guard: Guard | None
    rule: str

    def __init__(
        self,
        source: str,
        target: str,
        *roles: Role,
        guard: Guard | None = None,
        rule: str = "",
    ) -> None:
        for name, value in (
            ("source", str(source)),
            ("target", str(target)),
            ("roles", frozenset(roles)),
            ("guard", guard),
            ("rule", rule),
        ):
            object.__setattr__(self, name, value)

    def objection(self, subject: models.Model) -> str:
        return self.guard(subject) if self.guard else ""


@dataclass(frozen=True, slots=True)
class Move:
    """A button to draw: where it leads, and why it is closed if it is."""

    target: str
    label: str
    objection: str

    @property
    def is_open(self) -> bool:
        return not self.objection


def available(
    table: Iterable[Transition], subject: models.Model, user: User
) -> list[Move]:
    """Return the moves this person could make from here, each with its objection."""
    state = cast("models.Field[str, str]", subject._meta.get_field("state"))
    labels = dict(state.flatchoices)
    return [
        Move(each.target, str(labels[each.target]), each.objection(subject))
        for each in table
        if each.source == _state(subject) and user.role in each.roles
    ]


@transaction.atomic
def advance(
    table: Iterable[Transition],
    subject: Subject,
    target: str,
    *,
    by: User,
    reason: str = "",
) -> Subject:
    """Move a subject to a target state. The only writer of `state`.

    Locks the row, looks for the transition, asks its guard, saves, and records the
    deed. The instance handed in is brought up to date.

    Raises:
        TransitionRefusedError: no such move from here, not this role's, or a guard
            objects; the message says which moves are open.
    """
    table = tuple(table)
    locked = type(subject)._base_manager.select_for_update().get(pk=subject.pk)
    source = _state(locked)
    chosen = next(
        (
            each
            for each in table
            if (each.source, each.target) == (source, target) and by.role in each.roles
        ),
        None,
    )
    if chosen is None:
        open_moves = ", ".join(
            move.target for move in available(table, locked, by) if move.is_open
        )
        raise TransitionRefusedError(
            _(
                "%(subject)s: a %(role)s cannot move %(source)s to %(target)s; "
                "open moves: %(open)s."
            )
            % {
                "subject": locked,
                "role": by.role,
                "source": source,
                "target": target,
                "open": open_moves or _("none"),
            }
        )
    if objection := chosen.objection(locked):
        raise TransitionRefusedError(objection, code=chosen.rule)
    locked.state = target  # type: ignore[attr-defined]
    locked.save(update_fields=["state"])
    subject.state = target  # type: ignore[attr-defined]
    audit.record(
        locked,
        "moved",
        by=by,
        source=source,
        target=str(target),
        reason=reason,
        rule=chosen.rule,
    )
    return subject


def _state(subject: models.Model) -> str:
    return str(subject.state)  # type: ignore[attr-defined]
