"""The transitions a person may make, as buttons."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from accounts.workflow import Transition, available
from portals.presenters.pieces import Move
from portals.requests import actor


def moves_of(
    request: HttpRequest,
    table: Iterable[Transition],
    subject: Model,
    *,
    url_name: str,
    words: Mapping[str, Move] | None = None,
    reasons: Collection[str] = (),
) -> list[Move]:
    """List the buttons for a subject; a closed one carries its objection.

    `url_name` is a POST page of this portal that takes code and target; `words` has,
    by target, a Move whose label, tone, question and icon to use; `reasons` are the
    targets that need a reason.
    """
    match = request.resolver_match
    portal = match.namespace if match else ""
    code = getattr(subject, "code", subject.pk)
    drawn = []
    for move in available(table, subject, actor(request)):
        target = str(move.target)
        word = (words or {}).get(target, Move(move.label, ""))
        drawn.append(
            Move(
                label=word.label,
                url=reverse(f"{portal}:{url_name}", args=[code, target]),
                tone=word.tone,
                asks_reason=target in reasons,
                confirm=word.confirm,
                icon=word.icon,
                objection=move.objection,
            )
        )
    return drawn
