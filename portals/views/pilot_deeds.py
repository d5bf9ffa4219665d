"""What is done in a pilot: robots, exclusions, milestones, reviewers, assessment."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts.enums import Role
from pilots import services
from pilots.forms import (
    DeployRobotForm,
    EnrolRobotForm,
    ExclusionForm,
    MilestoneForm,
    ReviewerForm,
)
from pilots.models import Deployment, Exclusion, Pilot, PilotMilestone
from portals.navigation import here
from portals.presenters.pieces import Link
from portals.presenters.pilots.kpis import trail_to
from portals.presenters.pilots.reading import SHELF
from portals.requests import actor
from portals.views.access import PortalView
from portals.views.pilots import OFFICIALS, pilot_of
from portals.views.robots import shown_once

PARTIES = frozenset({Role.OFFICIAL, Role.VENDOR})
VENDORS = frozenset({Role.VENDOR})
WORLDS = {"sound": "welding_line_good", "failing": "welding_line_bad"}


class PilotDeed(PortalView):
    """A form about a pilot; what was done leads back to the pilot."""

    form_class: ClassVar[Callable[..., forms.Form]]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        return self.page(request, pilot, self.form(pilot))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        form = self.form(pilot, request.POST)
        if not form.is_valid():
            return self.page(request, pilot, form, status=422)
        answer = self.done(request, pilot, form)
        SHELF.forget(pilot)
        return answer or redirect(here(request, "pilot_detail", code))

    def form(self, pilot: Pilot, typed: Any = None) -> Any:
        return type(self).form_class(typed, pilot=pilot)

    def done(self, request: HttpRequest, pilot: Pilot, form: Any) -> Any:
        """Call the service; return another answer than the pilot's page, or None."""
        raise TypeError(f"{type(self).__name__} does nothing")

    def words(self) -> tuple[str, str]:
        """Return the page's title and its button."""
        raise TypeError(f"{type(self).__name__} has no words")

    def page(
        self, request: HttpRequest, pilot: Pilot, form: Any, status: int = 200
    ) -> HttpResponse:
        title, submit = self.words()
        context = {
            "title": title,
            "subtitle": pilot.title,
            "trail": [*trail_to(request, pilot), Link(title)],
            "form": form,
            "submit": submit,
            "cancel_url": here(request, "pilot_detail", pilot.code),
        }
        return render(request, "pilots/pilot_form.html", context, status=status)


class PilotDeploy(PilotDeed):
    roles = PARTIES
    form_class = DeployRobotForm

    def words(self) -> tuple[str, str]:
        return _("Deploy a robot"), _("Deploy")

    def done(self, request: HttpRequest, pilot: Pilot, form: Any) -> None:
        services.deploy_robot(pilot=pilot, by=actor(request), **form.cleaned_data)
        messages.success(request, _("The robot is at work; what it sends counts."))


class PilotEnrol(PilotDeed):
    """Enrol a robot and put it to work in one step; its secret is shown once."""

    roles = VENDORS
    form_class = EnrolRobotForm

    def words(self) -> tuple[str, str]:
        return _("Enrol a robot for this pilot"), _("Enrol and deploy")

    @sensitive_variables("secret")
    def done(self, request: HttpRequest, pilot: Pilot, form: Any) -> HttpResponse:
        user, profile = actor(request), form.cleaned_data.get("profile", "")
        deployment, secret = services.enrol_robot(
            pilot=pilot,
            nameplate=form.nameplate,
            by=user,
            software=form.cleaned_data["software"],
        )
        if profile:
            services.simulate_robot(
                deployment=deployment, secret=secret, profile=profile, by=user
            )
        return shown_once(request, deployment.robot, secret)


class PilotWithdraw(PortalView):
    roles = PARTIES

    def post(self, request: HttpRequest, code: str, robot: str) -> HttpResponse:
        user, pilot = actor(request), pilot_of(request, code)
        seen = Deployment.objects.visible_to(user).open_now().filter(pilot=pilot)
        deployment = get_object_or_404(seen, robot__code=robot)
        reason = request.POST.get("reason", "")
        services.withdraw_robot(deployment=deployment, by=user, reason=reason)
        SHELF.forget(pilot)
        return redirect(here(request, "pilot_detail", code))


class PilotAssess(PortalView):
    """Have the closed looks read now instead of at the next tick."""

    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        services.ask_assessment(pilot=pilot_of(request, code), by=actor(request))
        messages.success(
            request, _("The closed looks are being read; the review appears here.")
        )
        return redirect("officials:pilot_detail", code=code)


class PilotForward(PortalView):
    """In the demo city: let the pilot's weeks have passed."""

    roles = PARTIES

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        pilot = pilot_of(request, code)
        profile = WORLDS.get(request.POST.get("world", ""), WORLDS["sound"])
        job = services.fast_forward(pilot=pilot, by=actor(request), profile=profile)
        SHELF.forget(pilot)
        return redirect("account:job_detail", code=job.code)


class ExclusionNew(PilotDeed):
    roles = PARTIES
    form_class = ExclusionForm

    def words(self) -> tuple[str, str]:
        return _("Propose an exclusion"), _("Propose")

    def done(self, request: HttpRequest, pilot: Pilot, form: Any) -> None:
        clean = form.cleaned_data
        services.propose_exclusion(
            pilot=pilot,
            span=(clean["start_at"], clean["end_at"]),
            reason=clean["reason"],
            by=actor(request),
            robot=clean["robot"],
        )
        messages.success(request, _("Proposed; an official of the city judges it."))


class ExclusionJudge(PortalView):
    roles = OFFICIALS

    def post(self, request: HttpRequest, code: str, pk: int) -> HttpResponse:
        user, pilot = actor(request), pilot_of(request, code)
        seen = Exclusion.objects.visible_to(user).filter(pilot=pilot)
        services.judge_exclusion(
            exclusion=get_object_or_404(seen, pk=pk),
            approved=request.POST.get("target") == "approved",
            by=user,
        )
        SHELF.forget(pilot)
        return redirect("officials:pilot_detail", code=code)


class PilotMilestoneJudge(PortalView):
    """Say whether a milestone is met, and what was found."""

    roles = OFFICIALS

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        milestone = self._milestone(request, code, number)
        return self._page(request, milestone, MilestoneForm())

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        milestone = self._milestone(request, code, number)
        form = MilestoneForm(request.POST)
        if not form.is_valid():
            return self._page(request, milestone, form, status=422)
        services.judge_milestone(
            milestone=milestone, by=actor(request), **form.cleaned_data
        )
        return redirect("officials:pilot_detail", code=code)

    def _milestone(
        self, request: HttpRequest, code: str, number: int
    ) -> PilotMilestone:
        seen = PilotMilestone.objects.visible_to(actor(request)).select_related(
            "pilot__contract__city", "pilot__contract__award__brief__site"
        )
        found: PilotMilestone = get_object_or_404(seen, pilot__code=code, number=number)
        return found

    def _page(
        self,
        request: HttpRequest,
        milestone: PilotMilestone,
        form: MilestoneForm,
        status: int = 200,
    ) -> HttpResponse:
        title = _("Judge milestone %(number)s") % {"number": milestone.number}
        context = {
            "title": title,
            "subtitle": milestone.title,
            "trail": [*trail_to(request, milestone.pilot), Link(title)],
            "note_text": milestone.acceptance,
            "form": form,
            "submit": _("Judge"),
            "cancel_url": here(request, "pilot_detail", milestone.pilot.code),
        }
        return render(request, "pilots/pilot_form.html", context, status=status)


class PilotAssign(PilotDeed):
    roles = OFFICIALS
    form_class = ReviewerForm

    def words(self) -> tuple[str, str]:
        return _("Ask a reviewer to follow the pilot"), _("Ask")

    def done(self, request: HttpRequest, pilot: Pilot, form: Any) -> None:
        services.assign_reviewer(pilot=pilot, by=actor(request), **form.cleaned_data)
