"""All of a bundle computed again, and held against what it tells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from math import isclose
from pathlib import Path
from typing import Any

import pyarrow as pa

from pilotgate_offline import gate
from pilotgate_offline.archive import Archive, opened
from pilotgate_offline.counting import Counted, Integers, Key, Telemetry, count
from pilotgate_offline.duty import window_of
from pilotgate_offline.gate import Day, Evidence, Look, Verdict
from pilotgate_offline.terms import (
    Criterion,
    Definition,
    Scope,
    criteria_from,
    days_from,
    definitions_from,
    digest_of,
    reading,
    scope_from,
)

COVERAGE = "coverage"
CLAIMED = "claimed_per_counted_task"
# Floats over equal integers; libraries may differ in the last digits.
CLOSE = 1e-6
FLOATS = ("estimate", "low", "high", "statistic", "critical", "autocorrelation")
MOST_NAMED = 20


@dataclass(frozen=True)
class KpiReport:
    """One KPI: what the bundle tells, what was found, and where they differ."""

    kpi: str
    told: tuple[int, int, str]
    found: tuple[int, int, str]
    differences: tuple[str, ...]

    @property
    def result(self) -> str:
        return "different" if self.differences else "same"


@dataclass(frozen=True)
class Report:
    """What a verification came to. `faults` are of the file as a whole."""

    bundle: str
    review: str
    pilot: str
    look: tuple[int, str]
    key: str
    key_was_given: bool
    faults: tuple[str, ...]
    kpis: tuple[KpiReport, ...]
    told: str
    found: str

    @property
    def result(self) -> str:
        each = [kpi.result for kpi in self.kpis]
        is_same = not self.faults and self.told == self.found
        return "same" if is_same and "different" not in each else "different"

    def as_json(self) -> dict[str, Any]:
        kpis = [{**asdict(each), "result": each.result} for each in self.kpis]
        return {**asdict(self), "kpis": kpis, "result": self.result}


def verify(path: Path, key: str = "") -> Report:
    """Compute a bundle's integers and verdict again from its rows.

    `key`: the public key the platform publishes, in hexadecimal; "" trusts the one in
    the bundle, which then proves only that the bundle is whole.

    Raises:
        UnreadableError: the file is no bundle this program can read.
    """
    with opened(path, key) as archive:
        return _verified(path, archive, key_was_given=bool(key))


def _verified(path: Path, archive: Archive, *, key_was_given: bool) -> Report:
    scope = scope_from(archive.document("scope.json"))
    definitions = definitions_from(archive.document("definitions.json"))
    contract = archive.document("contract.json")
    told = archive.document("verdict.json")
    criteria = criteria_from(contract, definitions, scope.length)
    tables = {
        name: archive.table(f"{name}.parquet")
        for name in ("carried", "events", "samples", "signs", "ledger")
    }
    counted = count(Telemetry(**tables), definitions, scope)
    kept = integers_told(archive.table("integers.parquet"))
    with reading("contract.json"):
        looks = [gate.Look(number, on) for number, on in scope.looks]
        verdicts = [
            gate.assess(
                each,
                _evidence(each, scope, counted, robots_due=int(contract["robots"])),
                _own_looks(each, scope, looks),
            )
            for each in criteria
        ]
    with reading("verdict.json"):
        outcome = gate.overall(
            verdicts,
            blocking=_over_cap(scope, counted),
            voiding=_changed(contract, criteria, definitions),
        )
        faults = (
            *archive.faults,
            *_strange_rows(tables, scope),
            *_other_subject(archive, scope, told),
            *_other_time(scope, criteria),
            *_left_over(kept, counted, definitions),
        )
        return Report(
            bundle=path.name,
            review=str(told["review"]),
            pilot=scope.pilot,
            look=(scope.look[0], scope.look[1].isoformat()),
            key=archive.key,
            key_was_given=key_was_given,
            faults=tuple(faults),
            kpis=tuple(_kpis(told, verdicts, scope, kept, counted)),
            told=str(told["outcome"]),
            found=outcome,
        )


def integers_told(table: pa.Table) -> Counted:
    """Read integers.parquet as what was counted; null: excluded altogether."""
    kept: dict[Key, Integers] = {}
    whole: dict[Key, Integers] = {}
    with reading("integers.parquet"):
        for row in table.to_pylist():
            key = (row["robot_id"], date.fromisoformat(row["day"]), row["kpi"])
            whole[key] = (row["all_num"], row["all_den"], row["all_rows"])
            if row["den"] is not None:
                kept[key] = (row["num"], row["den"], row["rows"])
    return Counted(kept, whole, 0, 0)


def _own_looks(criterion: Criterion, scope: Scope, looks: Sequence[Look]) -> list[Look]:
    """Return the registered looks at which one criterion may decide."""
    days = days_from(scope.starts_on, scope.length)
    own = {days[number - 1] for number in criterion.look_days}
    return [look for look in looks if look.on in own]


def _evidence(
    criterion: Criterion, scope: Scope, counted: Counted, *, robots_due: int
) -> Evidence:
    as_of = scope.look[1]
    weekdays = {day for shift in scope.duty["shifts"] for day in shift["weekdays"]}
    due = tuple(
        on
        for on in days_from(scope.starts_on, criterion.window_days)
        if on <= scope.ends_on and on.weekday() in weekdays
    )
    known = [day for day in _fleet(counted, COVERAGE, as_of) if day.on in due]
    den = sum(day.den for day in known)
    return Evidence(
        kind=scope.evidence,
        days=_fleet(counted, criterion.kpi, as_of),
        due_days=due,
        as_of=as_of,
        coverage=Fraction(sum(day.num for day in known), den) if den else None,
        robots={
            code: _days(counted.kept, [robot], criterion.kpi, as_of)
            for robot, code in scope.robots.items()
        },
        robots_due=max(robots_due, len(scope.robots)),
        roll=_roll(scope, counted, [on for on in due if on <= as_of]),
        disagreement=_disagreement(scope, counted),
    )


def _roll(scope: Scope, counted: Counted, days: Sequence[date]) -> tuple[int, int]:
    """Count robot days due and heard; a contracted robot not there yet is due."""
    due = heard = 0
    for on in days:
        due += max(0, scope.contracted - sum(day <= on for day in scope.arrived))
        for robot in scope.robots:
            known_us, due_us, _ = counted.kept.get((robot, on, COVERAGE), (0, 0, 0))
            due += due_us > 0
            heard += known_us > 0
    return due, heard


def _disagreement(scope: Scope, counted: Counted) -> Fraction | None:
    """Say how far robots' count of tasks lies above what others counted of them."""
    claimed = others = 0
    for robot in scope.robots:
        days = _days(counted.kept, [robot], CLAIMED, scope.look[1])
        own = sum(day.den for day in days)
        if own:
            claimed += sum(day.num for day in days)
            others += own
    return Fraction(claimed - others, others) if others else None


def _fleet(counted: Counted, kpi: str, as_of: date) -> tuple[Day, ...]:
    return _days(counted.kept, {robot for robot, _, _ in counted.kept}, kpi, as_of)


def _days(
    integers: Mapping[Key, Integers], robots: Any, kpi: str, as_of: date
) -> tuple[Day, ...]:
    """Add up robots' integers day by day, up to the day that is judged."""
    found: dict[date, list[int]] = {}
    for (robot, on, key), told in integers.items():
        if key == kpi and robot in robots and on <= as_of:
            day = found.setdefault(on, [0, 0, 0])
            for place, number in enumerate(told):
                day[place] += number
    return tuple(Day(on, *found[on]) for on in sorted(found))


def _over_cap(scope: Scope, counted: Counted) -> list[str]:
    excluded = counted.whole_us - counted.due_us
    if counted.whole_us and Fraction(excluded, counted.whole_us) > scope.exclusions_cap:
        return ["exclusions_over_cap"]
    return []


def _changed(
    contract: Mapping[str, Any],
    criteria: Sequence[Criterion],
    definitions: Mapping[str, Definition],
) -> list[str]:
    """Say whether criteria or definitions are not those that were signed."""
    if digest_of(contract["criteria"]) != contract["criteria_digest"]:
        return ["criteria_changed"]
    if any(
        each.definition_digest
        and each.definition_digest != definitions[each.kpi].digest
        for each in criteria
    ):
        return ["definition_changed"]
    return []


def _strange_rows(tables: Mapping[str, pa.Table], scope: Scope) -> Iterator[str]:
    for name, table in tables.items():
        if strange := set(table["robot_id"].to_pylist()) - scope.robots.keys():
            yield f"{name}.parquet: rows of robot {min(strange)}, which is not measured"
        if "evidence" not in table.column_names:
            continue
        kinds = set(table["evidence"].unique().to_pylist()) - {scope.evidence}
        if kinds:
            yield f"{name}.parquet: rows of evidence kind {min(kinds)}"


def _other_subject(
    archive: Archive, scope: Scope, told: Mapping[str, Any]
) -> Iterator[str]:
    if archive.manifest.get("review") != told["review"]:
        yield "verdict.json: of another review than the manifest"
    if archive.manifest.get("pilot") != scope.pilot:
        yield "scope.json: of another pilot than the manifest"


def _other_time(scope: Scope, criteria: Sequence[Criterion]) -> Iterator[str]:
    """Name a window or looks that are not those the contract leads to."""
    if scope.window != window_of(scope.starts_on, scope.look[1], scope.duty):
        yield "scope.json: the window is not from the first day to the look"
    days = days_from(scope.starts_on, scope.length)
    agreed = {day for each in criteria for day in each.look_days} | {scope.length}
    looks = tuple((n, days[day - 1]) for n, day in enumerate(sorted(agreed), start=1))
    if scope.looks != looks:
        yield "scope.json: the looks are not those registered by the contract"


def _left_over(
    kept: Counted, counted: Counted, definitions: Mapping[str, Definition]
) -> Iterator[str]:
    """Name integers of KPIs that are not defined; the rest is said KPI by KPI."""
    for kpi in sorted({key for _, _, key in kept.whole} - definitions.keys()):
        yield f"integers.parquet: {kpi} is not defined"
    for differences in (_integer_differences(COVERAGE, kept, counted),):
        yield from (f"{COVERAGE}: {each}" for each in differences)


def _kpis(
    told: Mapping[str, Any],
    verdicts: Sequence[Verdict],
    scope: Scope,
    kept: Counted,
    counted: Counted,
) -> Iterator[KpiReport]:
    by_kpi = {each["kpi"]: each for each in told["kpis"]}
    for verdict in verdicts:
        own = by_kpi.pop(verdict.kpi, None)
        found = (verdict.num, verdict.den, verdict.outcome)
        if own is None:
            lost = ("verdict.json: it has no verdict",)
            yield KpiReport(verdict.kpi, (0, 0, ""), found, lost)
            continue
        differences = [
            *_integer_differences(verdict.kpi, kept, counted),
            *_value_differences(own, scope, counted),
            *_verdict_differences(own, verdict),
        ]
        shown = (own["num"], own["den"], own["outcome"])
        yield KpiReport(verdict.kpi, shown, found, tuple(differences[:MOST_NAMED]))
    for kpi in by_kpi:
        strange = ("verdict.json: the contract has no such criterion",)
        yield KpiReport(kpi, (0, 0, ""), (0, 0, ""), strange)


def _integer_differences(kpi: str, kept: Counted, counted: Counted) -> Iterator[str]:
    for words, told, found in (
        ("", kept.kept, counted.kept),
        (" with nothing excluded", kept.whole, counted.whole),
    ):
        for key in sorted(told.keys() | found.keys()):
            if key[2] == kpi and told.get(key) != found.get(key):
                yield (
                    f"robot {key[0]}, {key[1]}{words}: the bundle tells "
                    f"{_words(told.get(key))}, its rows give {_words(found.get(key))}"
                )


def _words(integers: Integers | None) -> str:
    if integers is None:
        return "nothing"
    return "{} / {} from {} rows".format(*integers)


def _value_differences(
    own: Mapping[str, Any], scope: Scope, counted: Counted
) -> Iterator[str]:
    for name, integers in (("value", counted.kept), ("unexcluded", counted.whole)):
        days = _days(integers, scope.robots.keys(), own["kpi"], scope.look[1])
        found = [sum(day.num for day in days), sum(day.den for day in days)]
        if own[name] != found:
            yield f"{name}: the bundle tells {own[name]}, its rows give {found}"


def _verdict_differences(own: Mapping[str, Any], verdict: Verdict) -> Iterator[str]:
    told = {
        "num": own["num"],
        "den": own["den"],
        "outcome": own["outcome"],
        "decides": own["decides"],
        "decided_at": own["decided_at"],
        "reasons": [code for code, _facts in own["reasons"]],
    }
    for name, value in told.items():
        found = getattr(verdict, name)
        found = list(found) if name == "reasons" else found
        if value != found:
            yield f"{name}: the bundle tells {value}, the law gives {found}"
    if len(own["readings"]) != len(verdict.readings):
        yield f"{len(own['readings'])} looks told, {len(verdict.readings)} read"
    for each, (look, found) in zip(own["readings"], verdict.readings, strict=False):
        yield from _reading_differences(each, look, found)


def _reading_differences(
    told: Mapping[str, Any], look: Look, found: gate.Reading
) -> Iterator[str]:
    where = f"look {look.number}"
    exact = {"look": look.number, "on": look.on.isoformat()}
    exact |= {name: getattr(found, name) for name in ("finding", "reason", "days")}
    for name, value in exact.items():
        if told[name] != value:
            yield f"{where}: {name}: the bundle tells {told[name]}, found {value}"
    for name in FLOATS:
        if not _close(told[name], getattr(found, name)):
            yield (
                f"{where}: {name}: the bundle tells {told[name]}, "
                f"found {getattr(found, name)}"
            )


def _close(told: str | None, found: float | None) -> bool:
    if told is None or found is None:
        return told is found
    return isclose(float(told), found, rel_tol=CLOSE, abs_tol=CLOSE)
