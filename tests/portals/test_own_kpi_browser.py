"""A KPI composed in a real browser: what it says follows what is chosen."""

import pytest
from playwright.sync_api import expect

from kpis.models import ComposedKpi
from tests.portals.test_purchase_browser import desk, violations, walk

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["desk", "walk"]


def test_words_follow_what_is_chosen_and_the_draft_is_kept(desk):
    desk.goto(f"{desk.base}/own-kpis/new/")
    for name, typed in {
        "key": "by_tasks",
        "title_zh": "每任务干预次数",
        "title": "Interventions per task",
        "explanation_zh": "人工干预次数除以完成任务数。",
        "explanation": "Interventions, by tasks finished.",
    }.items():
        desk.fill(f"#id_{name}", typed)
    desk.select_option("#id_form-0-what", "fact:interventions")
    desk.select_option("#id_form-1-what", "fact:tasks_finished")
    check = desk.locator("#kpi-check")
    expect(check).to_contain_text("does not fit what is divided")

    desk.select_option("#id_unit", "{ratio}")

    expect(check).to_contain_text("Interventions per task = interventions / tasks")
    expect(check).to_contain_text("每任务干预次数 = 人工干预次数 / 完成任务数")
    wide = desk.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert violations(desk) == []
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Interventions")
    assert violations(desk) == []
    assert ComposedKpi.objects.get().name == "by_tasks"
