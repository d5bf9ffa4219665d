import json
import re
from datetime import timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from portals.presenters.figures import age_text, figure_text
from portals.presenters.interval import Interval, domain
from portals.presenters.pieces import Cell, Chart, Move, Progress, Task, table_of
from portals.presenters.status import status_of
from portals.presenters.timeline import Bar, Timeline


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def drawn(template, **context):
    return " ".join(render_to_string(f"components/{template}.html", context).split())


def tagged(source, **context):
    return Template("{% load pilotgate %}" + source).render(Context(context))


class PlanForm(forms.Form):
    weeks = forms.IntegerField(label="Weeks", help_text="1 to 5", max_value=5)
    note = forms.CharField(label="Note", required=False)


@pytest.mark.parametrize(
    ("key", "word", "tone"),
    [
        ("pass", "Pass", "good"),
        ("fail", "Fail", "bad"),
        ("not_enough_evidence", "Not enough evidence", "warn"),
        ("pending", "Not yet assessed", "muted"),
    ],
)
def test_status_says_word_icon_and_tone(key, word, tone):
    html = tagged("{% status key %}", key=key)

    assert word in html
    assert f"pg-{tone}" in html
    assert f"sprite.svg#{status_of(key).icon}" in html


def test_status_prefers_the_label_it_is_given():
    assert status_of("running", "Week 7").word == "Week 7"


def test_status_of_unknown_state_is_readable():
    assert status_of("half_way").word == "Half way"
    assert status_of("half_way").tone == "muted"


def test_freshness_calls_an_old_number_stale():
    now = timezone.now()

    old = tagged("{% freshness at 30 %}", at=now - timedelta(seconds=31))
    new = tagged("{% freshness at 30 %}", at=now - timedelta(seconds=3))

    assert "pg-stale" in old
    assert not re.search(r"\shidden\s", old)
    assert "pg-stale" not in new
    assert re.search(r"\shidden\s", new)


def test_freshness_without_data_says_so():
    assert "no data yet" in tagged("{% freshness at 30 %}", at=None)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds ago"),
        (61, "1 minute ago"),
        (7300, "2 hours ago"),
        (90000, "1 day ago"),
    ],
)
def test_age_uses_the_largest_unit_that_fits(seconds, text):
    now = timezone.now()

    assert age_text(now - timedelta(seconds=seconds), now) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "1", "—"),
        (0.978, "1", "97.8%"),
        (1, "1", "100%"),
        (61, "h", "61 h"),
        (0.42, "1/h", "0.42 per hour"),
        (12.34, "min", "12.3 min"),
        (1234.5, "", "1,234"),
    ],
)
def test_figure_text_writes_value_and_unit(value, unit, text):
    assert figure_text(value, unit) == text


def test_interval_says_in_words_what_it_draws():
    interval = Interval(
        "Availability", "1", 0.95, "higher", 0.961, 0.946, 0.972, 0.97, "pass"
    )

    svg = interval.svg

    assert interval.text == (
        "Required: at least 95%; target 97%; estimate 96.1%; "
        "95% interval 94.6% to 97.2%; Pass"
    )
    assert f"<desc>{interval.text}</desc>" in svg
    assert "<title>Availability</title>" in svg
    assert "style=" not in svg


def test_interval_without_estimate_draws_no_whisker():
    svg = Interval("Completeness", "1", 0.98).svg

    assert "<circle" not in svg
    assert "no estimate yet" in svg


def test_interval_with_an_open_bound_ends_in_an_arrow():
    svg = Interval("MTBF", "h", 100, "higher", 400, 180, None, None, "pass").svg

    assert "interval from 180 h" in svg
    assert svg.count("<polygon") == 1


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_interval_shades_the_side_that_passes(better):
    interval = Interval("Rate", "1/h", 0.5, better, 0.4, 0.3, 0.6)

    rects = re.findall(r'<rect x="([\d.]+)"', interval.svg)

    assert (float(rects[1]) > float(rects[0])) is (better == "higher")


def test_interval_domain_holds_every_mark_and_no_impossible_share():
    low, high = domain(Interval("Rate", "1", 0.95, "higher", 0.99, 0.9, 1.0, 0.98))

    assert low < 0.9
    assert high == 1.0


def test_interval_escapes_its_title():
    assert "<b>" not in Interval("<b>x</b>", "1", 0.9).svg


def test_timeline_names_each_bar_and_today():
    timeline = Timeline(
        [Bar("M1 Survey", 0, 2, "accepted", "Accepted"), Bar("M2", 2, 4, "planned")],
        weeks=10,
        title="Milestones",
        today=6.4,
        today_text="21 November",
    )

    svg = timeline.svg

    assert "M1 Survey: weeks 1 to 2, Accepted" in svg
    assert "21 November" in svg
    assert svg.count(">Week ") == 10


def test_timeline_on_a_phone_keeps_every_word_inside():
    bars = [Bar("M1 Survey", 0, 1, "accepted"), Bar("M2", 9, 10, "not_started")]

    svg = Timeline(bars, 10, "Milestones").narrow_svg

    assert 'viewBox="0 0 340' in svg
    assert ">Not started<" in svg
    assert re.search(r'text-anchor="end">Not started<', svg)


def test_table_rows_carry_their_column_for_a_phone():
    table = table_of("Robots", ["Code", "Battery#"], [[Cell("R1", url="/r/1"), "83%"]])

    html = drawn("table", table=table)

    assert '<a href="/r/1" >R1</a>' in html
    assert re.search(r'<td class="pg-number" data-label="Battery" ?> 83% </td>', html)


def test_table_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="zip"):
        _ = table_of("Robots", ["Code", "Battery"], [["R1"]]).lines


def test_empty_table_says_the_next_step():
    table = table_of(
        "Robots", ["Code"], [], empty="No robot.", empty_url="/n", empty_action="Enrol"
    )

    html = drawn("table", table=table)

    assert "No robot." in html
    assert 'href="/n"' in html
    assert "<table" not in html


def test_form_links_each_error_to_its_field():
    form = PlanForm({"weeks": "9"})

    html = drawn("form", form=form)

    assert '<a href="#id_weeks"' in html
    assert "Weeks: Ensure this value is less than or equal to 5." in html
    assert 'aria-describedby="id_weeks_helptext id_weeks_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_weeks_error"' in html
    assert 'id="id_weeks_helptext"' in html
    assert html.count("(optional)") == 1


def test_form_without_errors_draws_no_summary():
    assert "pg-errors" not in drawn("form", form=PlanForm())


def test_moves_post_with_reason_and_question():
    moves = [
        Move("Close", "/close", target="closed", asks_reason=True),
        Move("Publish", "/publish", "primary", confirm="Publish now?"),
    ]

    html = drawn("moves", moves=moves)

    assert html.count('method="post"') == 2
    assert 'name="target" value="closed"' in html
    assert html.count('name="reason"') == 1
    assert 'data-confirm="Publish now?"' in html


def test_closed_move_shows_its_objection_and_no_form():
    html = drawn("moves", moves=[Move("Order", "/o", objection="No signed gate.")])

    assert "No signed gate." in html
    assert "disabled" in html
    assert "<form" not in html


def test_progress_stops_asking_when_it_has_ended():
    running = drawn("progress", progress=Progress("Export", 3, 12, poll_url="/p"))
    ended = drawn("progress", progress=Progress("Export", 12, 12, "done", "/p"))

    assert 'hx-get="/p"' in running
    assert 'value="3"' in running
    assert "25%" in running
    assert "hx-get" not in ended


def test_tasks_mark_the_current_step():
    html = drawn(
        "tasks",
        tasks=[
            Task("Plan", "done", "/1"),
            Task("Price", "not_started", "/2", current=True),
        ],
        done=1,
        total=2,
    )

    assert html.count('aria-current="step"') == 1
    assert "1 of 2 parts done" in html


def test_chart_hands_its_series_over_as_data():
    chart = Chart("c1", "Boxes", "About 60.", [1.0, 2.0], [("Boxes", [60.0, None])])

    html = drawn("chart", chart=chart)
    data = re.search(r'<script id="c1" type="application/json">(.*?)</script>', html)

    assert json.loads(data[1])["series"] == [[1.0, 2.0], [60.0, None]]
    assert 'aria-label="Boxes. About 60."' in html


def test_pagination_keeps_the_filters():
    request = RequestFactory().get("/briefs", {"state": "open", "page": "2"})
    page = Paginator(range(100), 10).page(2)
    template = Template('{% include "components/pagination.html" %}')

    html = template.render(RequestContext(request, {"page": page}))

    assert "?state=open&amp;page=3" in html
    assert "11 to 20 of 100" in html


def test_when_adds_the_sites_own_time_only_where_it_differs():
    at = timezone.datetime.fromisoformat("2026-03-01T04:00:00+00:00")

    beijing = tagged("{% when at 'Asia/Chongqing' %}", at=at)
    elsewhere = tagged("{% when at 'Europe/Berlin' %}", at=at)

    assert "2026-03-01 12:00 Beijing time" in beijing
    assert "pg-when-local" not in beijing
    assert "2026-03-01 05:00 Europe/Berlin" in " ".join(elsewhere.split())
