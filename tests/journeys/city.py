"""The people of one journey and what is clicked from the brief to the contract."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.journeys.person import PATIENCE_MS, Person

PERSONAS = {
    "official": "官员 official",
    "second": "官员二 second official",
    "reviewer": "评审 reviewer",
    "vendor": "供应商 vendor",
}
SITE = {
    "Name (Chinese)": "三号总装车间",
    "Name (English)": "Assembly shop 3",
    "Host enterprise (Chinese)": "示例汽车厂",
    "Host enterprise (English)": "Example Car Works",
    "Site constraints (Chinese)": "环氧地面，两班制。",
    "Site constraints (English)": "Epoxy floor, two shifts.",
}
NEED = {
    "Need (Chinese)": "一台机器人把料箱从超市送到工位。",
    "Need (English)": "One robot brings boxes from the supermarket to the stations.",
    "Today's process (Chinese)": "现由两名工人推车配送。",
    "Today's process (English)": "Two people push carts today.",
}
KPIS = [
    {
        "KPI": "availability",
        "Minimum": "0.85",
        "Target": "0.93",
        "Window, days": "70",
        "Least coverage": "0.8",
    },
    {
        "KPI": "task_success",
        "Minimum": "0.95",
        "Target": "0.98",
        "Window, days": "70",
        "Least coverage": "0.8",
        "Tasks a day": "200",
    },
]
VOLUME = {
    "Volume budget line": "2027-DEMO-001",
    "Volume budget, CNY": "24000000",
    "Smallest volume, robots": "10",
    "Largest volume, robots": "100",
    "Ceiling of the unit price, CNY": "210000",
}
PLAN = {
    "Summary": "One robot in two stages.",
    "How the scenario is met": "Each step maps to the brief.",
    "Technical approach": "Lidar and vision fused.",
    "Maker": "Qingyan",
    "Model": "QY-S2",
    "Robots in the POC": "1",
    "Data needed from the site": "Map and stations.",
    "Demands on the site": "One charging point.",
    "Safety concept": "Dual-channel e-stop, 1 m/s.",
    "Service and spare parts": "One engineer on site.",
    "Software updates": "One in six weeks, with rollback.",
    "Price of the POC, CNY": "480000",
    "Unit price at volume, CNY": "186000",
}
MILESTONES = [
    {"Milestone": "Site survey and data", "Weeks": "2"},
    {"Milestone": "One robot on the route", "Weeks": "4"},
    {"Milestone": "Continuous operation", "Weeks": "4"},
]


class City:
    """Logs people in when they are first needed; each keeps a browser window."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.known: dict[str, Person] = {}

    def __getitem__(self, key: str) -> Person:
        if key not in self.known:
            self.known[key] = Person(self.browser, self.url, f"· {PERSONAS[key]}")
        return self.known[key]

    def goes_home(self, key: str) -> Person:
        person = self[key]
        person.choose("Workbench")
        return person

    def leave(self) -> None:
        for person in self.known.values():
            person.page.context.close()


def draft_a_call(city: City) -> None:
    """Draft and open another call; the one before took no more briefs."""
    official = city["official"]
    official.choose("Calls")
    official.follow("Draft a call")
    official.fill(
        {"Title (Chinese)": "第二批场景征集", "Title (English)": "Second batch"}
    )
    official.press("Save")
    official.sees_title("Second batch")
    official.press_and_confirm("Open the call")
    official.sees("The call is open")


def publish_a_brief(city: City, title: str, look: Callable[[Person], None]) -> None:
    """Enter the site, write the brief part by part, publish it."""
    official = city["official"]
    official.choose("Scenario briefs")
    official.follow("Write a brief")
    official.follow("Enter a site")
    official.fill(SITE)
    official.pick("Environment", "Factory line")
    official.press("Save")
    official.sees("is entered")
    official.choose("Scenario briefs")
    official.follow("Write a brief")
    look(official)
    official.pick("Scenario", "Line-side delivery")
    official.fill({"Title (Chinese)": f"料箱配送 {title}", "Title (English)": title})
    official.pick("Site", "Assembly shop 3")
    official.press("Save and go on")
    official.fill(NEED)
    official.press("Save and go on")
    official.sees("What the planner says")
    official.fill_rows("KPIs", KPIS, add="Add a KPI")
    official.press("Save and go on")
    official.fill({"Robots in the POC": "1"})
    official.press("Save and go on")
    official.fill(VOLUME)
    official.press("Save and go on")
    official.sees_title(title)
    look(official)
    official.press_and_confirm("Publish")
    official.sees("Published")


def answer_the_brief(city: City, title: str, look: Callable[[Person], None]) -> None:
    """Write plan and milestones, check, submit, and hold the receipt."""
    vendor = city["vendor"]
    vendor.choose("Scenario briefs")
    vendor.follow(title)
    vendor.press("Answer this brief")
    vendor.sees("A draft is not submitted")
    vendor.follow("Technical plan")
    vendor.fill(PLAN)
    vendor.main.get_by_label("Native telemetry batches").check()
    vendor.press("Save and go on")
    vendor.sees("8 to 12 weeks together")
    vendor.fill_rows("Milestones", MILESTONES, add="Add a milestone")
    vendor.sees("10: fits")
    vendor.press("Save and go on")
    vendor.sees("Milestones, 10 weeks in all")
    look(vendor)
    vendor.press("Submit")
    vendor.sees("Receipt")


def open_the_submissions(city: City, title: str) -> None:
    """Close the call, which a demo city may do early, and open what came in."""
    official = city["official"]
    official.choose("Scenario briefs")
    official.follow(title)
    official.follow("Submissions")
    official.sees("1 submission arrived")
    official.follow("The call, where submissions are opened")
    official.press_and_confirm("Close the call")
    official.sees("The call is closed")
    official.press_and_confirm("Open the submissions")
    official.sees("Minutes of the opening")


def review_the_plan(city: City, title: str, look: Callable[[Person], None]) -> None:
    """Ask a reviewer, who declares, reads, scores and finishes."""
    official, reviewer = city.goes_home("official"), city["reviewer"]
    official.follow(f"Assign reviewers for {title}")
    official.pick("Reviewer", "陈 维")
    official.main.get_by_role("button", name="Ask to review", exact=True).click()
    official.sees("The reviewer is asked")
    reviewer.choose("Workbench")
    reviewer.follow(title)
    look(reviewer)
    reviewer.main.get_by_label("No, there is none").check()
    reviewer.press("Declare")
    reviewer.sees("Scoring sheet")
    for points in reviewer.main.get_by_role("spinbutton").all():
        points.fill("8")
    reviewer.press("Save the scores")
    finish = reviewer.main.get_by_role("button", name="Finish the review")
    expect(finish).to_be_enabled(timeout=PATIENCE_MS)
    look(reviewer)
    reviewer.press_and_confirm("Finish the review")
    expect(finish).to_have_count(0, timeout=PATIENCE_MS)
    reviewer.choose("Assignments")
    line = reviewer.main.get_by_role("row", name=title)
    expect(line).to_contain_text("Review finished", timeout=PATIENCE_MS)


def award_and_sign(city: City, title: str, look: Callable[[Person], None]) -> None:
    """Award the brief, draft the contract; the vendor signs first, then the city."""
    official, vendor = city.goes_home("official"), city["vendor"]
    official.follow(f"Award {title}")
    look(official)
    official.main.get_by_role("link", name="Award", exact=True).first.click()
    official.fill({"Reason of the award": "Best plan for the site."})
    official.press_and_confirm("Award")
    official.sees("The brief is awarded")
    official.press("Draft the contract")
    official.sees("the vendor signs first")
    vendor.choose("Workbench")
    vendor.follow(f"Sign the contract for {title}")
    look(vendor)
    vendor.press_and_confirm("Sign for")
    vendor.sees("Your signature is kept")
    official.choose("Workbench")
    official.follow(f"Sign the contract for {title}")
    official.press_and_confirm("Sign for")
    official.sees("Signed by both sides")
