"""Live dashboards: one publisher a pilot reads once, and fans out in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import translation

from accounts.models import User
from pilots.models import Pilot
from portals.navigation import PORTAL_OF, portal_of
from portals.views.pilots import live_payload

TICK_S: Final = 2.0
KEEP_ALIVE_S: Final = 15.0

Key = tuple[str, str, str]


@dataclass
class Publisher:
    """Renders one pilot's live parts in one language and portal, for all readers."""

    key: Key
    pilot: Pilot
    readers: set[asyncio.Queue[str]] = field(default_factory=set)
    task: asyncio.Task[None] | None = None
    latest: str = ""

    async def run(self) -> None:
        while self.readers:
            told = await sync_to_async(_render)(self.key, self.pilot)
            if told != self.latest:
                self.latest = told
                for reader in self.readers:
                    if reader.empty():
                        reader.put_nowait(told)
            await asyncio.sleep(TICK_S)


publishers: dict[Key, Publisher] = {}


async def pilot_stream(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Answer with the live parts of a dashboard as server-sent events."""
    pilot = await sync_to_async(_seen)(request, code)
    # A pooled connection would otherwise stay with the stream for its whole life.
    await sync_to_async(_release)()
    key = (code, portal_of(request), translation.get_language() or "zh-hans")
    return StreamingHttpResponse(
        _events(key, pilot),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(key: Key, pilot: Pilot) -> AsyncIterator[str]:
    publisher = publishers.setdefault(key, Publisher(key, pilot))
    queue: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
    publisher.readers.add(queue)
    if publisher.latest:
        queue.put_nowait(publisher.latest)
    if publisher.task is None or publisher.task.done():
        publisher.task = asyncio.create_task(publisher.run())
    try:
        while True:
            try:
                told = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
            except TimeoutError:
                yield ": still here\n\n"
            else:
                yield f"data: {told}\n\n"
    finally:
        publisher.readers.discard(queue)
        if not publisher.readers:
            publishers.pop(key, None)


def _seen(request: HttpRequest, code: str) -> Pilot:
    """Find the pilot, or refuse whoever may not see it, as its page does."""
    user = request.user
    if not isinstance(user, User) or PORTAL_OF.get(user.role) != portal_of(request):
        raise Http404
    pilot = Pilot.objects.visible_to(user).with_parties().filter(code=code).first()
    if pilot is None:
        raise Http404
    return pilot


def _render(key: Key, pilot: Pilot) -> str:
    _code, portal, language = key
    try:
        with translation.override(language):
            pilot.refresh_from_db(fields=["state", "starts_on", "weeks"])
            payload: dict[str, Any] = live_payload(pilot, portal)
            return json.dumps(payload, ensure_ascii=False, default=str)
    finally:
        _release()


def _release() -> None:
    """Give this thread's pooled connection back, unless a transaction needs it."""
    if not connection.in_atomic_block:
        connection.close()
