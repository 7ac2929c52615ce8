"""What stands before every request: whose it is, where it comes from, how large it is, and what the answer forbids.

Any page in any browser of this computer can send requests to 127.0.0.1, and a name of its own may lead there (DNS
rebinding). So: only our host names, a cookie that came by a one-time link, writes only from our page, bounded bodies.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from msgspec import Struct, field

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

ENTRANCE = "/enter/"
# A custom header: a form of another site cannot send one, and a script of another site must ask first.
WRITES = (b"x-packet", b"1")
LARGEST_BODY = 64_000
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_ENTERED = """<!doctype html><html lang="zh-Hant-TW"><meta charset="utf-8">
<meta http-equiv="refresh" content="0;url={0}">
<link rel="icon" href="/static/icon.svg"><title>會議資料</title><p><a href="{0}">開啟會議資料</a></p></html>"""
_STRANGER = """<!doctype html><html lang="zh-Hant-TW"><meta charset="utf-8"><title>會議資料</title>
<h1>這個網址不能直接開啟</h1><p>連結只能用一次，而且只給執行 packet open 的人。請再執行一次 packet open。</p></html>"""


class Guard(Struct, dict=True):
    """The outermost application. ``link`` is the path of the one-time link; who came by it has the cookie."""

    app: App
    port: int
    seen: Callable[[], None] = lambda: None
    first: str = "/"
    _link: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _used: bool = False

    @property
    def link(self) -> str:
        return f"{ENTRANCE}{self._link}"

    @property
    def _cookie(self) -> str:
        # Cookies are of a host and not of a port: each server has a name of its own.
        return f"packet-{self.port}"

    @property
    def _hosts(self) -> set[str]:
        return {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            # A second header of a name is as good as a wrong one.
            headers[name] = value if name not in headers else b"\0"
        host = headers.get(b"host", b"").decode("latin-1")
        if host not in self._hosts:
            return await _answer(send, 421, "這不是這個伺服器的名稱。")
        if scope["path"].startswith(ENTRANCE):
            return await self._enter(scope, send)
        if not self._known(headers):
            return await _answer(send, 403, _STRANGER, html=True)
        if scope["method"] not in ("GET", "HEAD"):
            if scope["method"] != "POST":
                return await _answer(send, 405, "不支援。")
            origin = headers.get(b"origin", b"").decode("latin-1")
            if origin != f"http://{host}" or headers.get(WRITES[0]) != WRITES[1]:
                return await _answer(send, 403, "這個要求不是由這個網頁送出的。")
        if int(headers.get(b"content-length", b"0") or b"0") > LARGEST_BODY:
            return await _answer(send, 413, "送來的資料太大。")
        self.seen()
        await self.app(scope, _bounded(receive), _protected(send))

    async def _enter(self, scope: Message, send: Send) -> None:
        right = secrets.compare_digest(scope["path"].encode("utf-8", "replace"), self.link.encode())
        if scope["method"] != "GET" or not right or self._used:
            return await _answer(send, 403, _STRANGER, html=True)
        self._used = True
        self.seen()
        # No redirect: after a link of another program the browser would come without the cookie (SameSite).
        cookie = f"{self._cookie}={self._key}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 200, _ENTERED.format(self.first), html=True, cookie=cookie)

    def _known(self, headers: dict[bytes, bytes]) -> bool:
        wanted = f"{self._cookie}={self._key}".encode()
        given = [part.strip() for part in headers.get(b"cookie", b"").split(b";")]
        return any(secrets.compare_digest(part, wanted) for part in given)


def _bounded(receive: Receive) -> Receive:
    """The same body, ended as if the browser had gone where it grows beyond what any of our pages sends."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= LARGEST_BODY else {"type": "http.disconnect"}

    return bounded


def _protected(send: Send) -> Send:
    async def protected(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message["headers"] if name.decode("latin-1") not in _HEADERS]
            message["headers"] = [*kept, *((name.encode(), value.encode()) for name, value in _HEADERS.items())]
        await send(message)

    return protected


async def _answer(send: Send, status: int, text: str, html: bool = False, cookie: str = "") -> None:
    body = text.encode("utf-8")
    headers = [
        (b"content-type", b"text/html; charset=utf-8" if html else b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *([(b"set-cookie", cookie.encode())] if cookie else []),
        # What is left of a refused body is not read.
        *([(b"connection", b"close")] if status >= 400 else []),
    ]
    protected = _protected(send)
    await protected({"type": "http.response.start", "status": status, "headers": headers})
    await protected({"type": "http.response.body", "body": body})
