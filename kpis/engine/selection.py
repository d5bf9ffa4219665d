"""One part of a composed KPI: which rows it takes in, and whether there can be any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as defaulted
from typing import Any, Final

from kpis.engine.definition import Condition, Part, Source, gettext_noop
from kpis.engine.vocabulary import (
    COLUMNS,
    NEVER_SUMMED,
    ONLY_OF,
    REFS_OF_KIND,
    SUMS,
    VALUES_OF_KIND,
    Column,
)
from robot_bridge.telemetry import Kind

MOST_CONDITIONS: Final = 6
MOST_VALUES: Final = 20
LONGEST_VALUE: Final = 120
INT64: Final = 2**63

NO_PART: Final = gettext_noop("Name an integer, or say what is counted over.")
UNKNOWN_SOURCE: Final = gettext_noop(
    "Nothing is counted over “%(told)s”; there are: %(known)s."
)
UNKNOWN_SUM: Final = gettext_noop(
    "“%(told)s” cannot be summed here; there is: %(known)s."
)
NEEDS_SUM: Final = gettext_noop("Say what is summed: %(known)s.")
TOO_MANY: Final = gettext_noop("%(n)s at most.")
NOT_READ: Final = gettext_noop("A filter is a column with its values, or with a bound.")
UNKNOWN_COLUMN: Final = gettext_noop(
    "There is no column “%(told)s” here; there are: %(known)s."
)
TWO_TESTS: Final = gettext_noop("Give values or a bound, one of the two.")
NOT_BOUNDED: Final = gettext_noop("“%(column)s” takes values, no bound.")
NOT_WHOLE: Final = gettext_noop(
    "“%(column)s” holds whole numbers; “%(told)s” is not one."
)
NOT_TEXT: Final = gettext_noop(
    "“%(column)s” holds words of 1 to 120 signs; “%(told)s” is none."
)
NEVER_HAS: Final = gettext_noop(
    "“%(column)s” is never “%(told)s”, so nothing would be counted; it can be: "
    "%(known)s."
)
NEVER_LESS: Final = gettext_noop(
    "No time is shorter than 0, so nothing would be counted."
)
NEVER_BOTH: Final = gettext_noop(
    "“%(column)s” is asked twice and cannot be both, so nothing would be counted."
)
NEVER_CHANGES: Final = gettext_noop(
    "A change comes from another value than it leads to, so nothing would be counted."
)
NEEDS_KIND: Final = gettext_noop("Say which kind of event: a filter on “kind”.")
NEEDS_METRIC: Final = gettext_noop(
    "Say which one metric is read: a filter on “metric” with one value."
)
OTHER_KIND: Final = gettext_noop(
    "“%(column)s” says something of the kind “%(kind)s” alone."
)
NOT_SUMMED: Final = gettext_noop("Summing “%(metric)s” says nothing; choose another.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, in words to be translated, and the facts in them."""

    field: str
    text: str
    facts: Mapping[str, str | int] = defaulted(default_factory=dict)


def read_part(told: Any, at: str) -> tuple[Part | None, list[Fault]]:
    """Read a part that is told as data; `at` is its field. No part without faults."""
    if not isinstance(told, Mapping) or not told.get("over"):
        return None, [Fault(at, NO_PART)]
    if told["over"] not in list(COLUMNS):
        known = ", ".join(COLUMNS)
        facts = {"told": str(told["over"])[:60], "known": known}
        return None, [Fault(f"{at}.over", UNKNOWN_SOURCE, facts)]
    over, sums = Source(told["over"]), told.get("sums") or ""
    faults = list(_faults_of_sum(over, sums, f"{at}.sums"))
    where, wrong = _conditions(over, told.get("where") or [], f"{at}.where")
    faults += wrong
    if not faults:
        faults = list(_faults_of_rows(over, sums, where, at))
    return (None if faults else Part("", over, sums, where)), faults


def _faults_of_sum(over: Source, sums: Any, at: str) -> Iterator[Fault]:
    if isinstance(sums, str) and sums in SUMS[over]:
        return
    known = ", ".join(name for name in SUMS[over] if name)
    if not sums:
        yield Fault(at, NEEDS_SUM, {"known": known})
    else:
        yield Fault(at, UNKNOWN_SUM, {"told": str(sums)[:60], "known": known or "—"})


def _conditions(
    over: Source, told: Any, at: str
) -> tuple[tuple[Condition, ...], list[Fault]]:
    if not isinstance(told, Sequence) or isinstance(told, str):
        return (), [Fault(at, NOT_READ)]
    if len(told) > MOST_CONDITIONS:
        return (), [Fault(at, TOO_MANY, {"n": MOST_CONDITIONS})]
    found, faults = [], []
    for number, each in enumerate(told):
        condition, wrong = _condition(over, each, f"{at}.{number}")
        faults += wrong
        if condition is not None:
            found.append(condition)
    return tuple(sorted(set(found), key=str)), faults


def _condition(
    over: Source, told: Any, at: str
) -> tuple[Condition | None, list[Fault]]:
    if not isinstance(told, Mapping) or not isinstance(told.get("column"), str):
        return None, [Fault(f"{at}.column", NOT_READ)]
    name = told["column"]
    column = COLUMNS[over].get(name)
    if column is None:
        known = ", ".join(COLUMNS[over]) or "—"
        facts = {"told": name[:60], "known": known}
        return None, [Fault(f"{at}.column", UNKNOWN_COLUMN, facts)]
    values, bound = told.get("one_of") or [], told.get("at_most")
    if bool(values) == (bound is not None):
        faults = [Fault(f"{at}.one_of", TWO_TESTS)]
    elif bound is not None:
        faults = list(_faults_of_bound(name, column, bound, f"{at}.at_most"))
    else:
        faults = list(_faults_of_values(name, column, values, f"{at}.one_of"))
    if faults:
        return None, faults
    one_of = tuple(sorted(set(values), key=str))
    return Condition(name, one_of=one_of, at_most=bound), []


def _faults_of_values(
    name: str, column: Column, values: Any, at: str
) -> Iterator[Fault]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        yield Fault(at, NOT_READ)
    elif len(values) > MOST_VALUES:
        yield Fault(at, TOO_MANY, {"n": MOST_VALUES})
    else:
        for each in values:
            yield from _faults_of(name, column, each, at)


def _faults_of_bound(name: str, column: Column, bound: Any, at: str) -> Iterator[Fault]:
    if not column.bounded:
        yield Fault(at, NOT_BOUNDED, {"column": name})
    elif not _is_whole(bound):
        yield Fault(at, NOT_WHOLE, {"column": name, "told": str(bound)[:60]})
    elif column.unit and bound < 0:
        yield Fault(at, NEVER_LESS)


def _faults_of(name: str, column: Column, value: Any, at: str) -> Iterator[Fault]:
    facts: dict[str, str | int] = {"column": name, "told": str(value)[:60]}
    fits = (
        isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE
        if column.is_text
        else _is_whole(value)
    )
    if not fits:
        text = NOT_TEXT if column.is_text else NOT_WHOLE
        yield Fault(at, text, facts)
    elif column.values and value not in column.values:
        known = ", ".join(str(each) for each in column.values)
        yield Fault(at, NEVER_HAS, facts | {"known": known})


def _is_whole(value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and -INT64 <= value < INT64


def _faults_of_rows(
    over: Source, sums: str, where: Sequence[Condition], at: str
) -> Iterator[Fault]:
    """Say why no row could ever be taken in, or too many kinds of row."""
    values = {each.column: each.one_of for each in where if each.one_of}
    twice = sorted(
        {
            each.column
            for each in where
            if sum(other.column == each.column for other in where) > 1
        }
    )
    for column in twice:
        yield Fault(f"{at}.where", NEVER_BOTH, {"column": column})
    if over is Source.EDGES and not twice:
        yield from _faults_of_change(values, at)
    if over is Source.READINGS and not twice:
        yield from _faults_of_reading(sums, values.get("metric", ()), where, at)


def _faults_of_change(
    values: Mapping[str, tuple[str | int, ...]], at: str
) -> Iterator[Fault]:
    kinds = [str(kind) for kind in values.get("kind", ())]
    if not kinds:
        yield Fault(f"{at}.where", NEEDS_KIND)
        return
    for column, kind in ONLY_OF.items():
        if column in values and kinds != [kind]:
            facts = {"column": column, "kind": str(kind)}
            yield Fault(f"{at}.where", OTHER_KIND, facts)
    for column, known in (
        ("value", VALUES_OF_KIND),
        ("was", VALUES_OF_KIND),
        ("ref", REFS_OF_KIND),
    ):
        yield from _never_had(column, kinds, known, values, at)
    alike = values.get("value") == values.get("was") and len(values.get("was", ())) == 1
    if alike and Kind.FAULT not in kinds:
        yield Fault(f"{at}.where", NEVER_CHANGES)


def _never_had(
    column: str,
    kinds: Sequence[str],
    known: Mapping[str, tuple[str, ...]],
    values: Mapping[str, tuple[str | int, ...]],
    at: str,
) -> Iterator[Fault]:
    """Find values that no change of these kinds ever comes to."""
    if any(not known.get(kind) for kind in kinds):
        return
    had = [value for kind in kinds for value in known[kind]]
    for value in values.get(column, ()):
        if value not in had:
            facts = {
                "column": column,
                "told": str(value)[:60],
                "known": ", ".join(had),
            }
            yield Fault(f"{at}.where", NEVER_HAS, facts)


def _faults_of_reading(
    sums: str,
    metrics: tuple[str | int, ...],
    where: Sequence[Condition],
    at: str,
) -> Iterator[Fault]:
    if not metrics or (len(metrics) != 1 and (sums or len(where) > 1)):
        yield Fault(f"{at}.where", NEEDS_METRIC)
    elif sums and metrics[0] in NEVER_SUMMED:
        yield Fault(f"{at}.sums", NOT_SUMMED, {"metric": str(metrics[0])})
