"""Server-sent events: what happened, told to every open window. A stream ends when the server does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

# A browser that has gone shows only when something is sent to it.
_PULSE = 10.0
MOST_STREAMS = 40
_MOST_WAITING = 200


class Hub:
    """The open streams. ``tell`` may be called from any thread; all else is of the server's loop."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[str | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    @property
    def streams(self) -> int:
        return len(self._streams)

    def begin(self) -> None:
        """To be called in the server's loop before anything is told."""
        self._loop = asyncio.get_running_loop()

    def tell(self, kind: str, **about: Any) -> None:
        """Sends an event to all streams; to nobody where the server has ended."""
        text = f"event: {kind}\ndata: {json.dumps(about, ensure_ascii=False)}\n\n"
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, text)

    def end(self) -> None:
        """Ends every stream; to be called in the loop."""
        self._ended = True
        self._put(None)

    def _put(self, text: str | None) -> None:
        for stream in self._streams:
            if stream.qsize() < _MOST_WAITING or text is None:
                stream.put_nowait(text)

    async def stream(self) -> AsyncIterator[str]:
        """What one window gets: a pulse now and then, and every event from now on."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            yield "retry: 1000\n\nevent: hello\ndata: {}\n\n"
            while not self._ended:
                try:
                    text = await asyncio.wait_for(queue.get(), _PULSE)
                except TimeoutError:
                    text = ": \n\n"
                if text is None:
                    break
                yield text
        finally:
            self._streams.discard(queue)
