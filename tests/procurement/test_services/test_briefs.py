from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.errors import (
    DomainError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TransitionRefusedError,
)
from accounts.models import AuditEntry
from accounts.services import clock
from procurement import services
from procurement.enums import (
    BriefState,
    CallState,
)
from procurement.errors import RulesRefusedError
from procurement.models import (
    Call,
    Submission,
)
from tests.factories import make_user, pass_deadline
from tests.procurement.walk import BRIEF, KPIS, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def fields_of(refusal):
    return sorted({problem.field for problem in refusal.value.problems})


def test_brief_is_published_only_when_nothing_is_missing():
    walk = Walk(values={"need_en": "", "budget_line": " ", "quantity_max": None})

    with pytest.raises(RulesRefusedError) as refusal:
        services.publish_brief(brief=walk.brief, by=walk.official)

    assert fields_of(refusal) == ["budget_line", "need_en", "quantity_max"]
    assert "Volume budget line" in str(refusal.value)
    assert "财库〔2024〕13号, article 12" in str(refusal.value)
    walk.brief.refresh_from_db()
    assert (walk.brief.state, walk.brief.published_at) == (BriefState.DRAFT, None)


@pytest.mark.parametrize(
    ("kpis", "said"),
    [
        ([], "No KPI is mandatory"),
        ([KPIS[0] | {"mandatory": False}], "No KPI is mandatory"),
        ([KPIS[0] | {"kpi": "charm"}], "charm is not in the KPI catalogue"),
        (
            [KPIS[0] | {"comparator": "at_most", "target": Decimal("0.5")}],
            "points away from what is better",
        ),
        (
            [
                KPIS[0]
                | {"kpi": "mean_repair_time", "comparator": "at_most"}
                | {"minimum": Decimal(30), "target": Decimal(20)}
            ],
            "cannot be mandatory",
        ),
    ],
)
def test_brief_needs_measurable_kpis(kpis, said):
    walk = Walk()
    services.save_brief(brief=walk.brief, values={}, kpis=kpis, by=walk.official)

    with pytest.raises(RulesRefusedError, match=said):
        services.publish_brief(brief=walk.brief, by=walk.official)


def test_brief_kpi_with_target_at_minimum_is_refused_when_saved():
    walk = Walk()
    equal = KPIS[0] | {"target": KPIS[0]["minimum"]}

    with pytest.raises(DomainError, match="stricter than the minimum"):
        services.save_brief(brief=walk.brief, values={}, kpis=[equal], by=walk.official)

    assert walk.brief.kpis.count() == 2


def test_budget_must_pay_the_smallest_volume():
    walk = Walk(values={"budget_cny": Decimal(100_000)})

    with pytest.raises(RulesRefusedError, match="does not pay the smallest volume"):
        services.publish_brief(brief=walk.brief, by=walk.official)


def test_cooperative_innovation_needs_novelty_and_a_cap():
    walk = Walk(values={"route": "cooperative_innovation"})

    with pytest.raises(RulesRefusedError) as refusal:
        services.publish_brief(brief=walk.brief, by=walk.official)

    assert fields_of(refusal) == ["compensation_cap_cny", "novelty_zh"]


def test_published_brief_cannot_be_saved_again():
    walk = Walk().publish()

    with pytest.raises(InvalidInputError, match="only a draft"):
        services.save_brief(
            brief=walk.brief, values={"quantity_max": 9}, by=walk.official
        )


def test_cancelled_brief_says_why():
    walk = Walk().publish()

    with pytest.raises(InvalidInputError, match="Say why"):
        services.cancel_brief(brief=walk.brief, reason=" ", by=walk.official)
    services.cancel_brief(brief=walk.brief, reason="No budget.", by=walk.official)

    assert (walk.brief.state, walk.brief.cancel_reason) == ("cancelled", "No budget.")


def test_services_take_no_field_beyond_their_own():
    walk = Walk().publish()

    with pytest.raises(InvalidInputError, match="state cannot be set"):
        services.create_brief(
            call=walk.call, values=BRIEF | {"state": "published"}, by=walk.official
        )
    with pytest.raises(InvalidInputError, match="submission cannot be set"):
        services.save_draft_submission(
            brief=walk.brief, plan={"submission": 1}, by=walk.vendor()
        )


def test_officials_act_on_their_own_city_only():
    walk = Walk()
    stranger = make_user(Role.OFFICIAL)

    for deed in (
        lambda: services.publish_brief(brief=walk.brief, by=stranger),
        lambda: services.save_brief(brief=walk.brief, values={}, by=stranger),
        lambda: services.close_call(call=walk.call, by=stranger),
        lambda: services.open_submissions(call=walk.call, by=stranger),
        lambda: services.save_site(site=walk.site, values={}, by=stranger),
    ):
        with pytest.raises(NotFoundError):
            deed()
    with pytest.raises(NotAllowedError, match="City official"):
        services.publish_brief(brief=walk.brief, by=walk.vendor())


def test_real_call_waits_for_its_deadline():
    walk = Walk(is_demo=False).publish()
    submission = walk.submission()

    for deed in (services.close_call, services.open_submissions):
        with pytest.raises(TransitionRefusedError, match="still ahead"):
            deed(call=walk.call, by=walk.official)
    submission.refresh_from_db()
    walk.call.refresh_from_db()
    assert (submission.state, walk.call.state) == ("submitted", "open")


def test_clock_closes_due_calls_and_their_briefs_once():
    walk = Walk(is_demo=False).publish()
    waiting = Walk(is_demo=False).publish()
    pass_deadline(walk.call, close=False)

    assert services.close_due_calls() == 1
    assert services.close_due_calls() == 0

    for each in (walk.call, walk.brief, waiting.call):
        each.refresh_from_db()
    assert (walk.call.state, walk.brief.state) == ("closed", "closed")
    assert waiting.call.state == CallState.OPEN
    entry = AuditEntry.objects.of(walk.call).first()
    assert (entry.by, entry.facts["target"]) == (clock(), "closed")


def test_deadline_is_put_off_and_never_brought_forward():
    walk = Walk(is_demo=False)
    later = walk.call.closes_at + timedelta(days=1)

    services.put_off_deadline(
        call=walk.call, closes_at=later, reason="Questions.", by=walk.official
    )
    with pytest.raises(DomainError, match="only be put off"):
        services.put_off_deadline(
            call=walk.call,
            closes_at=later - timedelta(hours=1),
            reason="Hurry.",
            by=walk.official,
        )

    assert Call.objects.get(pk=walk.call.pk).closes_at == later


def test_call_needs_weights_of_a_hundred():
    walk = Walk()
    call = services.create_call(
        values={
            "programme": walk.call.programme,
            "batch_no": 4,
            "title_zh": "第四批",
            "title_en": "Fourth batch",
            "opens_at": timezone.now(),
            "closes_at": timezone.now() + timedelta(days=1),
        },
        by=walk.official,
    )
    services.save_criteria(
        call=call,
        criteria=[{"title_zh": "一", "title_en": "One", "weight": 90}],
        by=walk.official,
    )

    with pytest.raises(TransitionRefusedError, match="add up to 90 percent"):
        services.open_call(call=call, by=walk.official)


def test_every_deed_leaves_an_audit_entry_and_no_content():
    walk = Walk().publish()
    submission = walk.submission()

    told = list(AuditEntry.objects.values_list("subject_code", "verb", "facts"))
    assert "moved" in {verb for code, verb, _f in told if code == submission.code}
    assert "CANARY" not in str(told)
    assert not AuditEntry.objects.filter(city=walk.city).filter(
        subject_code=submission.code
    )


def test_unknown_constraint_is_not_dressed_up():
    walk = Walk()

    with pytest.raises(IntegrityError):
        services.create_programme(
            values={
                "code": walk.call.programme.code,
                "title_zh": "重复",
                "title_en": "Twice",
            },
            by=walk.official,
        )
    assert Submission.objects.count() == 0
