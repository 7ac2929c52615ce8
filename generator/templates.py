"""The only module that touches docxtpl: a Word template and a context → the bytes of a .docx."""

from __future__ import annotations

import datetime as dt
import io
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import ooxml, prose
from generator.problems import Location, Problem, perhaps, problem


@dataclass(frozen=True, slots=True)
class Properties:
    """The document properties of a .docx, all from the model; nothing of the template's author remains."""

    title: str
    author: str
    created: dt.date


def available(folder: Path) -> list[str]:
    """The names of the templates in a folder, without ending."""
    return sorted(path.stem for path in folder.glob("*.docx") if not path.name.startswith("~$"))


def missing(name: str, folder: Path, at: Location) -> Problem | None:
    """A problem at ``at`` when there is no template of that name."""
    have = available(folder)
    return None if name in have else problem("no-such-template", at, name=name, perhaps=perhaps(name, have))


def render(template: Path, context: Mapping[str, Any], properties: Properties, problems: list[Problem]) -> bytes | None:
    """The document, or None with a problem that names the template and the paragraph.

    The same template and context give the same bytes.
    """
    from docxtpl import DocxTemplate

    where = Location(template.name)
    document = DocxTemplate(template)
    marks = {"合併相同": ooxml.MERGE_MARK, "欄寬依內容": ooxml.FIT_MARK}
    try:
        document.render({**context, **marks}, prose.environment(True), autoescape=True)
    except Exception as error:
        line = _template_line(error)
        source = document.patch_xml(document.get_xml()) if line else ""
        problems.append(
            problem("template-failed", where, detail=str(error).splitlines()[0], place=_paragraph(source, line))
        )
        return None
    inner = document.docx
    ooxml.finish(inner.element.body, inner.styles.element)
    _set_properties(inner.core_properties, properties)
    result = io.BytesIO()
    inner.save(result)
    return ooxml.packed(result.getvalue())


def _template_line(error: BaseException) -> int:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename == "<template>" or frame.filename == "<unknown>":
            return frame.lineno or 0
    return int(getattr(error, "lineno", 0) or 0)


def _paragraph(source: str, line: int) -> str:
    """The text of the template's paragraph on a line of the source: docxtpl starts a line at each paragraph."""
    import re

    lines = source.split("\n<w:p")
    if not 0 < line <= len(lines):
        return ""
    text = re.sub(r"<[^>]+>", "", f"<w:p{lines[line - 1]}").strip()
    return f"第 {line - 1} 段「{text[:40]}」"


def _set_properties(core: Any, properties: Properties) -> None:
    moment = dt.datetime.combine(properties.created, dt.time())
    core.title = properties.title
    core.author = properties.author
    core.last_modified_by = properties.author
    core.created = core.modified = moment
    core.language = "zh-TW"
    core.revision = 1
    for name in ("category", "comments", "content_status", "identifier", "keywords", "subject", "version"):
        setattr(core, name, "")
