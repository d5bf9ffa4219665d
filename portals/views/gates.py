"""Gate reviews: read, signed by three, overridden by two, printed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import InvalidInputError
from pilots import services
from pilots.enums import GateOutcome, GateStep
from pilots.forms import OverrideForm, SignatureForm
from pilots.models import GateOverride, GateReview
from pilots.reports.dossier import gate_dossier
from pilots.reports.sentences import sentence
from portals.navigation import here
from portals.presenters import gates
from portals.presenters.pieces import Link, Move
from portals.requests import actor
from portals.views.access import PortalView

SIGN = {
    GateStep.RECOMMEND: services.recommend,
    GateStep.DECIDE: services.decide,
    GateStep.APPROVE: services.approve,
}
LANGUAGES = frozenset({"zh-hans", "en"})
OFFICIALS = frozenset({Role.OFFICIAL})


def review_of(request: HttpRequest, code: str) -> GateReview:
    seen = GateReview.objects.visible_to(actor(request)).select_related(
        "look",
        "gate__pilot__contract__city",
        "gate__pilot__contract__vendor",
        "gate__pilot__contract__award__brief__site",
    )
    return get_object_or_404(seen, code=code)


class GateDetail(PortalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.page(request, review_of(request, code), SignatureForm())

    def page(
        self,
        request: HttpRequest,
        review: GateReview,
        form: SignatureForm,
        status: int = 200,
    ) -> HttpResponse:
        user = actor(request)
        pilot = review.pilot
        step = gates.next_step(review, user)
        context = {
            "title": _("Gate review %(code)s") % {"code": review.code},
            "trail": [
                Link(_("Pilots"), here(request, "pilot_list")),
                Link(pilot.code, here(request, "pilot_detail", pilot.code)),
                Link(review.code),
            ],
            "subtitle": pilot.title,
            "status": review.outcome,
            "status_label": review.get_outcome_display(),
            "review": review,
            "pilot": pilot,
            "reasons": [sentence(*pair) for pair in review.reasons],
            "rows": gates.verdict_rows(request, review),
            "events": gates.signature_events(review),
            "waits": gates.next_step_words(review),
            "why_closed": services.why_closed(review),
            "step": step,
            "step_label": GateStep(step).label if step else "",
            "form": form,
            "actions": [
                Link(
                    _("Dossier (PDF, Chinese)"),
                    here(request, "gate_dossier", review.code, "zh-hans"),
                    icon="download",
                ),
                Link(
                    _("Dossier (PDF, English)"),
                    here(request, "gate_dossier", review.code, "en"),
                    icon="download",
                ),
            ],
            **_override(review, user),
        }
        return render(request, "pilots/gate_detail.html", context, status=status)


class GateSign(GateDetail):
    """Sign the step that waits for this person; the form stands on the gate's page."""

    http_method_names = ["post"]
    roles = frozenset({Role.OFFICIAL, Role.REVIEWER})

    def post(self, request: HttpRequest, code: str, step: str) -> HttpResponse:
        review, form = review_of(request, code), SignatureForm(request.POST)
        if step not in GateStep.values:
            raise InvalidInputError(_("There is no such step."))
        if not form.is_valid():
            return self.page(request, review, form, status=422)
        SIGN[GateStep(step)](review=review, by=actor(request), **form.cleaned_data)
        return redirect(here(request, "gate_detail", code))


class GateDossier(PortalView):
    def get(self, request: HttpRequest, code: str, language: str) -> HttpResponse:
        if language not in LANGUAGES:
            raise InvalidInputError(_("The dossier is printed in zh-hans or en."))
        review = review_of(request, code)
        answer = HttpResponse(
            gate_dossier(review, language), content_type="application/pdf"
        )
        name = f"{review.code}-{language}.pdf"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class OverridePropose(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = OverrideForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(_("State the reason of the override."))
        services.propose_override(
            review=review_of(request, code), by=actor(request), **form.cleaned_data
        )
        return redirect("officials:gate_detail", code=code)


class OverrideApprove(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        seen = GateOverride.objects.visible_to(user)
        override = get_object_or_404(seen, review__code=code)
        services.approve_override(override=override, by=user)
        return redirect("officials:gate_detail", code=code)


def _override(review: GateReview, user: Any) -> dict[str, Any]:
    """Return the override there is, and what this person may do about one."""
    override = GateOverride.objects.visible_to(user).filter(review=review).first()
    found: dict[str, Any] = {"override": override}
    if user.role != Role.OFFICIAL or review.outcome != GateOutcome.FAIL:
        return found
    if override is None:
        return found | {"override_form": OverrideForm()}
    if override.approved_by_id is None and override.proposed_by_id != user.pk:
        url = f"/officials/gates/{review.code}/override/approve/"
        confirm = _("It is published with your name.")
        return found | {
            "override_moves": [Move(_("Approve the override"), url, confirm=confirm)]
        }
    return found
