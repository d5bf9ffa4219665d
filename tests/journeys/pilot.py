"""What is clicked from the contract to the volume order, and one real robot."""

import json
import subprocess
import time
from pathlib import Path
from threading import Event
from uuid import uuid4

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import expect

from config.embedded.processes import await_condition
from tests.journeys.city import City
from tests.journeys.person import Person

PAST_WITHIN_S = 900
DOSSIER_WITHIN_S = 120
DATA_WITHIN_MS = 5_000


def open_the_pilot(city: City) -> None:
    official = city["official"]
    official.follow("Open the pilot")
    official.press("Open the pilot")
    official.sees("Robots at work")


def enrol_a_robot(city: City, serial: str) -> dict[str, str]:
    """Enrol a robot and return the credential as the page shows it, this once."""
    vendor = city["vendor"]
    vendor.choose("Robots")
    vendor.follow("Enrol a robot")
    vendor.fill({"Maker": "Qingyan", "Model": "QY-S2", "Serial number": serial})
    vendor.pick("Protocol", "Pilotgate")
    vendor.press("Save")
    vendor.sees("Shown this once")
    names = vendor.main.locator("dt").all_inner_texts()
    values = vendor.main.locator("dd").all_inner_texts()
    return dict(zip(names, values, strict=True))


def connect(shown: dict[str, str]) -> Client:
    """Connect as the robot; the broker hears of a new credential after a moment."""
    host, port = shown["MQTT broker"].rsplit(":", 1)
    accepted = Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id=f"robot-{uuid4()}")
    client.username_pw_set(shown["User name"], shown["Secret"])
    client.reconnect_delay_set(1, 2)
    client.on_connect = lambda *told: told[3].is_failure or accepted.set()
    client.connect(host, int(port))
    client.loop_start()
    assert accepted.wait(60), "the broker never took the credential shown"
    return client


def batch() -> str:
    now_us = time.time_ns() // 1000
    return json.dumps(
        {
            "v": 1,
            "session": str(uuid4()),
            "seq": 0,
            "sent": now_us,
            "interval_ms": 30_000,
            "samples": [{"ts": now_us, "m": {"soc": 0.64}}],
            "events": [{"ts": now_us, "kind": "op_state", "value": "idle"}],
        }
    )


def send_and_see(city: City, shown: dict[str, str]) -> float:
    """Send one batch with the robot's page open; returns when it was seen, s."""
    vendor = city["vendor"]
    client = connect(shown)
    try:
        vendor.follow("See what arrives")
        vendor.sees("Nothing in the last five minutes")
        begun = time.monotonic()
        client.publish(shown["Topic"], batch(), qos=1).wait_for_publish(60)
        vendor.sees("0.64", within_ms=DATA_WITHIN_MS)
        return time.monotonic() - begun
    finally:
        client.disconnect()
        client.loop_stop()


def deploy(city: City, title: str, serial: str) -> None:
    vendor = city["vendor"]
    vendor.choose("Pilots")
    vendor.follow(title)
    vendor.follow("Deploy a robot")
    vendor.pick("Robot", "QY-S2")
    vendor.press("Deploy")
    vendor.sees("Robots at work")
    vendor.sees(serial)


def try_to_order(city: City, title: str) -> Person:
    """Press the order button of a pilot, whatever may stand beside it."""
    official = city["official"]
    official.choose("Pilots")
    official.follow(title)
    official.press("Order 1 robot")
    return official


def fast_forward(city: City, title: str, robots: str) -> None:
    """Let the weeks pass, then wait on the pilot's page for the verdict."""
    official = city["official"]
    official.choose("Pilots")
    official.follow(title)
    official.main.get_by_label(robots).check()
    official.press("Fast-forward")
    ended = official.main.locator(".pg-job", has_text="Done")
    expect(ended).to_be_visible(timeout=PAST_WITHIN_S * 1000)
    official.choose("Pilots")
    official.follow(title)
    review = official.main.get_by_role("table", name="Gate reviews")

    def is_assessed() -> bool:
        official.page.reload()
        return review.count() > 0

    assert await_condition(is_assessed, within_s=PAST_WITHIN_S, pause_s=1)


def open_the_review(person: Person, title: str) -> None:
    person.choose("Pilots")
    person.follow(title)
    table = person.main.get_by_role("table", name="Gate reviews")
    table.get_by_role("link").first.click()
    person.sees("What it stands on")


def sign(person: Person, reason: str) -> None:
    person.main.get_by_label("Yes, volume may follow").check()
    person.fill({"Reason": reason})
    person.press("Sign")
    person.sees(reason)


def is_made(person: Person, name: str) -> bool:
    """Ask for a dossier as its link does; 202 says that it is being made."""
    link = person.main.get_by_role("link", name=name)
    answer = person.page.request.get(str(link.evaluate("each => each.href")))
    return answer.status == 200


def dossier(person: Person, language: str, folder: Path) -> str:
    """Download the dossier of the review that is open, and read its text."""
    name = f"Dossier (PDF, {language})"
    assert await_condition(
        lambda: is_made(person, name), within_s=DOSSIER_WITHIN_S, pause_s=1
    )
    with person.page.expect_download() as waiting:
        person.follow(name)
    path = folder / f"{language}.pdf"
    waiting.value.save_as(path)
    read = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return read.stdout
