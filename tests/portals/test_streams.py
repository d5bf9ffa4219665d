import asyncio
import json

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from accounts.enums import Role
from portals.presenters.pilots.board import FRAGMENTS
from portals.views.streams import publishers
from tests.factories import make_user
from tests.pilots.factories import make_pilot

pytestmark = pytest.mark.django_db(transaction=True)


async def first_event(client, url):
    answer = await client.get(url)
    events = aiter(answer.streaming_content)
    try:
        return answer, await asyncio.wait_for(anext(events), 20)
    finally:
        await events.aclose()


def test_stream_sends_the_live_parts_and_forgets_its_reader():
    pilot = make_pilot(demo=True, state="running")
    client = AsyncClient()
    client.force_login(make_user(Role.OFFICIAL, organisation=pilot.contract.city))

    answer, event = async_to_sync(first_event)(
        client, f"/officials/pilots/{pilot.code}/stream/"
    )

    assert answer["Content-Type"] == "text/event-stream"
    assert event.startswith(b"data: ")
    told = json.loads(event.splitlines()[0].removeprefix(b"data: "))
    assert set(told["fragments"]) == set(FRAGMENTS)
    assert "pace" in told["charts"]
    assert publishers == {}
