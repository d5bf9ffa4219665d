"""The long work of an organisation: listed, followed, cancelled."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch import services
from dispatch.models import Job
from portals.presenters.jobs import job_answers, job_progress, job_table
from portals.presenters.pieces import Link
from portals.requests import actor
from portals.views.access import PersonalView
from portals.views.lists import page_of


class JobList(PersonalView):
    """All of it, newest first; asks again by itself while something is under way."""

    def get(self, request: HttpRequest) -> HttpResponse:
        seen = Job.objects.visible_to(actor(request))
        page = page_of(request, seen.select_related("by__organisation"))
        context = {
            "title": _("Long work"),
            "page": page,
            "table": job_table(page),
            "is_moving": seen.under_way().exists(),
        }
        part = "#rows" if request.htmx else ""  # type: ignore[attr-defined]
        return render(request, f"dispatch/job_list.html{part}", context)


class JobDetail(PersonalView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        seen = Job.objects.visible_to(user).select_related("by__organisation")
        job = get_object_or_404(seen, code=code)
        progress = job_progress(request, job)
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "components/progress.html", {"progress": progress})
        context = {
            "title": job.title,
            "trail": [Link(_("Long work"), reverse("account:job_list")), Link(code)],
            "job": job,
            "p": progress,
            "answers": job_answers(request, job),
        }
        return render(request, "dispatch/job_detail.html", context)


class JobCancel(PersonalView):
    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        user = actor(request)
        job = get_object_or_404(Job.objects.visible_to(user), code=code)
        services.cancel_job(job=job, by=user)
        return redirect("account:job_detail", code=code)
