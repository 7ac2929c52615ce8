"""A LibreOffice that is warm already, lent to other programs of the same user in the same workspace.

``packet watch`` and ``packet open`` keep one; a ``packet build`` beside them need not start its own. Who lends writes a
note with its port on this machine and a token, readable by this user alone. Whatever goes wrong, the borrower goes its
own way and says nothing. Import it late.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from generator.pdf.office import LENDER

_HOST = "127.0.0.1"
_LONGEST_LINE = 1_000_000
_CONNECT_SECONDS = 0.5

# (sources, target format, folder, timeout, those from elsewhere) → the answer, as JSON can hold it.
Convert = Callable[[Sequence[Path], str, Path, float, Collection[Path]], dict[str, Any]]


class Lender:
    """Lends while the ``with`` lasts. ``identity``: what the LibreOffice is that does the work; another is not lent.

    ``folder``: where the note is put. Where it cannot be written nothing is lent.
    """

    def __init__(self, folder: Path, identity: str, convert: Convert) -> None:
        self._folder, self._identity, self._convert = folder, identity, convert
        self._token = secrets.token_urlsafe(32)
        self._server: socketserver.TCPServer | None = None
        self._note = folder / f"{LENDER}{os.getpid()}-{secrets.token_hex(4)}.json"

    def __enter__(self) -> Lender:
        with contextlib.suppress(OSError):
            lender = self

            class Handler(socketserver.StreamRequestHandler):
                timeout = 10

                def handle(self) -> None:
                    with contextlib.suppress(OSError, ValueError):
                        answer = lender._answer(self.rfile.readline(_LONGEST_LINE))
                        self.wfile.write(json.dumps(answer).encode() + b"\n")

            self._server = socketserver.ThreadingTCPServer((_HOST, 0), Handler)
            self._server.daemon_threads = True
            note = {"port": self._server.server_address[1], "token": self._token, "identity": self._identity}
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="utf-8") as stream:
                json.dump(note, stream)
            threading.Thread(target=self._server.serve_forever, args=(0.2,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._note.unlink(missing_ok=True)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _answer(self, line: bytes) -> dict[str, Any]:
        asked = json.loads(line)
        if not isinstance(asked, dict) or not hmac.compare_digest(str(asked.get("token")), self._token):
            return {"refused": "token"}
        sources = [Path(source) for source in asked["sources"]]
        from_elsewhere = {Path(source) for source in asked["from_elsewhere"]}
        into, timeout = Path(asked["into"]), float(asked["timeout"])
        return self._convert(sources, str(asked["format"]), into, timeout, from_elsewhere)


def is_lent(notes: Iterable[Path], identity: str) -> bool:
    """Whether somebody lends this LibreOffice."""
    for _, note in _notes(notes, identity):
        with contextlib.suppress(OSError), socket.create_connection((_HOST, note["port"]), _CONNECT_SECONDS):
            return True
    return False


def borrowed(
    notes: Iterable[Path],
    identity: str,
    sources: Sequence[Path],
    target_format: str,
    into: Path,
    timeout: float,
    from_elsewhere: Collection[Path],
) -> dict[str, str]:
    """The result of each source by its path, of the first who lends this LibreOffice; empty where nobody could."""
    for path, note in _notes(notes, identity):
        asked = {
            "token": note["token"],
            "sources": [str(source.absolute()) for source in sources],
            "format": target_format,
            "into": str(into.absolute()),
            "timeout": timeout,
            "from_elsewhere": [str(source.absolute()) for source in from_elsewhere],
        }
        try:
            connection = socket.create_connection((_HOST, note["port"]), _CONNECT_SECONDS)
        except OSError:
            # Whoever lent it was killed.
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            continue
        with connection, contextlib.suppress(OSError, ValueError):
            connection.settimeout(timeout + _CONNECT_SECONDS)
            connection.sendall(json.dumps(asked).encode() + b"\n")
            answer = json.loads(connection.makefile("rb").readline(_LONGEST_LINE))
            if isinstance(answer, dict) and isinstance(answer.get("done"), dict):
                return {str(source): str(result) for source, result in answer["done"].items()}
    return {}


def _notes(notes: Iterable[Path], identity: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The notes of this user's lenders of this LibreOffice."""
    for path in notes:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            about = path.lstat()
            if sys.platform != "win32" and (about.st_uid != os.getuid() or about.st_mode & 0o077):
                continue
            note = json.loads(path.read_text("utf-8"))
            if note["identity"] == identity and 0 < int(note["port"]) < 65536 and isinstance(note["token"], str):
                yield path, note
