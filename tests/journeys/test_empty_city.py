"""An empty city comes to life by its pages, from the first account to a first brief."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_uscc
from tests.journeys.city import SITE
from tests.journeys.newcomer import PASSWORD, Newcomer, mailed_link
from tests.journeys.person import PATIENCE_MS

FIRST, SECOND = "li@city.example", "zhou@city.example"
REVIEWER, VENDOR = "chen@institute.example", "sun@maker.example"
COMPANY = {
    "Company name in Chinese": "晴岩机器人",
    "Company name in English": "Qingyan Robotics",
    "Your name": "孙悦",
    "E-mail": VENDOR,
}


@pytest.fixture(scope="module")
def newcomer(empty_platform, chromium):
    """Bring somebody in; each keeps a window, and nobody's script may complain."""
    come = []

    def bring(address):
        come.append(Newcomer(chromium, empty_platform.url, address))
        return come[-1]

    yield bring
    assert [each.complaints for each in come] == [[] for _ in come]
    for each in come:
        each.page.context.close()


@pytest.fixture(scope="module")
def official(empty_platform, newcomer):
    """The first account, made by a command; all that follows is clicked."""
    empty_platform.manage(
        *("create_official", FIRST, "--name", "李敏", "--city-code", "jiangbei"),
        "--password-stdin",
        typed=f"{PASSWORD}\n",
    )
    first = newcomer(FIRST)
    sets_up_a_factor(first)
    return first


def sets_up_a_factor(official):
    """Nothing opens before the second factor is there."""
    official.checks_access()
    official.log_in("not the password")
    official.sees("are not correct")
    official.log_in()
    official.sees("Your role needs more than a password")
    official.go("/officials/")
    official.sees_title("Second factor")
    official.checks_access()
    official.follow("Set up an app")
    official.checks_access()
    official.go("/account/2fa/")
    official.set_up_an_app()
    official.checks_access()
    official.goes_on()


def invite(person, seat, address):
    person.choose("People")
    person.follow("Invite a person")
    person.fill({"E-mail": address})
    person.pick("Organisation and role", seat)
    person.press("Invite")
    return invitation_shown(person)


def invitation_shown(person):
    person.sees("shown this one time")
    return person.main.locator("pre").inner_text().strip()


def line_of(person, words):
    return person.main.get_by_role("row").filter(has_text=words)


def test_first_official_sets_up_the_city(empty_platform, official, newcomer):
    official.sees("Enter an institute and invite its reviewers")
    official.checks_access()

    official.follow("Name your organisation")
    official.checks_access()
    official.fill({"Name in Chinese": "江北区", "Name in English": "Jiangbei"})
    official.press("Save")
    official.sees("Saved.")

    link = invite(official, "Jiangbei · City official", SECOND)
    assert mailed_link(SECOND, empty_platform, "/invitation/") == link
    second = newcomer(SECOND)
    second.go(link)
    second.checks_access()
    second.accept(link, "周岚")
    second.set_up_a_passkey()
    second.goes_on()
    second.go(link)
    second.sees_title("You are logged in already")

    official.choose("Workbench")
    official.follow("Enter an institute")
    official.fill(
        {
            "Name in Chinese": "机器人研究所",
            "Name in English": "Robotics Institute",
            "Code": "robotics",
        }
    )
    official.press("Save")
    official.fill({"E-mail": REVIEWER})
    official.press("Invite")
    reviewer = newcomer(REVIEWER)
    reviewer.accept(invitation_shown(official), "陈维")
    reviewer.sees("Your role needs more than a password")
    reviewer.set_up_an_app()
    reviewer.goes_on()
    reviewer.sees("Institute reviewer")


def test_vendor_registers_and_is_told_what_is_wrong(official, newcomer):
    vendor, right = newcomer(VENDOR), make_uscc(20_261)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    vendor.follow("Register as a vendor")
    vendor.checks_access()
    vendor.fill(COMPANY | {"Unified social credit code": wrong, "Password": "short"})
    vendor.press("Create the account")
    vendor.sees(f"its check sign should be {right[-1]}")
    vendor.sees("too short")
    vendor.fill({"Unified social credit code": right, "Password": PASSWORD})
    vendor.press("Create the account")
    vendor.sees_title("Workbench")
    vendor.choose("People")
    vendor.checks_access()
    vendor.go("/account/")
    vendor.checks_access()

    official.choose("People")
    official.checks_access()
    official.follow("Institutes and vendors")
    expect(line_of(official, "Qingyan Robotics")).to_contain_text(right)
    expect(line_of(official, "Robotics Institute")).to_contain_text("1")
    official.checks_access()

    stranger = newcomer(VENDOR)
    stranger.follow("Register as a vendor")
    stranger.fill(COMPANY | {"Unified social credit code": right})
    stranger.press("Create the account")
    stranger.sees("is registered already; ask a colleague there")
    stranger.sees("has an account already")


def test_role_is_changed_and_membership_ended(official, newcomer):
    link = invite(official, "Jiangbei · City official", "wu@city.example")
    third = newcomer("wu@city.example")
    third.accept(link, "吴迪")
    third.set_up_an_app()
    third.goes_on()

    official.choose("People")
    line = line_of(official, "wu@city.example")
    line.get_by_role("button", name="Change the role to: Auditor").click()
    official.press("Yes, continue")
    official.sees("is now: Auditor")
    third.choose("Workbench")
    third.sees("Auditor")
    line.get_by_role("button", name="End the membership").click()
    official.press("Yes, continue")
    official.sees("is ended")

    third.choose("Workbench")
    third.sees_title("Log in")
    third.log_in()
    third.sees("Your membership was ended")
    third.checks_access()


def test_invitation_is_renewed_and_withdrawn(official, newcomer):
    first = invite(official, "Jiangbei · Auditor", "feng@city.example")
    official.follow("Back to the people")
    line = line_of(official, "feng@city.example")
    line.get_by_role("button", name="New link").click()
    official.press("Yes, continue")
    second = invitation_shown(official)
    guest = newcomer("feng@city.example")
    guest.go(first)
    guest.sees("unknown, used or expired")
    guest.checks_access()
    guest.go(second)
    guest.sees("Auditor")

    official.follow("Back to the people")
    line.get_by_role("button", name="Withdraw").click()
    official.press("Yes, continue")
    official.sees("is withdrawn")
    guest.go(second)
    guest.sees("unknown, used or expired")


def test_password_is_reset_by_the_mailed_link(empty_platform, official, newcomer):
    again = newcomer(FIRST)
    again.follow("Forgot the password?")
    again.checks_access()
    again.fill({"E-mail": FIRST})
    again.press("Mail me a link")
    again.sees("is on its way")
    link = mailed_link(FIRST, empty_platform, "/password/reset/key/")
    again.go(link)
    again.checks_access()
    again.password = "walks downhill 8 times"
    again.fill({"New Password": again.password, "New Password (again)": again.password})
    again.press("Change Password")
    again.sees("Log in with the new password")
    again.follow("Log in")
    again.log_in()
    again.sees("Type the code that your app shows")
    again.checks_access()
    again.prove_with(official.codes[0])
    again.sees_title("Workbench")

    official.choose("Workbench")
    official.sees_title("Log in")
    official.password = again.password
    official.log_in()
    official.prove_with(official.codes[1])
    official.sees_title("Workbench")

    stale = newcomer(FIRST)
    stale.go(link)
    stale.sees("invalid")


def test_brief_is_drafted_in_the_empty_city(official):
    official.choose("Workbench")
    official.follow("Found a programme")
    official.fill({"Title (Chinese)": "场景计划", "Title (English)": "Scenarios"})
    official.press("Save")
    official.choose("Workbench")
    official.follow("Draft a call")
    official.fill({"Title (Chinese)": "第一批", "Title (English)": "First batch"})
    official.press("Save")
    official.sees_title("First batch")
    official.choose("Workbench")
    official.follow("Enter a site")
    official.fill(SITE)
    official.pick("Environment", "Factory line")
    official.press("Save")
    official.choose("Workbench")
    official.follow("Write the first brief")
    official.pick("Scenario", "Line-side delivery")
    official.fill({"Title (Chinese)": "料箱配送", "Title (English)": "Box delivery"})
    official.pick("Site", "Assembly shop 3")
    official.press("Save and go on")
    official.sees("Need")

    official.choose("Workbench")
    official.sees("Finish the brief Box delivery")
    expect(official.main.get_by_text("Found a programme")).to_have_count(
        0, timeout=PATIENCE_MS
    )
