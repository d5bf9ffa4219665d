from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from robot_bridge.simulator import credentials
from robot_bridge.simulator.credentials import CredentialsError, FleetRobot

ROBOT = FleetRobot(
    vendor_code="acme",
    serial="A-1",
    secret="s3cret",
    protocol="native",
    profile="welding_line",
    seed=7,
    starts_at=datetime(2026, 10, 1, tzinfo=UTC),
)


def test_write_then_read_gives_the_same_robot(tmp_path):
    robot = replace(
        ROBOT,
        history_from=datetime(2026, 9, 1, tzinfo=UTC),
        first_day=date(2026, 8, 31),
    )

    path = credentials.write(tmp_path / "fleet", robot)

    assert credentials.read(path) == robot
    assert path.stat().st_mode & 0o777 == 0o600


def test_write_replaces_the_older_file(tmp_path):
    credentials.write(tmp_path, ROBOT)

    path = credentials.write(tmp_path, replace(ROBOT, secret="other"))

    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert credentials.read(path).secret == "other"


def test_file_of_keeps_robots_of_awkward_names_apart(tmp_path):
    names = [("a", "b/c"), ("a/b", "c"), ("a_b", "c"), ("a", "b_c")]

    paths = {credentials.file_of(tmp_path, vendor, serial) for vendor, serial in names}

    assert len(paths) == len(names)
    assert {path.parent for path in paths} == {tmp_path}


GOOD = (
    '{"vendor_code":"a","serial":"b","secret":"c","protocol":"native",'
    '"profile":"welding_line","seed":1,"starts_at":"2026-10-01T00:00:00Z"}'
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "acme.json"),
        ("[]", "acme.json"),
        ('{"serial": "A-1"}', "missing"),
        (GOOD.replace("native", "opc"), "protocol 'opc'"),
        (GOOD.replace("00Z", "00"), "no time zone"),
    ],
)
def test_read_refuses_what_a_fleet_cannot_use(tmp_path, content, says):
    path = tmp_path / "acme.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CredentialsError, match=says):
        credentials.read(path)


def test_credentials_refuse_an_unknown_profile():
    with pytest.raises(CredentialsError, match="profile 'none'"):
        replace(ROBOT, profile="none")


def test_same_life_knows_what_makes_a_life_another():
    assert ROBOT.same_life(replace(ROBOT, secret="other", sent_until=ROBOT.starts_at))
    assert not ROBOT.same_life(replace(ROBOT, first_day=date(2026, 8, 31)))
    assert not ROBOT.same_life(replace(ROBOT, seed=8))
