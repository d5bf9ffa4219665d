"""Somebody who comes into an empty city, by a page or by a link."""

import base64
import email
import hashlib
import hmac
import re
import struct
import time
from email import policy
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser

from config.embedded.processes import await_condition
from tests.journeys.conftest import Platform
from tests.journeys.person import Visitor

PASSWORD = "walks uphill 7 times"
MAILED_WITHIN_S = 60
STEP_S, DIGITS = 30, 6
LINK = re.compile(r"http://localhost:\d+/account/\S+")
# A key of this very device, which asks for a finger and gets one.
PASSKEY_HOLDER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def one_time_code(key: str) -> str:
    """Return what an authenticator app shows now (RFC 6238)."""
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    step = struct.pack(">Q", int(time.time()) // STEP_S)
    digest = hmac.new(secret, step, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


class Newcomer(Visitor):
    """A visitor with an address, who keeps their password and recovery codes."""

    def __init__(self, browser: Browser, url: str, address: str) -> None:
        super().__init__(browser, url)
        self.address = address
        self.password = PASSWORD
        self.codes: list[str] = []

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def log_in(self, password: str = "") -> None:
        self.fill({"E-mail": self.address, "Password": password or self.password})
        self.main.get_by_role("button", name="Log in", exact=True).click()

    def log_out(self) -> None:
        self.page.locator("summary.pg-tool").click()
        self.press("Log out")
        self.go("/account/login/")

    def accept(self, link: str, name: str) -> None:
        self.go(link)
        self.sees(self.address)
        self.fill({"Your name": name, "Password": self.password})
        self.press("Create the account")

    def set_up_an_app(self) -> None:
        """Set up an authenticator app and keep the recovery codes."""
        self.follow("Set up an app")
        self.sees("Type the six digits")
        key = self.main.locator("pre").inner_text().strip()
        self.fill({"Code from the app": one_time_code(key)})
        self.press("Switch on")
        self.sees_title("Recovery codes")
        self.codes = self.main.locator("pre").inner_text().split()

    def set_up_a_passkey(self) -> None:
        """Set up a passkey that this browser holds."""
        devices = self.page.context.new_cdp_session(self.page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY_HOLDER})
        self.follow("Add a passkey")
        self.field("Name").fill("This device")
        self.main.get_by_label("Passwordless").check()
        self.main.get_by_role("button", name="Add").click()
        self.sees_title("Recovery codes")

    def prove_with(self, code: str) -> None:
        """Give the second factor at a log-in."""
        self.fill({"Code from the app, or a recovery code": code})
        self.main.get_by_role("button", name="Log in", exact=True).click()

    def goes_on(self) -> None:
        self.follow("I have kept them")
        self.sees_title("Workbench")


def mails_to(address: str, platform: Platform) -> list[str]:
    """Return the texts of the mails that went to somebody, oldest first."""
    folder = Path(unquote(urlsplit(platform.settings["EMAIL_URL"]).path))
    texts = []
    for path in sorted(folder.glob("*.log"), key=lambda each: each.stat().st_mtime):
        whole = path.read_bytes().partition(b"\n" + b"-" * 79)[0]
        mail = email.message_from_bytes(whole, policy=policy.default)
        if mail["To"] == address:
            texts.append(str(mail.get_content()))
    return texts


def mailed_link(address: str, platform: Platform, part: str) -> str:
    """Wait for the latest mail with such a link in it, and return the link."""
    found: list[str] = []

    def has_come() -> bool:
        for text in mails_to(address, platform):
            found.extend(link for link in LINK.findall(text) if part in link)
        return bool(found)

    assert await_condition(has_come, within_s=MAILED_WITHIN_S, pause_s=0.2)
    return found[-1]
