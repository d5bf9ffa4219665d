"""A city's own KPIs as pages draw them: in words, in both languages, and tried out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import Role
from dispatch.models import Job
from kpis.engine.composition import NAMED
from kpis.engine.definition import Condition, Kpi, Part
from kpis.engine.figures import ABSENCES, Figure
from kpis.enums import ComposedState
from kpis.errors import Problem
from kpis.forms import COLUMN_WORDS, FACT_WORDS, WHAT_WORDS, metric_in, steps_of, typed
from kpis.models import ComposedKpi
from kpis.services import explanation_of, title_of
from kpis.workflow import COMPOSED_TRANSITIONS
from pilots.reports.sentences import sentence
from portals.navigation import here
from portals.presenters.catalogue import LAWS, better_text, parts_table
from portals.presenters.figures import NONE, figure_text, hash_text
from portals.presenters.moves import moves_of
from portals.presenters.pieces import (
    Answer,
    Cell,
    Chart,
    Link,
    Move,
    Progress,
    Table,
    table_of,
)
from portals.presenters.telemetry_words import KIND_WORDS, STATE_WORDS, VALUE_WORDS
from portals.requests import actor

SHOWN_RUNS: Final = 5
LANGUAGES: Final = ("zh-hans", "en")
WORDS: Final = {**KIND_WORDS, **STATE_WORDS, **VALUE_WORDS}


def list_table(request: HttpRequest, rows: Iterable[ComposedKpi]) -> Table:
    create = create_url(request)
    return table_of(
        _("KPIs of your city"),
        [
            _("KPI"),
            _("Version") + "#",
            _("Unit"),
            _("How a gate judges it"),
            _("State"),
        ],
        [
            [
                Cell(
                    each.title,
                    url=here(request, "own_kpi_detail", each.code),
                    note=each.key,
                ),
                str(each.version),
                each.kpi.unit,
                str(LAWS[each.kpi.law]),
                Cell(each.get_state_display(), status=each.state),
            ]
            for each in rows
        ],
        empty=_("Your city has composed no KPI yet."),
        empty_url=create,
        empty_action=_("Compose a KPI") if create else "",
    )


def create_url(request: HttpRequest) -> str:
    return here(request, "own_kpi_create") if writes(request) else ""


def writes(request: HttpRequest) -> bool:
    return bool(actor(request).role == Role.OFFICIAL)


def form_page(
    request: HttpRequest, words: Any, parts: Any, composed: ComposedKpi | None = None
) -> dict[str, Any]:
    code = composed.code if composed else ""
    back = (
        here(request, "own_kpi_detail", code)
        if composed
        else here(request, "own_kpi_list")
    )
    title = composed.title if composed else _("Compose a KPI")
    return {
        "title": title,
        "trail": [*trail(request), Link(title)],
        "form": words,
        "formset": parts,
        "check_url": here(request, "own_kpi_check"),
        "cancel_url": back,
    }


def trail(request: HttpRequest) -> list[Link]:
    return [
        Link(_("KPI catalogue"), here(request, "kpi_list")),
        Link(_("KPIs of your city"), here(request, "own_kpi_list")),
    ]


def check_piece(kpi: Kpi | None, problems: Sequence[Problem]) -> dict[str, Any]:
    """Draw what a definition says, or what keeps it from being one."""
    return {
        "previews": previews(kpi) if kpi else [],
        "law": str(LAWS[kpi.law]) if kpi else "",
        "problems": [each.sentence for each in problems],
    }


def previews(kpi: Kpi) -> list[tuple[str, str]]:
    """Say what is divided by what: (language, words)."""
    found = []
    for language in LANGUAGES:
        with override(language):
            found.append((language, f"{title_of(kpi)} = {fraction_words(kpi)}"))
    return found


def fraction_words(kpi: Kpi) -> str:
    return f"{side_words(kpi.numerator)} / {side_words(kpi.denominator)}"


def side_words(parts: Sequence[Part]) -> str:
    words = " + ".join(part_words(part) for part in parts)
    return f"({words})" if len(parts) > 1 else words


def part_words(part: Part) -> str:
    if NAMED.get(part.key) == part:
        return str(FACT_WORDS.get(part.key, part.key))
    what = str(WHAT_WORDS.get(f"{part.over}:{part.sums}", part.over))
    metric = metric_in({"column": c.column, "one_of": c.one_of} for c in part.where)
    where = "; ".join(condition_words(each, steps_of(metric)) for each in part.where)
    return f"{what} [{where}]" if where else what


def condition_words(condition: Condition, steps: int) -> str:
    told: dict[str, Any] = {"column": condition.column}
    if condition.at_most is not None:
        told["at_most"] = condition.at_most
    else:
        told["one_of"] = [
            _(WORDS[value]) if value in WORDS else value for value in condition.one_of
        ]
    column = COLUMN_WORDS.get(condition.column, condition.column)
    return f"{column}: {typed(told, steps)}"


def detail_page(
    request: HttpRequest,
    composed: ComposedKpi,
    versions: Iterable[ComposedKpi],
    runs: Iterable[Job],
) -> dict[str, Any]:
    kpi = composed.kpi
    return {
        "title": title_of(kpi),
        "subtitle": composed.key,
        "trail": [*trail(request), Link(composed.key)],
        "status": composed.state,
        "status_label": composed.get_state_display(),
        "explanation": explanation_of(kpi),
        "previews": previews(kpi),
        "moves": moves(request, composed),
        "actions": actions(request, composed),
        "version_url": here(request, "own_kpi_version", composed.code)
        if writes(request) and composed.state != ComposedState.DRAFT
        else "",
        "discard_url": here(request, "own_kpi_discard", composed.code)
        if writes(request) and composed.state == ComposedState.DRAFT
        else "",
        "answers": [
            Answer(_("Key"), composed.key),
            Answer(_("Unit (UCUM)"), kpi.unit),
            Answer(_("Direction"), better_text(kpi)),
            Answer(_("How a gate judges it"), str(LAWS[kpi.law])),
            Answer(_("SHA-256 of the definition"), hash_text(composed.digest)),
        ],
        "parts": parts_table(kpi.parts),
        "versions": versions_table(request, composed, versions),
        "runs": [run_piece(each) for each in runs],
    }


def moves(request: HttpRequest, composed: ComposedKpi) -> list[Move]:
    words = {
        ComposedState.PUBLISHED: Move(
            _("Publish"),
            "",
            tone="primary",
            confirm=_("A published KPI never changes; a change is a new version."),
        ),
        ComposedState.RETIRED: Move(_("Take out of use"), ""),
    }
    return moves_of(
        request,
        COMPOSED_TRANSITIONS,
        composed,
        url_name="own_kpi_advance",
        words={str(target): word for target, word in words.items()},
    )


def actions(request: HttpRequest, composed: ComposedKpi) -> list[Link]:
    if not writes(request) or composed.state != ComposedState.DRAFT:
        return []
    return [Link(_("Edit"), here(request, "own_kpi_edit", composed.code))]


def versions_table(
    request: HttpRequest, composed: ComposedKpi, versions: Iterable[ComposedKpi]
) -> Table:
    rows = [
        [
            Cell(
                str(each.version),
                url=""
                if each.pk == composed.pk
                else here(request, "own_kpi_detail", each.code),
            ),
            Cell(each.get_state_display(), status=each.state),
            hash_text(each.digest),
        ]
        for each in versions
    ]
    return table_of(_("Versions"), [_("Version"), _("State"), _("Digest")], rows)


def run_piece(job: Job) -> dict[str, Any]:
    """Draw one dry run: how far it is, or what it found."""
    told = job.result
    title = _("%(pilot)s, %(first)s to %(last)s") % {
        "pilot": told["pilot"],
        "first": told["starts_on"],
        "last": told["ends_on"],
    }
    page = reverse("account:job_detail", args=[job.code])
    piece: dict[str, Any] = {
        "title": title,
        "code": job.code,
        "error": job.error,
        "progress": Progress(
            title=title,
            done=job.done,
            total=job.total,
            status=job.state,
            poll_url="" if job.is_over else page,
            cancel_url=""
            if job.is_over
            else reverse("account:job_cancel", args=[job.code]),
        ),
    }
    return piece | (found_piece(job) if "figure" in told else {})


def found_piece(job: Job) -> dict[str, Any]:
    told = job.result
    figure = Figure.from_json(told["figure"])
    unit = told["definition"]["unit"]
    scale = Fraction(*told["definition"]["scale"])
    verdict = told["verdict"]
    return {
        "found": True,
        "answers": [
            Answer(
                _("Value"),
                figure_text(figure.value, unit)
                if figure.value is not None
                else _(ABSENCES[figure.reason]),  # type: ignore[index]
            ),
            Answer(_("Integers"), f"{figure.num:,} / {figure.den:,}"),
            Answer(_("Time known"), figure_text(figure.coverage, "1")),
            Answer(_("Rows"), f"{figure.samples:,}"),
            Answer(_("Evidence"), told["evidence_kind"]),
            Answer(_("SHA-256 of the definition"), hash_text(told["digest"])),
            *verdict_answers(verdict, unit),
        ],
        "outcome": verdict["outcome"] if verdict else "",
        "chart": chart_of(job, figure, scale, unit),
        "days": days_table(figure, scale, unit),
    }


def verdict_answers(verdict: Mapping[str, Any] | None, unit: str) -> list[Answer]:
    if verdict is None:
        return []
    low, high = (figure_text(verdict[name], unit) for name in ("low", "high"))
    reasons = " ".join(
        sentence(code, facts, unit) for code, facts in verdict["reasons"]
    )
    return [
        Answer(_("95 % interval"), f"{low} – {high}"),
        Answer(_("What the gate would have said"), reasons),
    ]


def chart_of(job: Job, figure: Figure, scale: Fraction, unit: str) -> Chart:
    share = 100 if unit == "1" else 1
    values = [
        float(day.num * scale * share / day.den) if day.den and day.rows else None
        for day in figure.by_day
    ]
    return Chart(
        id=f"days-{job.code}",
        title=_("Day by day"),
        summary=_("%(days)s operational days, %(with_data)s of them with data.")
        % {
            "days": len(values),
            "with_data": sum(day.rows > 0 for day in figure.by_day),
        },
        at=[noon(day.day) for day in figure.by_day],
        lines=[(_("Value"), values)],
    )


def noon(on: date) -> float:
    """Place a day where its date reads the same in Beijing."""
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC).timestamp()


def days_table(figure: Figure, scale: Fraction, unit: str) -> Table:
    rows = [
        [
            day.day.isoformat(),
            figure_text(day.num * scale / day.den, unit) if day.den else NONE,
            f"{day.num:,}",
            f"{day.den:,}",
            f"{day.rows:,}",
        ]
        for day in reversed(figure.by_day)
    ]
    labels = [
        _("Day"),
        _("Value") + "#",
        _("Numerator") + "#",
        _("Denominator") + "#",
        _("Rows") + "#",
    ]
    return table_of(_("Day by day"), labels, rows)
