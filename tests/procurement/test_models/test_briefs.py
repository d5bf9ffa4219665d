"""What cannot be true is refused by the database, whoever asks and however."""

import pytest
from django.db import IntegrityError, connection, transaction

from procurement.enums import (
    BriefState,
    SubmissionState,
)
from procurement.models import (
    BriefKpi,
    ReviewCriterion,
)
from tests.factories import (
    make_brief,
    make_call,
    make_organisation,
    make_submission,
    pass_deadline,
)

pytestmark = pytest.mark.django_db


def refused(rule):
    return pytest.raises(IntegrityError, match=rule)


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("budget_line", "", "published_brief_has_a_volume_budget_line"),
        ("budget_cny", None, "published_brief_has_a_volume_budget_line"),
        ("quantity_min", None, "published_brief_has_a_quantity_range"),
        ("quantity_max", 5, "published_brief_has_a_quantity_range"),
        ("unit_price_ceiling_cny", None, "published_brief_has_a_unit_price_ceiling"),
        ("site_id", None, "published_brief_has_a_site_and_a_date"),
    ],
)
def test_brief_cannot_be_published_without_volume_terms(column, value, rule):
    brief = make_brief(state=BriefState.DRAFT)
    sql(f"UPDATE procurement_brief SET {column} = %s WHERE id = %s", value, brief.pk)

    with refused(rule):
        sql(
            "UPDATE procurement_brief SET state = 'published', published_at = now() "
            "WHERE id = %s",
            brief.pk,
        )
    with refused("published_brief_has_a_site_and_a_date"):
        sql("UPDATE procurement_brief SET state = 'published' WHERE id = %s", brief.pk)


def test_published_terms_and_kpis_stand():
    brief = make_brief()

    with refused("published_terms_stand"):
        sql("UPDATE procurement_brief SET quantity_max = 999 WHERE id = %s", brief.pk)
    with refused("published_kpis_stand"):
        sql(
            "UPDATE procurement_briefkpi SET minimum = 0.1 WHERE brief_id = %s",
            brief.pk,
        )
    with refused("published_kpis_stand"):
        sql("DELETE FROM procurement_briefkpi WHERE brief_id = %s", brief.pk)
    with refused("published_kpis_stand"), transaction.atomic():
        BriefKpi.objects.create(
            brief=brief, kpi="mtbf", comparator="at_least", minimum=1, target=2
        )


def test_criteria_of_an_open_call_stand():
    call = make_call()

    with refused("published_criteria_stand"):
        sql("UPDATE procurement_reviewcriterion SET weight = 1")
    with refused("published_criteria_stand"), transaction.atomic():
        ReviewCriterion.objects.create(
            call=call, number=9, title_zh="九", title_en="Nine", weight=1
        )


@pytest.mark.parametrize(
    ("comparator", "minimum", "target"),
    [("at_least", "0.9", "0.9"), ("at_least", "0.9", "0.8"), ("at_most", "2", "3")],
)
def test_target_must_be_stricter_than_minimum(comparator, minimum, target):
    brief = make_brief(state=BriefState.DRAFT)

    with refused("target_is_stricter_than_minimum"), transaction.atomic():
        BriefKpi.objects.create(
            brief=brief,
            kpi="mtbf",
            comparator=comparator,
            minimum=minimum,
            target=target,
        )


def test_deadline_is_only_put_off():
    call = make_call()

    sql("UPDATE procurement_call SET closes_at = closes_at + interval '1 hour'")
    with refused("deadline_is_only_put_off"):
        sql("UPDATE procurement_call SET closes_at = closes_at - interval '1 minute'")
    with refused("opening_day_stands_once_open"):
        sql("UPDATE procurement_call SET opens_at = opens_at - interval '1 minute'")
    with refused("call_closes_at_its_deadline"):
        sql("UPDATE procurement_call SET state = 'closed'")
    pass_deadline(call)
    with refused("deadline_stands_once_passed"):
        sql("UPDATE procurement_call SET closes_at = closes_at + interval '1 hour'")
    with refused("call_moves_along_its_states"):
        sql("UPDATE procurement_call SET state = 'open'")


def test_demo_deadline_comes_forward_to_now_and_no_further():
    call = make_call(city=make_organisation(is_demo=True))
    submission = make_submission(SubmissionState.SUBMITTED, brief=make_brief(call=call))

    sql("UPDATE procurement_call SET closes_at = opens_at + interval '1 minute'")

    call.refresh_from_db()
    assert call.closes_at > submission.submitted_at
