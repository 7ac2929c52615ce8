"""Documents as they were rendered, kept for the next build: where neither the template nor anything that it names has
changed, nothing is rendered again."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.basic.package import Package, Properties
from generator.basic.patterns import compile_late
from generator.build import outputs, unchanged
from generator.build.fingerprint import Fingerprints
from generator.build.kept import Kept
from generator.documents.passages import as_json, from_json
from generator.meeting.figures import Figure
from generator.prose.allowed import ATTACHMENT

if TYPE_CHECKING:
    from generator.word.render import Rendered

_MOST_KEPT = 300
_XML_TAG = compile_late(rb"<[^>]*>")
# A tag of the template language, in the XML as it stands (attributes) or between its elements (runs of text).
_TEMPLATE_TAG = compile_late(r"\{\s*[{%].*?[}%]\s*\}", re.DOTALL)


class Renderings:
    """What was rendered of a meeting. Nothing is written before ``keep`` is called.

    ``folder``: the outputs of the meeting.
    """

    def __init__(self, folder: Path) -> None:
        self._kept = Kept(outputs.state(folder) / "rendered", _MOST_KEPT)
        self._fingerprints = Fingerprints()
        self._new: dict[tuple[str, str], bytes] = {}
        self._used: list[tuple[str, str]] = []
        self._program = outputs.digest("\n".join(unchanged.program()).encode())

    def key(
        self,
        template: Path,
        names: Mapping[str, Any],
        properties: Properties,
        figures: Mapping[str, Figure] | None = None,
    ) -> str:
        """What a rendering depends on, as one hash; empty where it cannot be told, and then nothing is kept.

        ``names`` and ``figures`` as for word.render; of them those count that the template has in its tags, and all
        for one that has no tags (slides).
        """
        try:
            own = outputs.digest(f"{self._program}\n{template.name}\n".encode() + template.read_bytes())
            used = self._names_in(template, own) if template.suffix == ".docx" else frozenset(names)
            what: list[Any] = [own, properties, {name: names[name] for name in sorted(used & {*names} - {ATTACHMENT})}]
            # What 附件() prints follows from the labels of the attachments, and from the case that it stands in.
            for name, figure in (figures or {}).items():
                if _root(name) in used:
                    what.append(figure)
            return outputs.digest(b"".join(map(self._fingerprints.of, what)))
        except Exception:
            # NotComparable; and a damaged template raises a dozen kinds of errors: whoever fills it says what is wrong.
            return ""

    def _names_in(self, template: Path, own: str) -> frozenset[str]:
        """Every word in a tag of the template."""
        kept = self._read(own, "names")
        with contextlib.suppress(ValueError):
            if kept is not None:
                return frozenset(json.loads(kept))
        words: set[str] = set()
        with Package(template) as archive:
            for name in archive.namelist():
                if not name.endswith(".xml"):
                    continue
                part = archive.read(name)
                for source in (part, _XML_TAG.sub(b"", part)):
                    for tag in _TEMPLATE_TAG.findall(source.decode("utf-8", "replace")):
                        words.update(re.findall(r"\w+", tag))
        self._put(own, "names", json.dumps(sorted(words), ensure_ascii=False).encode())
        return frozenset(words)

    def document(self, key: str) -> Rendered | None:
        """The document that was kept, with its texts; None where there is none."""
        from generator.word.render import Rendered

        content, texts = self._read(key, "docx"), self._read(key, "json")
        with contextlib.suppress(ValueError, KeyError, TypeError):
            if content is not None and texts is not None:
                return Rendered(content, from_json(json.loads(texts)))
        return None

    def deck(self, key: str) -> bytes | None:
        """The slides that were kept."""
        return self._read(key, "pptx")

    def add_document(self, key: str, rendered: Rendered) -> None:
        """Will be kept: a document in which nothing was found wrong."""
        texts = json.dumps(as_json(rendered.contents), ensure_ascii=False)
        self._put(key, "docx", rendered.content)
        self._put(key, "json", texts.encode("utf-8", "surrogatepass"))

    def add_deck(self, key: str, content: bytes) -> None:
        """Will be kept: slides in which nothing was found wrong."""
        self._put(key, "pptx", content)

    def keep(self) -> None:
        """Writes what is new, once it is known that it may be: no document with a protected name."""
        with contextlib.suppress(OSError):
            self._kept.put(self._new)
            if self._new:
                self._kept.tidy([path for name in self._used if (path := self._kept.path(*name))])
        self._new = {}

    def _read(self, key: str, ending: str) -> bytes | None:
        if not key:
            return None
        self._used.append((key, ending))
        return self._new.get((key, ending)) or self._kept.content(key, ending)

    def _put(self, key: str, ending: str, content: bytes) -> None:
        if key:
            self._new[key, ending] = content
            self._used.append((key, ending))


def _root(figure: str) -> str:
    """The first name of a figure: 會議 of 會議.日期, 附件 of 附件("預定開放清單")."""
    return ATTACHMENT if figure.startswith(f"{ATTACHMENT}(") else figure.partition(".")[0]
