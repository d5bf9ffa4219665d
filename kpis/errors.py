"""What may go wrong around states and measurements."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.errors import InvalidInputError, UnavailableError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was composed: at which field, and a sentence."""

    field: str
    sentence: str


class CompositionRefusedError(InvalidInputError):
    """A KPI that cannot be; `problems` lists all that is wrong, field by field."""

    code = "kpi_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = list(problems)


class LakeBehindError(UnavailableError):
    """The lake does not hold every settled row yet."""

    code = "lake_behind"


class SettlerBusyError(UnavailableError):
    """Another process settles, and there is one at a time."""

    code = "settler_busy"
