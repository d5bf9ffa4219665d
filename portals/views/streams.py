"""Live dashboards: one publisher a process reads once, and fans out in memory."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from asgiref.sync import sync_to_async
from django.db import Error, connection
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation

from accounts.errors import DomainError
from accounts.models import User
from pilots.models import Pilot
from portals.navigation import PORTAL_OF, portal_of
from portals.presenters.pilots.board import told as say
from portals.presenters.pilots.reading import SHELF

TICK_S: Final = 2.0
KEEP_ALIVE_S: Final = 15.0
# A stream ends after so long, and the page asks again: who may look is asked anew.
LIFE_S: Final = 600.0
RETRY_MS: Final = 1000
logger = logging.getLogger(__name__)

Wearing = tuple[str, str]  # portal, language
Queue = asyncio.Queue[str]


@dataclass
class Publisher:
    """Tells everyone who watches one pilot; reads it once a tick for all of them."""

    pilot: Pilot
    readers: dict[Queue, Wearing] = field(default_factory=dict)
    latest: dict[Wearing, str] = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None

    async def run(self) -> None:
        while self.readers:
            await self._tell()
            await asyncio.sleep(TICK_S)

    async def _tell(self) -> None:
        worn = set(self.readers.values())
        loop = asyncio.get_running_loop()
        try:
            told = await loop.run_in_executor(READER, render, self.pilot, worn)
        except (Error, DomainError, OSError):
            # The page's ages go on; a tick that fails is tried again at the next.
            logger.warning("pilot %s could not be read", self.pilot.pk, exc_info=True)
            return
        for queue, wearing in self.readers.items():
            text = told.get(wearing)
            if text is not None and text != self.latest.get(wearing):
                replace(queue, text)
        self.latest = told


# One thread reads for every stream of the process: one connection, held for a moment.
READER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publisher")
publishers: Final[dict[int, Publisher]] = {}


def replace(queue: Queue, text: str) -> None:
    """Leave a slow reader the newest update alone."""
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(text)


def render(pilot: Pilot, worn: Iterable[Wearing]) -> dict[Wearing, str]:
    """Read a pilot and say it for every portal and language; frees the connection."""
    try:
        pilot.refresh_from_db(fields=["state", "starts_on"])
        board = SHELF.newest(pilot)
        told = {}
        for portal, language in worn:
            with translation.override(language):
                payload = say(board, portal).fragments.payload
            told[portal, language] = json.dumps(payload, ensure_ascii=False)
        return told
    finally:
        _release()


async def pilot_stream(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Answer with the live parts of a dashboard as server-sent events."""
    pilot = await sync_to_async(_seen)(request, code)
    wearing = (portal_of(request), translation.get_language() or "zh-hans")
    return StreamingHttpResponse(
        events(pilot, wearing),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def events(pilot: Pilot, wearing: Wearing) -> AsyncIterator[str]:
    """Follow a pilot until the reader goes or the stream's life is over."""
    # A pooled connection would otherwise stay with the stream for its whole life.
    await sync_to_async(_release)()
    queue = subscribe(pilot, wearing)
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + LIFE_S
    try:
        while loop.time() < ends_at:
            try:
                told = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
            except TimeoutError:
                yield ": still here\n\n"
            else:
                yield f"data: {told}\nretry: {RETRY_MS}\n\n"
    finally:
        unsubscribe(pilot, queue)


def subscribe(pilot: Pilot, wearing: Wearing) -> Queue:
    publisher = publishers.setdefault(pilot.pk, Publisher(pilot))
    queue: Queue = asyncio.Queue()
    publisher.readers[queue] = wearing
    if wearing in publisher.latest:
        queue.put_nowait(publisher.latest[wearing])
    if publisher.task is None or publisher.task.done():
        publisher.task = asyncio.create_task(publisher.run())
    return queue


def unsubscribe(pilot: Pilot, queue: Queue) -> None:
    publisher = publishers[pilot.pk]
    del publisher.readers[queue]
    if not publisher.readers:
        del publishers[pilot.pk]
        if publisher.task:
            publisher.task.cancel()


def _seen(request: HttpRequest, code: str) -> Pilot:
    """Return the pilot, or refuse whoever may not see it, as its page does."""
    user = request.user
    if not isinstance(user, User) or PORTAL_OF.get(user.role) != portal_of(request):
        raise Http404
    seen = Pilot.objects.visible_to(user).with_parties()
    found: Pilot = get_object_or_404(seen, code=code)
    return found


def _release() -> None:
    """Give this thread's pooled connection back, unless a transaction needs it."""
    if not connection.in_atomic_block:
        connection.close()
