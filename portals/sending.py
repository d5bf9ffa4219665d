"""Files as answers, a piece at a time, under ASGI and under WSGI."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from django.http import HttpRequest, StreamingHttpResponse
from rest_framework.request import Request

PIECE: Final = 1 << 20


def file_answer(
    request: HttpRequest | Request, path: Path, *, content_type: str
) -> StreamingHttpResponse:
    """Return an answer that a browser saves under the file's own name."""
    under_asgi = hasattr(request, "scope")
    pieces = _pieces_async(path) if under_asgi else _pieces(path)
    answer = StreamingHttpResponse(pieces, content_type=content_type)
    answer["Content-Length"] = str(path.stat().st_size)
    answer["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return answer


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stored:
        while piece := stored.read(PIECE):
            yield piece


async def _pieces_async(path: Path) -> AsyncIterator[bytes]:
    stored = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(stored.read, PIECE):
            yield piece
    finally:
        await asyncio.to_thread(stored.close)
