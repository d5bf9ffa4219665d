"""A bar on a person's terminal; nothing where the output is not one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress import TimeRemainingColumn as Remaining

Told = Callable[[int, int], None]


@contextmanager
def bar(out: OutputWrapper, title: str, *others: Told) -> Iterator[Told]:
    """Yield a function of done and total; the others are told the same, after it."""
    console = Console(file=cast("IO[str]", out), force_terminal=out.isatty())
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(
        *columns,
        Remaining(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as drawn:
        line = drawn.add_task(title, total=None)

        def tell(done: int, total: int) -> None:
            drawn.update(line, completed=done, total=total)
            for other in others:
                other(done, total)

        yield tell
