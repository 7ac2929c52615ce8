"""The only module that touches docxtpl: a Word template and a context → the bytes of a .docx."""

from __future__ import annotations

import datetime as dt
import io
import re
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from msgspec import Struct

from generator.basic.package import Properties, proved
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, nearest, problem
from generator.documents.passages import Contents
from generator.meeting.figures import Figure
from generator.prose import language
from generator.prose.allowed import budget
from generator.prose.recording import recording, unmarked
from generator.word import labels, long_tables, ooxml, pages, record, revisions, tables, titles, underlines
from generator.word.lint import texts
from generator.workbook.books import BookCode


class WordCode(Code):
    """The problems that this module finds."""

    # Templates (packet template check); the place holds paragraph and text
    TEMPLATE_FAILED = error("範本無法套用：{detail}", "請在 Word 修正這個範本的標籤。")
    TEMPLATE_UNREADABLE = error(
        "不是可讀的 .docx（可能已損壞、設有密碼，或是改了副檔名的別種檔案）", "請用 Word 開啟，另存成沒有密碼的 .docx。"
    )
    TEMPLATE_DAMAGED = error("範本內部已損壞，產生的文件 Word 會打不開", "請用 Word 開啟並修復，再另存成 .docx。")


# Names that templates use for what layout does to the rendered document.
MARKS = {"合併相同": tables.MERGE_MARK, "欄寬依內容": tables.FIT_MARK}
_HEADER_OR_FOOTER = compile_late(r"/word/(?:header|footer)\d*\.xml")
# docxtpl takes the p off {%p for …%}.
_LAYER = compile_late(r"^(\{[{%]-?)(?:p|tr|tc|r)(?=\s)")


class Rendered(Struct, frozen=True):
    """A finished document, and its texts with the sources of each."""

    content: bytes
    contents: Contents


def render(template: Path, context: Mapping[str, Any], properties: Properties, problems: list[Problem]) -> bytes | None:
    """The bytes of the document alone; else as ``render_recorded``."""
    rendered = render_recorded(template, context, properties, None, problems)
    return rendered.content if rendered else None


def render_recorded(
    template: Path,
    context: Mapping[str, Any],
    properties: Properties,
    known: Mapping[str, Figure] | None,
    problems: list[Problem],
) -> Rendered | None:
    """The document, or None with a problem that names the template and the paragraph.

    ``known`` are the figures that templates print by name; without them nothing is recorded. The same template and
    context give the same bytes.
    """
    try:
        document = _template_class()(proved(revisions.accepted(template.read_bytes())))
        # Opened here already: what is no .docx is another fault than a tag that cannot be filled.
        document.init_docx()
    except PermissionError:
        problems.append(problem(BookCode.WORKBOOK_LOCKED, Location(template.name)))
        return None
    except Exception:
        problems.append(problem(WordCode.TEMPLATE_UNREADABLE, Location(template.name)))
        return None
    names = {**context, **MARKS}
    try:
        document.render(names, language.environment(True), autoescape=True)
    except Exception as error:
        at, cause = _place(template, names) or (Location(template.name), error)
        problems.append(problem(WordCode.TEMPLATE_FAILED, at, detail=_explained(cause, names)))
        return None
    try:
        return _finished(document, properties, known)
    except Exception:
        # What is damaged inside shows only now: a style without its size, XML that is not well-formed.
        problems.append(problem(WordCode.TEMPLATE_DAMAGED, Location(template.name)))
        return None


def _finished(document: Any, properties: Properties, known: Mapping[str, Figure] | None) -> Rendered:
    inner = document.docx
    body = inner.element.body
    styles = ooxml.Styles(inner.styles.element)
    long = long_tables.find(body, document.apart)
    contents = Contents()
    if known is not None:
        contents = record.contents(document.parts, styles, known, document.apart, long_tables.PLACE)
    document.parts.clear()
    finish(body, styles, long)
    for part in inner.part.package.iter_parts():
        if _HEADER_OR_FOOTER.fullmatch(str(part.partname)):
            pages.uncut_pictures(part.element, styles)
    _set_properties(inner.core_properties, properties)
    result = io.BytesIO()
    inner.save(result)
    places = {f"{long_tables.PLACE} {at}": rows.written for at, rows in enumerate(document.apart)}
    return Rendered(underlines.drawn(ooxml.packed(result.getvalue(), places)), contents)


def finish(body: Any, styles: ooxml.Styles, repeated: Sequence[long_tables.Rows] = ()) -> None:
    """What docxtpl cannot do to a rendered document: tables, labels, and what stays together. Changes ``body``."""
    pages.renumber(body)
    tables.arrange(body, styles, repeated)
    pages.split_tall_rows(body, styles, repeated)
    for rows in repeated:
        rows.take_out()
    labels.hang_labels(body, styles)
    titles.keep_ends_whole(body, styles, pages.width_of(body))
    pages.uncut_pictures(body, styles)
    pages.keep_whole(body, styles)


def torn(paragraph: Any, tags: Sequence[str]) -> list[str]:
    """Those of the tags, each spread over several runs of the paragraph, that docxtpl does not put together again."""
    if not tags:
        return []
    xml = _mended(ooxml.xml_of(paragraph))
    names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in paragraph.nsmap.items() if prefix)
    if ooxml.breaks_xml(f"<w:body {names}>{re.sub(r'{{.*?}}|{%.*?%}|{#.*?#}', '', xml)}</w:body>"):
        return list(tags)
    for coded, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        xml = xml.replace(coded, sign)
    return [tag for tag in tags if not any(_bare(form) in _bare(xml) for form in (tag, _LAYER.sub(r"\1", tag)))]


def _bare(text: str) -> str:
    return re.sub(r"[\s“”‘’\"']", "", text)


def _mended(xml: str) -> str:
    """XML as docxtpl hands it to Jinja: with the tags put together that Word spread over runs."""
    return str(_template_class()(io.BytesIO()).patch_xml(xml))


class _BrokenXml(Exception):
    """The tags of a template cut its XML where it must not be cut."""


@cache
def _template_class() -> Any:
    from docxtpl import DocxTemplate

    class Template(DocxTemplate):  # type: ignore[misc, unused-ignore]
        # What Jinja printed, part by part.
        parts: list[record.RenderedPart]
        # The rows of long tables, which are not in the document.
        apart: Sequence[long_tables.Rows] = ()

        def build_xml(self, context: Mapping[str, Any], jinja_env: Any = None) -> Any:
            plain = long_tables.PlainWay(
                jinja_env.finalize, self.resolve_listing, ooxml.Styles(self.docx.styles.element)
            )
            xml, more, self.apart = long_tables.set_apart(self.patch_xml(self.get_xml()), context, jinja_env, plain)
            return self.render_xml_part(xml, self.docx.part, {**context, **more}, jinja_env)

        def render_init(self) -> None:
            super().render_init()
            self.parts = []

        def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
            with recording() as printed, budget():
                marked = super().render_xml_part(src_xml, part, context, jinja_env)
            self.parts.append(record.RenderedPart(str(part.partname), marked, printed))
            return unmarked(marked)

        def fix_tables(self, xml: str) -> Any:
            # docxtpl parses whatever comes, and what does not fit is lost without a word.
            if ooxml.breaks_xml(xml):
                raise _BrokenXml
            return super().fix_tables(xml)

    return Template


def _place(template: Path, names: Mapping[str, Any]) -> tuple[Location, Exception] | None:
    """The paragraph that cannot be rendered, and why; None where it is not for a single tag.

    Jinja knows lines only: each tag is put on a line of its own, and the tags of the file are counted.
    """
    environment = language.environment(True)
    try:
        parts = texts.Package(template).parts
    except (texts.NotADocument, OSError):
        # Damaged in a part that is not filled.
        return None
    for part, root in parts:
        owners = [fragment for fragment in texts.fragments(root) for _ in re.findall(r"\{[{%]", fragment.text)]
        source = re.sub(r"(?=\{[{%])", "\n", _mended(ooxml.xml_of(root)).replace("\n", " "))
        try:
            with budget():
                environment.from_string(source).render(names)
        except Exception as error:
            tag = _template_line(error) - 2
            if source.count("\n") != len(owners) or not 0 <= tag < len(owners):
                return None
            return Location(template.name, part, f"第 {owners[tag].number} 段", owners[tag].text.strip()), error
    return None


def _template_line(error: BaseException) -> int:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.lineno
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in ("<template>", "<unknown>"):
            return frame.lineno or 0
    return 0


def _explained(error: BaseException, names: Mapping[str, Any]) -> str:
    if isinstance(error, _BrokenXml):
        return "標籤的開始與結束不在同一層，文件結構會損壞"
    explanation = language.explained(error)
    unknown = re.fullmatch(r"沒有「(\w+)」這個名稱", explanation)
    near = nearest(unknown[1], names) if unknown else ""
    return f"{explanation}（是否為「{near}」）" if near else explanation


def _set_properties(core: Any, properties: Properties) -> None:
    moment = dt.datetime.combine(properties.created, dt.time())
    # Word's properties hold no more than 255 characters.
    core.title = properties.title[:255]
    core.author = core.last_modified_by = properties.author[:255]
    core.created = core.modified = moment
    core.language = "zh-TW"
    core.revision = 1
    for name in ("category", "comments", "content_status", "identifier", "keywords", "subject", "version"):
        setattr(core, name, "")
