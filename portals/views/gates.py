"""Gate reviews: read, signed by three, overridden by two, printed."""

from typing import Final

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import InvalidInputError
from pilots import services
from pilots.enums import GateOutcome, GateStep
from pilots.forms import OverrideForm, SignatureForm
from pilots.models import GateDossier, GateOverride, GateReview, GateSignature
from pilots.services.dossiers import LANGUAGES, content_digest
from portals.navigation import here
from portals.presenters.pieces import Link
from portals.presenters.pilots.gates import gate_table, gates_listed
from portals.presenters.pilots.reading import SHELF
from portals.presenters.pilots.reviews import review_page
from portals.requests import actor
from portals.sending import file_answer
from portals.views.access import PortalView
from portals.views.lists import page_of

SIGN: Final = {
    GateStep.RECOMMEND: services.recommend,
    GateStep.DECIDE: services.decide,
    GateStep.APPROVE: services.approve,
}
OFFICIALS = frozenset({Role.OFFICIAL})


def review_of(request: HttpRequest, code: str) -> GateReview:
    user = actor(request)
    signed = GateSignature.objects.visible_to(user).select_related(
        "person__organisation"
    )
    seen = GateReview.objects.visible_to(user).select_related(
        "look",
        "override__proposed_by",
        "override__approved_by",
        "gate__pilot__contract__city",
        "gate__pilot__contract__vendor",
        "gate__pilot__contract__award__brief__site",
    )
    seen = seen.prefetch_related("verdicts", Prefetch("signatures", signed))
    found: GateReview = get_object_or_404(seen, code=code)
    return found


class GateList(PortalView):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(request, gates_listed(request))
        context = {
            "title": _("Gates"),
            "page": page,
            "table": gate_table(request, page),
            "intro": _(
                "Each gate decides whether the next robots may be ordered. It is read "
                "on registered days only, and three people sign what it found."
            ),
        }
        return render(request, "portals/simple_list.html", context)


class GateDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        context = review_page(request, review_of(request, code))
        return render(request, "pilots/gate_detail.html", context)


class GateSign(PortalView):
    """Sign the step that waits for this person."""

    roles = frozenset({Role.OFFICIAL, Role.REVIEWER})

    def post(self, request: HttpRequest, code: str, step: str) -> HttpResponse:
        review = review_of(request, code)
        if step not in GateStep.values:
            raise InvalidInputError(_("There is no such step."))
        passed = review.outcome == GateOutcome.PASS
        form = SignatureForm(request.POST, may_say_yes=passed)
        if not form.is_valid():
            context = review_page(request, review, form)
            return render(request, "pilots/gate_detail.html", context, status=422)
        SIGN[GateStep(step)](review=review, by=actor(request), **form.cleaned_data)
        SHELF.forget(review.pilot)
        messages.success(request, _("Your signature is kept."))
        return redirect(here(request, "gate_detail", code))


class GateDossierFile(PortalView):
    """The kept dossier; while it is being made, a page that waits for it."""

    def get(self, request: HttpRequest, code: str, language: str) -> HttpResponse:
        if language not in LANGUAGES:
            raise InvalidInputError(_("The dossier is printed in zh-hans or en."))
        review = review_of(request, code)
        dossier = self._asked(request, review, language)
        content = services.kept_dossier(dossier)
        if content is None or request.htmx:  # type: ignore[attr-defined]
            return self._page(request, dossier, is_kept=content is not None)
        answer = HttpResponse(content, content_type="application/pdf")
        name = f"{review.code}-{language}.pdf"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _asked(
        self, request: HttpRequest, review: GateReview, language: str
    ) -> GateDossier:
        """Find what was asked for; a reload tries again what failed, no poll does."""
        asked = GateDossier.objects.visible_to(actor(request)).filter(
            review=review,
            language=language,
            content_digest=content_digest(review),
        )
        found: GateDossier | None = asked.first()
        if found and request.htmx:  # type: ignore[attr-defined]
            return found
        return next(
            each for each in services.ask_dossiers(review) if each.language == language
        )

    def _page(
        self, request: HttpRequest, dossier: GateDossier, *, is_kept: bool
    ) -> HttpResponse:
        code = dossier.review.code
        context = {
            "title": _("Dossier of %(code)s") % {"code": code},
            "trail": [
                Link(_("Gates"), here(request, "gate_list")),
                Link(code, here(request, "gate_detail", code)),
                Link(_("Dossier")),
            ],
            "dossier": dossier,
            "is_kept": is_kept,
            "url": request.path,
        }
        part = "#state" if request.htmx else ""  # type: ignore[attr-defined]
        return render(
            request,
            f"pilots/dossier_detail.html{part}",
            context,
            status=200 if is_kept or part else 202,
        )


class GateEvidence(PortalView):
    """The signed file with which anyone computes the verdict again."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        review = review_of(request, code)
        path = services.evidence_file(review)
        return file_answer(request, path, content_type="application/zip")


class OverridePropose(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = OverrideForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(_("State the reason of the override."))
        services.propose_override(
            review=review_of(request, code), by=actor(request), **form.cleaned_data
        )
        messages.success(request, _("Proposed; a second official approves it."))
        return redirect("officials:gate_detail", code=code)


class OverrideApprove(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        seen = GateOverride.objects.visible_to(user)
        override = get_object_or_404(seen, review__code=code)
        services.approve_override(override=override, by=user)
        messages.success(request, _("The override is published."))
        return redirect("officials:gate_detail", code=code)
