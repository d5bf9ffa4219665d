"""The composer: what is typed, what is said about it, what comes of it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dispatch.enums import JobState
from dispatch.models import Delivery, Job
from kpis.engine.composition import compose
from kpis.engine.definition import CATALOGUE
from kpis.models import ComposedKpi
from pilots import tasks
from procurement.forms import KpiFormSet
from tests.factories import (
    make_award,
    make_brief,
    make_contract,
    make_submission,
    make_user,
)
from tests.kpis.composing import QUICK, publish
from tests.pilots.factories import make_pilot, simple_criterion

pytestmark = pytest.mark.django_db
TYPED = {
    "key": "quick_tasks",
    "title_zh": "快速完成率",
    "title": "Quick tasks",
    "explanation_zh": QUICK["explanation_zh"],
    "explanation": QUICK["explanation"],
    "unit": "1",
    "better": "higher",
    "form-TOTAL_FORMS": "2",
    "form-INITIAL_FORMS": "0",
    "form-0-side": "numerator",
    "form-0-what": "edges:",
    "form-0-column1": "kind",
    "form-0-values1": "task",
    "form-0-column2": "value",
    "form-0-values2": "finished",
    "form-0-column3": "was",
    "form-0-values3": "started",
    "form-0-column4": "since_us",
    "form-0-values4": "<= 5 min",
    "form-1-side": "denominator",
    "form-1-what": "fact:tasks_finished",
}


@pytest.fixture
def official():
    return make_user(organisation=make_pilot(demo=True).contract.city, language="en")


@pytest.fixture
def client(official):
    client = Client(headers={"accept-language": "en"})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(official)
    return client


def url(name, *args):
    return reverse(f"officials:own_kpi_{name}", args=args)


def test_typed_kpi_is_composed_published_and_listed(client, official):
    kept = client.post(url("create"), TYPED)
    composed = ComposedKpi.objects.get()
    published = client.post(url("advance", composed.code, "published"))
    page = client.get(url("list")).content.decode()

    assert kept["Location"] == url("detail", composed.code)
    assert published.status_code == 302
    assert composed.kpi.parts == compose(QUICK).parts
    assert composed.key in page
    assert "Published" in page


def test_detail_says_the_kpi_in_both_languages(client, official):
    composed = publish(official)

    page = client.get(url("detail", composed.code)).content.decode()

    assert "Quick tasks = number of events" in page
    assert "快速完成率 = 事件次数" in page
    assert "/ 完成任务数" in page
    assert "/ tasks finished" in page


def test_edit_shows_what_was_typed_and_saves_it_again(client, official):
    client.post(url("create"), TYPED)
    composed = ComposedKpi.objects.get()

    page = client.get(url("edit", composed.code)).content.decode()
    client.post(url("edit", composed.code), TYPED | {"form-0-values4": "≤ 60 s"})

    again = ComposedKpi.objects.get()
    assert "≤ 300 s" in page
    assert again.digest != composed.digest
    assert 60_000_000 in {each.at_most for each in again.kpi.numerator[0].where}


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"unit": "h"}, "id_unit", "does not fit what is divided"),
        ({"form-0-values2": "active"}, "id_form-0-what", "is never “active”"),
        (
            {"form-0-column4": "is_due", "form-0-values4": "yes"},
            "id_form-0-values4",
            "“yes” is not one",
        ),
        (
            {"form-0-column4": "op_state", "form-0-values4": "idle"},
            "id_form-0-values4",
            "There is no column “op_state” here",
        ),
        ({"form-0-values4": ""}, "id_form-0-values4", "a column and its values"),
        ({"form-1-DELETE": "on"}, None, "A KPI is never divided by nothing."),
    ],
)
def test_bad_definition_is_told_at_its_field(client, wrong, field, sentence):
    answer = client.post(url("create"), TYPED | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if field:
        assert f'href="#{field}"' in page
    assert not ComposedKpi.objects.exists()


def test_check_says_the_kpi_in_words_or_what_is_wrong(client):
    right = client.post(url("check"), TYPED).content.decode()
    wrong = client.post(url("check"), TYPED | {"unit": "h"}).content.decode()
    empty = client.post(url("check"), {})

    assert "Quick tasks = number of events" in right
    assert "快速完成率" in right
    assert "judged by how it varies from day to day" in right
    assert "does not fit what is divided" in wrong
    assert empty.status_code == 200
    assert not ComposedKpi.objects.exists()


def test_a_new_version_begins_and_a_draft_is_discarded(client, official):
    first = publish(official)

    begun = client.post(url("version", first.code))
    second = ComposedKpi.objects.get(version=2)
    client.post(url("discard", second.code))

    assert begun["Location"] == url("edit", second.code)
    assert list(ComposedKpi.objects.all()) == [first]


def test_dry_run_is_asked_for_and_shown(client, official):
    composed = publish(official)
    pilot = make_past_pilot(official)
    first = pilot.starts_on
    asked = {"pilot": pilot.pk, "starts_on": first, "ends_on": first}

    bad = client.post(url("try", composed.code), asked | {"minimum": "0.9"})
    good = client.post(url("try", composed.code), asked)
    waiting = client.get(url("detail", composed.code)).content.decode()
    task = Delivery.objects.get(payload__task="pilots.dry_run")
    tasks.dry_run(**task.payload["arguments"])
    page = client.get(url("detail", composed.code)).content.decode()

    assert bad.status_code == 422
    assert "Give minimum and target" in bad.content.decode()
    assert good.status_code == 302
    assert "0 / 1" in waiting
    assert Job.objects.get().state == JobState.DONE
    assert "No robot was due in this time." in page


def make_past_pilot(official):
    brief = make_brief(city=official.organisation)
    submission = make_submission("opened", (5, 5), brief=brief)
    contract = make_contract(
        award=make_award(submission=submission), criteria=[simple_criterion()]
    )
    return make_pilot(contract=contract, days_ago=5)


def test_catalogue_has_a_page_for_a_published_kpi(client, official):
    composed = publish(official)
    public = reverse("public:kpi_detail", args=[composed.key])

    page = Client().get(public)
    draft = ComposedKpi.objects.create(
        **{
            each.attname: getattr(composed, each.attname)
            for each in ComposedKpi._meta.concrete_fields
            if each.attname not in {"id", "code", "version", "key", "state"}
        },
        code="CK-2",
        version=2,
        key="city.x.y.v2",
    )

    assert composed.digest[:8] in page.content.decode()
    assert (
        Client().get(reverse("public:kpi_detail", args=[draft.key])).status_code == 404
    )


def test_brief_may_name_a_published_kpi_of_its_city(official):
    composed = publish(official)
    row = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-kpi": composed.key,
        "form-0-minimum": "0.9",
        "form-0-target": "0.95",
        "form-0-window_days": "56",
        "form-0-coverage_min": "0.9",
        "form-0-mandatory": "on",
    }
    offered = CATALOGUE | {composed.key: composed.kpi}

    own = KpiFormSet(row, form_kwargs={"offered": offered})
    strange = KpiFormSet(row)

    assert own.is_valid()
    assert own.values[0]["kpi"] == composed.key
    assert not strange.is_valid()


def test_api_composes_tries_and_tells_errors_at_their_field(client, official):
    told = QUICK | {"key": "by_api"}
    kept = client.post(
        reverse("api:own_kpi-list"), told, content_type="application/json"
    )
    wrong = client.post(
        reverse("api:own_kpi-list"),
        told | {"unit": "h", "denominator": []},
        content_type="application/json",
    )
    code = kept.json()["code"]
    asked = {"pilot": "PL-0", "starts_on": timezone.localdate() - timedelta(days=1)}
    unknown = client.post(
        reverse("api:own_kpi-dry-run", args=[code]),
        asked | {"ends_on": timezone.localdate()},
        content_type="application/json",
    )

    assert kept.status_code == 201
    assert kept.json()["told"]["numerator"][0]["over"] == "edges"
    assert wrong.status_code == 400
    assert set(wrong.json()["errors"]) == {"denominator"}
    assert unknown.status_code == 404
