"""The page of `packet open` for the tests: a server in a thread of its own, and plain requests to it."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from generator.basic.workspace import Workspace
from generator.page import server

TODAY = dt.date(2024, 4, 15)
LONGEST = 120.0


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    """A server for a workspace. ``opened`` are the files that it was asked to open."""

    root: Path
    given: dict[str, Any] = field(default_factory=dict)
    opened: list[tuple[str, str, str]] = field(default_factory=list)
    cookie: str = ""

    def __post_init__(self) -> None:
        def show(path: Path, sheet: str, cell: str) -> bool:
            self.opened.append((path.name, sheet, cell))
            return False

        given = {"today": lambda: TODAY, "show": show} | self.given
        self.running = server.prepare(Workspace(self.root), **given)
        self.port = self.running.listener.getsockname()[1]
        self.link = self.running.link
        self.thread = threading.Thread(target=self.running.run)
        self.thread.start()
        until = time.monotonic() + LONGEST
        while not self.running.server.started and time.monotonic() < until:
            time.sleep(0.01)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def enter(self) -> Served:
        """Goes in by the one-time link."""
        answer = self.ask(urlsplit(self.link).path)
        assert answer.status == 200, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return self

    def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str | None] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request as a browser of ours sends it; ``headers`` replace its own, None takes one away."""
        own: dict[str, str | None] = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie or None}
        if method == "POST":
            own |= {"Origin": self.address, "X-Packet": "1", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, quote(path, safe="/?=&%"), skip_host=True, skip_accept_encoding=True)
            for name, value in (own | dict(headers or {})).items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in (headers or {}):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def post(self, path: str, **fields: Any) -> Answer:
        return self.ask(path, "POST", body=json.dumps(fields).encode())

    def wait(self, true: Callable[[], Any]) -> Any:
        """What ``true`` gives once it gives anything; the test fails where it never does."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            if found := true():
                return found
            time.sleep(0.02)
        raise AssertionError("nothing came of it")

    def state(self, meeting: str = "113-1", after: int = 0) -> Any:
        """The meeting's state, once a build later than that one is done and its figures have their places."""
        live = next(each for each in [self.live(meeting)] if each)
        return self.wait(lambda: live.state if live.state and live.state.turn > after and live.state.mapped else None)

    def live(self, meeting: str = "113-1") -> Any:
        workspace = self.running.context.workspace
        found = next(each for each in workspace.meetings() if str(each) == meeting)
        return self.running.context.desk.live(found)

    def job(self, answer: Answer) -> Any:
        """The job that an answer began, once it is done."""
        assert answer.status == 200, answer.text
        job = self.running.context.jobs.get(answer.json["job"])
        self.wait(lambda: job is not None and not job.running)
        return job

    def end(self) -> float:
        """Ends the server; returns the seconds that took."""
        begun = time.monotonic()
        self.running.server.should_exit = True
        self.thread.join(LONGEST)
        assert not self.thread.is_alive()
        return time.monotonic() - begun


def links(html: str) -> list[str]:
    """Where the links and pictures of a page lead."""
    return re.findall(r'(?:href|src)="([^"]+)"', html)
