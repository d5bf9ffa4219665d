"""Pages that exercise the script: a live region, a draft, a question, rows."""

import json
from itertools import count
from threading import Event

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import RequestContext, Template
from django.urls import path

from config.urls import urlpatterns as own
from portals.presenters.pieces import Chart, Fragments

LIVE = """{% extends "frames/public.html" %}{% block title %}Live{% endblock %}
{% block main %}<h1>Live</h1><div data-live data-stream="/stream{{ suffix }}"
data-poll="/poll">{% include "components/live_state.html" %}
<p data-fragment="number">none</p>{% include "components/chart.html" %}</div>
{% endblock %}"""
DRAFT = """{% extends "frames/public.html" %}{% block title %}Draft{% endblock %}
{% block main %}<h1>Draft</h1><form method="post" action="/sent"
data-autosave="/save" data-confirm="Send it?">{% csrf_token %}
<label>Plan <input name="plan"></label><p data-autosave-state role="status"></p>
<button>Send</button></form>{% endblock %}"""
polls = count(1)


def live(request, suffix=""):
    chart = Chart("c", "Line", "Some.", [1.0, 2.0], [("a", [1.0, 2.0])])
    context = RequestContext(request, {"chart": chart, "suffix": suffix})
    return HttpResponse(Template(LIVE).render(context))


def update(word):
    return Fragments(
        {"number": f"<b>{word}</b>"}, {"c": [[1, 2, 3], [4, 5, 6]]}
    ).payload


def beats():
    """Send a few updates, a moment apart."""
    for _number in range(20):
        yield f"data: {json.dumps(update('streamed'))}\n\n".encode()
        Event().wait(0.2)


def stream(request):
    return StreamingHttpResponse(beats(), content_type="text/event-stream")


def poll(request):
    return JsonResponse(update(f"polled {next(polls)}"))


def draft(request):
    return HttpResponse(Template(DRAFT).render(RequestContext(request)))


def save(request):
    if request.POST["plan"] == "bad":
        return JsonResponse({"detail": "Plan is too short."}, status=400)
    return JsonResponse({"saved_at": "2026-03-01T04:00:00+00:00"})


def sent(request):
    return HttpResponse(f"<title>sent</title>sent {request.POST['plan']}")


urlpatterns = [
    *own,
    path("live", live),
    path("live-broken", live, {"suffix": "-missing"}),
    path("stream", stream),
    path("poll", poll),
    path("draft", draft),
    path("save", save),
    path("sent", sent),
]
