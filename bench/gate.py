"""The gate's law, simulated: how often it passes what it must not, and what it should.

Data: pilots drawn with a seed of each cell's own (bench/_gate_paths.py), judged by the
very law (kpis.engine.statistics.paths, which a test holds equal to pilots.gate).
Each share is judged by its one-sided 95 % Clopper-Pearson bound. Baselines: a daily
peek at the estimate so far, that estimate above the minimum seven days running, a 95 %
Clopper-Pearson bound peeked daily; all three from the seventh day, over 4,000 runs.

Run: python -m bench.gate [--runs 40000] [--only NAME]
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from bench._gate_paths import Cell, decisions, naive
from config import places
from kpis.engine.statistics import clopper_pearson

RUNS: Final = 40_000
CONFIDENCE_ALPHA: Final = 0.05
ICCS: Final = (0.0, 0.05, 0.1, 0.2)
WINDOWS: Final = (28, 56, 84)


def cells() -> Iterator[Cell]:
    yield from independent_days()
    yield from dependent_days()
    yield from unequal_days()
    yield from perfect_streaks()
    yield from bursts()
    yield from failures_over_time()
    yield from power()
    yield from limits()


def independent_days() -> Iterator[Cell]:
    for days in WINDOWS:
        for icc in ICCS:
            name = f"independent, {days} days, ICC {icc}"
            yield Cell(name, days, icc=icc, most=0.05)
    for icc in (0.01, 0.05):
        name = f"independent time shares, spread {icc}"
        yield Cell(name, icc=icc, tasks=(0, 0), most=0.05)


def dependent_days() -> Iterator[Cell]:
    for days in WINDOWS:
        for icc in ICCS[1:]:
            name = f"correlation 0.3, {days} days, ICC {icc}"
            yield Cell(name, days, icc=icc, correlation=0.3, most=0.065)
    for days in (56, 84):
        for icc in ICCS[1:]:
            name = f"correlation 0.6, {days} days, ICC {icc}: left open"
            yield Cell(name, days, icc=icc, correlation=0.6, ask="open", least=0.5)


def unequal_days() -> Iterator[Cell]:
    for days in WINDOWS:
        for icc in ICCS:
            name = f"5 to 200 tasks, {days} days, ICC {icc}"
            yield Cell(name, days, icc=icc, tasks=(5, 200), most=0.06)
    for icc in ICCS:
        name = f"a fifth missing, 56 days, ICC {icc}"
        yield Cell(name, icc=icc, missing=0.2, most=0.06)
        name = f"a fifth missing, 5 to 200 tasks, 84 days, ICC {icc}"
        yield Cell(name, 84, icc=icc, tasks=(5, 200), missing=0.2, most=0.06)


def perfect_streaks() -> Iterator[Cell]:
    for days in (28, 56):
        for minimum, tasks in ((0.9, 5), (0.95, 5), (0.98, 50), (0.99, 20)):
            for icc in (0.0, 0.2):
                name = f"streaks, {minimum}, {tasks} tasks, {days} days, ICC {icc}"
                shape = (tasks, tasks)
                yield Cell(name, days, minimum, icc=icc, tasks=shape, most=0.06)
            name = f"streaks at their likeliest, {minimum}, {tasks} tasks, {days} days"
            shape = (tasks, tasks)
            yield Cell(name, days, minimum, perfect=0.2, tasks=shape, most=0.06)


def bursts() -> Iterator[Cell]:
    for days in WINDOWS:
        for chance, low in ((0.1, 0.6), (0.1, 0.8), (0.2, 0.8)):
            name = f"bursts, {days} days, one day in {1 / chance:.0f} at {low}"
            yield Cell(name, days, bursts=(chance, low, 0.0), most=0.06)
    for days in (56, 84):
        name = f"bursts of two days, {days} days, one day in 5 at 0.8"
        yield Cell(name, days, bursts=(0.2, 0.8, 0.5), most=0.06)


def failures_over_time() -> Iterator[Cell]:
    for mtbf in (20.0, 35.0, 50.0, 100.0):
        for cluster in (1.0, 1.5, 2.0):
            name = f"failures, MTBF {mtbf:.0f} h, bursts of {cluster}"
            yield Cell(name, minimum=mtbf, counts=True, cluster=cluster, most=0.06)
    name = "failures, MTBF 20 h, bursts of 4"
    yield Cell(name, minimum=20.0, counts=True, cluster=4.0, most=0.06)


def power() -> Iterator[Cell]:
    for icc, least in ((0.0, 0.95), (0.05, 0.55)):
        name = f"at target 0.95, minimum 0.93, ICC {icc}"
        yield Cell(name, minimum=0.93, true=0.95, icc=icc, least=least)


def limits() -> Iterator[Cell]:
    """Yield what no law with this power can hold; shown, not judged."""
    yield Cell("limit: one day in 20 at 0.475", bursts=(0.05, 0.475, 0.0))
    yield Cell("limit: correlation 0.6", icc=0.05, correlation=0.6)
    name = "limit: failures, MTBF 50 h, bursts of 4"
    yield Cell(name, minimum=50.0, counts=True, cluster=4.0)


def measure(cell: Cell, runs: int) -> dict[str, Any]:
    found, done, due = decisions(cell, runs)
    asked = int((found == 1).sum() if cell.ask == "passes" else (found == 0).sum())
    low, high = clopper_pearson(asked, runs, CONFIDENCE_ALPHA)
    held = (cell.most is None or high <= cell.most) and (
        cell.least is None or low >= cell.least
    )
    rules = {} if cell.counts else naive(done, due, cell.minimum)
    return {
        "cell": cell.name,
        "asked": cell.ask,
        "runs": runs,
        "share": asked / runs,
        "low": low,
        "high": high,
        "most": cell.most,
        "least": cell.least,
        "held": held,
        "failed": float((found == -1).mean()),
        "open": float((found == 0).mean()),
        "naive": rules,
    }


def line(row: dict[str, Any]) -> str:
    bound = ""
    if row["most"] is not None:
        bound = f"{row['high']:.4f} <= {row['most']:<6}"
    if row["least"] is not None:
        bound = f"{row['low']:.4f} >= {row['least']:<6}"
    rules = row["naive"] or dict.fromkeys(("peek", "seven", "exact"), np.nan)
    shares = "".join(f"{rules[key]:>8.3f}" for key in ("peek", "seven", "exact"))
    mark = "" if row["held"] else "  MISSED"
    return f"{row['cell']:<54}{row['share']:>8.4f}  {bound:<17}{shares}{mark}"


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.gate")
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("--only", default="")
    told = asked.parse_args()
    start = time.monotonic()
    print(f"{told.runs:,} runs a cell; at the minimum unless a cell says otherwise")
    print(f"{'':<54}{'share':>8}  {'its bound':<17}{'peek':>8}{'seven':>8}{'exact':>8}")
    asked_cells = [cell for cell in cells() if told.only in cell.name]
    rows = []
    with multiprocessing.get_context("spawn").Pool() as pool:
        for row in pool.imap(partial(measure, runs=told.runs), asked_cells):
            rows.append(row)
            print(line(row), flush=True)
    missed = [row["cell"] for row in rows if not row["held"]]
    kept = {"runs": told.runs, "seconds": time.monotonic() - start, "cells": rows}
    results = places.CHECKOUT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "gate.json").write_text(json.dumps(kept, indent=2) + "\n")
    print(f"{len(rows)} cells in {kept['seconds']:.0f} s; {len(missed)} missed")
    if missed:
        raise SystemExit("the law misses: " + "; ".join(missed))


if __name__ == "__main__":
    main()
