"""What the gate's law makes of a fleet, whatever its robots are called.

Seeds and serials are a newcomer's own, so no luck of one of them may count.
"""

import zlib
from random import Random

import pytest

from pilots.gate import Outcome, overall
from portals.management.city.texts import kpi
from tests.robot_bridge.lives import lived, verdicts

ASKED = [
    kpi("availability", "0.85", "0.93"),
    kpi("task_success", "0.95", "0.98"),
    kpi("mtbf", "8", "24"),
    kpi("repairs_within_30_min", "0.9", "0.97"),
]
TYPED = [
    *("1", "A-1", "R2D2", "QY-S2-901", "QY-S2-902", "SN.000", "robot_7", "x", "Z" * 64),
    *("2026-01", "test", "TEST", "Robot.A", "AGV-17", "m-1", "0", "7.7", "dev", "demo"),
    "Line-1.b",
]


@pytest.mark.parametrize(
    ("profile", "days", "outcome"),
    [
        ("welding_line_good", 70, Outcome.PASS),
        ("welding_line_bad", 42, Outcome.FAIL),
    ],
)
def test_newcomers_robot_gets_the_verdict_of_its_profile(profile, days, outcome):
    found = {}
    for serial in TYPED:
        seed = zlib.crc32(serial.encode())
        # The past of a fast-forwarded pilot lies before its robots' first day.
        fleet = {serial: lived(profile, serial, seed, days, first=-70)}
        # What an earlier look decided stands at the last one.
        together = overall(list(verdicts(ASKED, fleet, days).values()))
        found[serial] = together.outcome

    assert found == dict.fromkeys(TYPED, outcome)


@pytest.mark.parametrize(
    ("profile", "outcome"),
    [("welding_line_good", Outcome.PASS), ("welding_line_bad", Outcome.FAIL)],
)
def test_newcomers_fleet_passes_every_kpi_or_fails_every_kpi(profile, outcome):
    serials = Random(5).sample(TYPED, 3)
    fleet = {serial: lived(profile, serial, 20_260_101) for serial in serials}

    found = verdicts(ASKED, fleet)

    assert {each.outcome for each in found.values()} == {outcome}
