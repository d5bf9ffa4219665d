"""A city runs a pilot from its brief to the first volume order, every step a click."""

import shutil

import pytest

from tests.journeys import city as buying
from tests.journeys import pilot as piloting
from tests.journeys.person import Person

READS_PDF = shutil.which("pdftotext")


def pass_over(_person: Person) -> None:
    """Take a page for looked at; the first journey looked at its like."""


def squeezed(text):
    """Leave out all space: a column may break a line at any hyphen or word."""
    return "".join(text.split())


def sign_a_contract(city, title, look):
    buying.publish_a_brief(city, title, look)
    buying.answer_the_brief(city, title, look)
    buying.open_the_submissions(city, title)
    buying.review_the_plan(city, title, look)
    buying.award_and_sign(city, title, look)


@pytest.mark.skipif(READS_PDF is None, reason="apt install poppler-utils")
def test_brief_leads_to_a_volume_order(city, tmp_path):
    title, serial = "Box delivery that holds", "QY-S2-901"

    sign_a_contract(city, title, Person.checks_access)
    piloting.open_the_pilot(city)
    shown = piloting.enrol_a_robot(city, serial)
    piloting.send_and_see(city, shown)
    city["vendor"].checks_access()
    piloting.deploy(city, title, serial)

    official = piloting.try_to_order(city, title)
    official.sees("The gate for 1 robot was not assessed yet.")
    official.sees("Not enough evidence")
    official.checks_access()

    piloting.fast_forward(city, title, "Sound robots")
    for key in ("reviewer", "official", "second"):
        piloting.open_the_review(city[key], title)
        city[key].sees("Pass")
        city[key].checks_access()
        piloting.sign(city[key], f"Agreed-{key}")

    english = piloting.dossier(city["second"], "English", tmp_path)
    chinese = piloting.dossier(city["second"], "Chinese", tmp_path)
    assert squeezed(title) in squeezed(english)
    assert "Agreed-second" in squeezed(english)
    assert squeezed(f"料箱配送 {title}") in squeezed(chinese)
    assert "Agreed-second" in squeezed(chinese)

    official = piloting.try_to_order(city, title)
    official.sees("Tranche 1 of 1 robot is ordered.")
    official.checks_access()
    assert [each.complaints for each in city.known.values()] == [[], [], [], []]


def test_failing_robots_are_refused_volume(city):
    title, serial = "Box delivery that fails", "QY-S2-902"

    buying.draft_a_call(city)
    sign_a_contract(city, title, pass_over)
    piloting.open_the_pilot(city)
    piloting.enrol_a_robot(city, serial)
    piloting.deploy(city, title, serial)
    piloting.fast_forward(city, title, "Failing robots")
    piloting.open_the_review(city["official"], title)
    city["official"].sees("Fail")
    city["official"].checks_access()

    official = piloting.try_to_order(city, title)

    official.sees("The gate failed. Missed:")
