"""What waits for a person: each source looks through `visible_to` and the tables."""

from collections.abc import Callable, Iterable
from typing import Final

from accounts.models import User
from portals.presenters.pieces import Task

Source = Callable[[User], Iterable[Task]]

# Every app's pages add their source here; the order is the order on the page.
SOURCES: Final[tuple[Source, ...]] = ()


def todos_of(user: User) -> list[Task]:
    """Collect what this person could do next."""
    return [task for source in SOURCES for task in source(user)]
