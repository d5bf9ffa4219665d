from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from procurement import forms, services
from tests.factories import make_call, make_site, make_user
from tests.procurement.walk import BRIEF, MILESTONES, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def rows(prefix, *given):
    data = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def test_brief_form_offers_own_sites_and_feeds_the_service():
    walk = Walk()
    make_site()
    data = BRIEF | {
        "site": walk.site.pk,
        "route": "scenario_pilot",
        "weeks_min": 8,
        "weeks_max": 10,
    }

    form = forms.BriefForm(data, instance=walk.brief, by=walk.official)

    assert list(form.fields["site"].queryset) == [walk.site]
    assert form.is_valid(), form.errors
    services.save_brief(brief=walk.brief, values=form.values, by=walk.official)
    assert walk.brief.weeks_max == 10


def test_brief_form_names_the_8_to_12_weeks():
    walk = Walk()
    data = BRIEF | {"route": "scenario_pilot", "weeks_min": 7, "weeks_max": 12}

    form = forms.BriefForm(data, instance=walk.brief, by=walk.official)

    assert not form.is_valid()
    assert "8 to 12 weeks" in str(form.non_field_errors())


def test_kpi_rows_make_the_trip_through_the_formset():
    walk = Walk()
    initial = forms.kpi_rows(walk.brief)
    blank = {"window_days": 56, "coverage_min": "0.9", "mandatory": "on"}
    data = rows("form", *[row | {"tasks_per_day": ""} for row in initial], blank)
    data = {name: value for name, value in data.items() if value is not False}

    formset = forms.KpiFormSet(data)

    assert formset.is_valid(), formset.errors
    services.save_brief(
        brief=walk.brief, values={}, kpis=formset.values, by=walk.official
    )
    assert forms.kpi_rows(walk.brief) == initial
    assert [kpi.comparator for kpi in walk.brief.kpis.all()] == ["at_least"] * 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"kpi": "availability", "minimum": "0.9", "target": "0.8"}, "above"),
        ({"kpi": "mtbf", "minimum": "9", "target": "9"}, "above"),
        (
            {"kpi": "estops_per_100h", "minimum": "2", "target": "3"},
            "below",
        ),
        (
            {"kpi": "mean_repair_time", "minimum": "30", "target": "20"}
            | {"mandatory": "on"},
            "never decided on",
        ),
        ({"kpi": "charm", "minimum": "1", "target": "2"}, "not one of the available"),
        ({"kpi": "mtbf", "minimum": "", "target": "2"}, "required"),
    ],
)
def test_kpi_form_says_what_is_wrong(row, said):
    usual = {"window_days": 56, "coverage_min": "0.9"}

    formset = forms.KpiFormSet(rows("form", usual | row))

    assert not formset.is_valid()
    assert said in str(formset.errors)


def test_kpi_formset_takes_each_kpi_once_and_drops_deleted_rows():
    row = {
        "kpi": "mtbf",
        "minimum": "20",
        "target": "60",
        "window_days": 56,
        "coverage_min": "0.9",
    }

    twice = forms.KpiFormSet(rows("form", row, row))
    once = forms.KpiFormSet(rows("form", row, row | {"DELETE": "on"}))

    assert not twice.is_valid()
    assert "stands here twice" in str(twice.non_form_errors())
    assert once.is_valid()
    assert len(once.values) == 1


def test_call_form_refuses_a_deadline_behind_us_or_before_the_opening():
    call = make_call()
    now = timezone.localtime()

    def form(opens_at, closes_at):
        data = {
            "programme": call.programme.pk,
            "batch_no": 99,
            "title_zh": "批",
            "title_en": "Batch",
            "opens_at": opens_at.strftime("%Y-%m-%dT%H:%M"),
            "closes_at": closes_at.strftime("%Y-%m-%dT%H:%M"),
        }
        return forms.CallForm(data, by=call.created_by)

    past = form(now - timedelta(days=2), now - timedelta(days=1))
    swapped = form(now + timedelta(days=2), now + timedelta(days=1))
    right = form(now, now + timedelta(days=20))

    assert "in the future" in str(past.errors["closes_at"])
    assert "after the opening" in str(swapped.errors["closes_at"])
    assert right.is_valid(), right.errors
    assert right.values["closes_at"].tzinfo is not None


def test_site_form_knows_time_zones():
    form = forms.SiteForm(
        {
            "name_zh": "甲",
            "name_en": "A",
            "host_zh": "甲",
            "host_en": "A",
            "environment": "warehouse",
            "timezone": "Asia/Chongqin",
        }
    )

    assert "Asia/Shanghai" in str(form.errors["timezone"])


def test_criteria_must_weigh_a_hundred():
    call = make_call()
    initial = forms.criterion_rows(call)

    right = forms.CriterionFormSet(rows("form", *initial))
    wrong = forms.CriterionFormSet(rows("form", initial[0]))

    assert right.is_valid(), right.errors
    assert right.values == initial
    assert "60 percent" in str(wrong.non_form_errors())


def test_plan_form_saves_gaps_and_the_service_lists_them():
    walk = Walk().publish()
    vendor = walk.vendor()
    form = forms.PlanForm({"summary": "Two robots.", "interfaces": ["vda5050"]})

    assert form.is_valid(), form.errors
    draft = services.save_draft_submission(
        brief=walk.brief, plan=form.values, by=vendor
    )

    assert draft.plan.interfaces == ["vda5050"]
    missing = {each.field for each in services.missing(submission=draft, by=vendor)}
    assert {"approach", "robots", "milestones"} <= missing
    assert "summary" not in missing


def test_plan_form_refuses_negative_prices_and_unknown_interfaces():
    form = forms.PlanForm({"unit_price_cny": "-1", "interfaces": ["telepathy"]})

    assert not form.is_valid()
    assert "telepathy" in str(form.errors["interfaces"])
    assert "above zero" in str(form.non_field_errors())


def test_milestones_make_the_trip_through_the_formset():
    walk = Walk().publish()
    draft = walk.draft(walk.vendor())
    initial = forms.milestone_rows(draft)

    formset = forms.MilestoneFormSet(rows("form", *initial, {}))

    assert formset.is_valid(), formset.errors
    assert formset.values == initial
    assert formset.total_weeks == sum(each["weeks"] for each in MILESTONES)


def test_declaration_has_no_answer_beforehand():
    empty = forms.ConflictDeclarationForm({})
    bare = forms.ConflictDeclarationForm({"has_conflict": "yes"})
    clear = forms.ConflictDeclarationForm({"has_conflict": "no"})

    assert "has_conflict" in empty.errors
    assert "Name the ground" in str(bare.errors["ground"])
    assert clear.is_valid()
    assert clear.values["has_conflict"] is False


def test_score_sheet_has_a_form_a_criterion_with_what_was_saved():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assignment = walk.assignment(submission)
    reviewer = assignment.reviewer
    services.declare_conflict(assignment=assignment, has_conflict=False, by=reviewer)
    first = walk.call.criteria.first()
    services.score(
        assignment=assignment, criterion=first, points=Decimal("7.5"), by=reviewer
    )

    blank = forms.score_forms(assignment)
    filled = forms.score_forms(assignment, {"criterion-1-points": "11"})

    assert [form.initial.get("points") for form in blank] == [
        Decimal("7.50"),
        *[None] * 4,
    ]
    assert "less than or equal to 10" in str(filled[0].errors)


def test_reviewer_choice_leaves_out_the_assigned_and_the_other_kind():
    walk = Walk().publish()
    submission = walk.submission()
    walk.open(submission)
    assigned, free = walk.reviewer(), walk.reviewer()
    walk.assignment(submission, reviewer=assigned)
    make_user("reviewer")

    form = forms.AssignReviewerForm(submission=submission)

    assert list(form.fields["reviewer"].queryset) == [free]


def test_contract_starts_in_the_past_in_a_demo_only():
    yesterday = {"starts_on": str(timezone.localdate() - timedelta(days=1))}

    assert "today or later" in str(forms.DraftContractForm(yesterday).errors)
    assert forms.DraftContractForm(yesterday, is_demo=True).is_valid()
