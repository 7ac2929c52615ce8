"""`packet template check`: every fault of every template at once, and the names that each uses."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import field
from msgspec.structs import replace

from generator.basic.package import Properties
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, in_order, note, perhaps, problem, warning
from generator.basic.workspace import MeetingId, Workspace
from generator.build import examine, last_look
from generator.build.last_look import LastLookCode
from generator.build.result import Result
from generator.dispatch.diff import table
from generator.dispatch.mail import template as mail_template
from generator.documents import papers
from generator.documents.attachment import DECK
from generator.documents.document import Document
from generator.meeting import body, figures, sheets
from generator.prose.allowed import ATTACHMENT
from generator.prose.vocabulary import Vocabulary
from generator.setup import sample
from generator.slides import render
from generator.word import looks, ooxml
from generator.word import render as templates
from generator.word.lint import texts
from generator.word.lint.tags import Reader
from generator.word.lint.texts import Package
from generator.word.render import WordCode
from generator.word.templates import available, missing
from generator.workbook import books
from generator.workbook.books import BookCode


class TemplateCode(Code):
    """The problems that this module finds."""

    NO_TEMPLATES = error("templates 內沒有 .docx 範本", "請放回標準範本（packet init 會產生一份）。")
    TEMPLATE_OTHER_FORMAT = warning("{suffix} 檔不能當範本，未使用", "請在 Word 另存成 .docx。")
    TRIAL_WITHOUT_MEETING = note("活頁簿有錯誤，範本只以範例資料試印", "請先執行 packet check {meeting}。")
    TEMPLATE_REVISED = warning(
        "有追蹤修訂或註解，產生文件時一律接受修訂、去除註解", "請在 Word 接受或拒絕修訂、刪除註解，再存檔。"
    )
    TEMPLATE_LEFTOVER = warning(
        "會照印「{found}」：像是別的程式的標籤、錯誤的字樣、路徑，或忘了填", "請改正或刪去；確實要這樣印時可不理會。"
    )
    CELL_EMPTIED = error(
        "清單沒有資料時，有儲存格會連段落都不剩，Word 會認為檔案損壞", "請在該儲存格多留一個空白段落。"
    )
    STYLE_MISSING = error("樣式「{style}」在這個範本裡沒有定義", "請由其他範本複製樣式，或改用共用樣式。{perhaps}")
    STYLE_NOT_SHARED = error("樣式「{style}」不是各範本共用的樣式", "請改用共用樣式。{perhaps}")
    STYLE_DIFFERS = error("樣式「{style}」與其他範本（如 {other}）不同", "請在 Word 由該範本重新匯入此樣式。")
    STYLE_ABSENT = error("缺少共用樣式：{styles}", "請在 Word 由其他範本（如 {other}）匯入樣式。")
    FONT_IN_TEXT = error("文字用了「{face}」", "請選取文字，改用標楷體與 Times New Roman（或清除字型格式）。")
    FONT_IN_STYLE = error("樣式「{style}」用了「{face}」", "請將樣式的字型改為標楷體與 Times New Roman。")


FACES = ("標楷體", "Times New Roman", "DFKai-SB", "BiauKai")
# The made-up meetings: how many entries their lists have, and how many each entry has below it.
SAMPLES = ((3, 3), (1, 1), (0, 0), (1, 0))
_PROPERTIES = Properties("試印", "試印", dt.date(2024, 1, 1))

_OWN_TAG = compile_late(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")

Context = Mapping[str, Any]


class Checked(Result):
    """What the check found: the problems in order, and by template the names it uses."""

    problems: list[Problem] = field(default_factory=list)
    meeting: MeetingId | None = None
    names: dict[str, list[str]] = field(default_factory=dict)


def check(workspace: Workspace, meeting_id: MeetingId | None) -> Checked:
    """Looks at every template in the workspace; ``meeting_id`` is the present meeting, None where there is none."""
    found = Checked(workspace.templates, meeting=meeting_id)
    contexts = _Contexts(workspace, meeting_id, found.problems)
    packages: dict[str, Package] = {}
    for path in sorted(workspace.templates.iterdir() if workspace.templates.is_dir() else []):
        if path.name.startswith(("~$", ".")) or not path.is_file():
            continue
        if path.suffix.lower() == ".pptx":
            found.problems += render.check_template(path, FACES)
            if render.has_comments(path):
                found.problems.append(problem(TemplateCode.TEMPLATE_REVISED, Location(path.name)))
        elif path.suffix.lower() in (".doc", ".dot", ".dotx", ".docm", ".dotm", ".odt", ".rtf"):
            found.problems.append(problem(TemplateCode.TEMPLATE_OTHER_FORMAT, Location(path.name), suffix=path.suffix))
        if path.suffix.lower() != ".docx":
            continue
        try:
            packages[path.name] = Package(path)
        except texts.NotADocument:
            found.problems.append(problem(WordCode.TEMPLATE_UNREADABLE, Location(path.name)))
        except OSError:
            found.problems.append(problem(BookCode.WORKBOOK_LOCKED, Location(path.name)))
    if not packages and not found.problems:
        found.problems.append(problem(TemplateCode.NO_TEMPLATES, Location("templates")))
    for name in sorted(contexts.wanted() - set(packages) - {fault.at.workbook for fault in found.problems}):
        fault = missing(Path(name).stem, available(workspace.templates), Location(name))
        found.problems += [fault] if fault else []
    fault = missing(DECK, available(workspace.templates, "pptx"), Location(f"{DECK}.pptx"), "pptx")
    found.problems += [fault] if fault else []
    for name, package in packages.items():
        reader, given = _read(name, package, contexts)
        found.names[Path(name).stem] = reader.names
        found.problems += reader.problems
        if not reader.problems:
            found.problems += _trial(workspace.templates / name, given)
        found.problems += _fonts(name, package)
        found.problems += _leftovers(name, package)
        found.problems += [
            problem(
                TemplateCode.TEMPLATE_REVISED, Location(name, part, f"第 {number} 段" if number else "", text.strip())
            )
            for part, number, text in package.revised
        ]
    found.problems += _styles(packages)
    found.problems += _mails(workspace)
    found.problems = in_order(found.problems)
    return found


def _mails(workspace: Workspace) -> list[Problem]:
    """What is wrong with the templates of the mails, tried on the made-up meeting."""
    found: list[Problem] = []
    meeting = sample.meeting(*SAMPLES[0])
    raw = books.read_workbook(workspace.agency_book, []) if workspace.agency_book.is_file() else []
    own = body.read(raw, None, [])
    words = mail_template.vocabulary(meeting, figures.compute(meeting), ["附件"], 1, 2)
    for kind in sheets.STAGES:
        template = mail_template.read(workspace.templates / mail_template.file_name(kind), own, found)
        if template is not None:
            wrong = mail_template.faults(template, words)
            found += wrong
            if not wrong and template.subject:
                mail_template.render(template, words, found)
    return found


class _Contexts:
    """The contexts of templates: from the documents of the present meeting and of the made-up meetings."""

    def __init__(self, workspace: Workspace, meeting_id: MeetingId | None, problems: list[Problem]) -> None:
        self._by_template: dict[str, list[tuple[str, Context]]] = {}
        self._samples: dict[str, list[tuple[str, Context]]] = {}
        spaces: Context = {}
        of_sheets: Context = {}
        if meeting_id is not None:
            examined = examine.examine_all(workspace, meeting_id)
            if examined.vocabulary is not None:
                of_sheets = examined.vocabulary.sheets
            for document in examined.documents:
                context = {**of_sheets, **document.context}
                self._add(self._by_template, document, f"{meeting_id} {document.name}", context)
            if examined.vocabulary is None:
                where = Location(f"inputs/{meeting_id}")
                problems.append(problem(TemplateCode.TRIAL_WITHOUT_MEETING, where, meeting=meeting_id))
            else:
                spaces = examined.vocabulary.context(None)
        for count, below in SAMPLES:
            meeting = sample.meeting(count, below)
            label = f"範例資料，清單 {count} 筆" + (f"、下層 {below} 筆" if below != count else "")
            vocabulary = Vocabulary(meeting, figures.compute(meeting))
            documents = [*papers.compose_all(meeting, vocabulary), table.sample(meeting, vocabulary, count)]
            for document in documents:
                # Names that only the present meeting has (of a unit, of a sheet) are known here too.
                context = {**of_sheets, **spaces, **document.context, ATTACHMENT: lambda *names: ATTACHMENT}
                for space, values in spaces.items():
                    if isinstance(values, dict):
                        context[space] = {**values, **document.context.get(space, {})}
                self._add(self._samples, document, label, context)

    def _add(
        self, into: dict[str, list[tuple[str, Context]]], document: Document, label: str, context: Context
    ) -> None:
        if document.ending == "docx":
            into.setdefault(f"{document.template}.docx", []).append((label, context))

    def wanted(self) -> set[str]:
        """The files that the present meeting needs, and those that every meeting may."""
        return set(self._by_template) | set(self._samples)

    def sorts(self, name: str) -> list[list[tuple[str, Context]]]:
        """The contexts of a template; for a template that no document uses, those of every standard template."""
        present, made_up = self._by_template.get(name, []), self._samples.get(name, [])
        if present or made_up:
            return [present + made_up]
        return list(self._samples.values())


def _read(name: str, package: Package, contexts: _Contexts) -> tuple[Reader, list[tuple[str, Context]]]:
    """The template read with its contexts; of several sorts of contexts, those that give the fewest problems."""
    readers = []
    for sort in contexts.sorts(name):
        reader = Reader(name, [context for _, context in sort])
        for part, root in package.parts:
            reader.read(part, root)
        readers.append((reader, sort))
    return min(readers, key=lambda pair: len(pair[0].problems))


def _trial(path: Path, contexts: list[tuple[str, Context]]) -> list[Problem]:
    """The problems when the template is filled in; each once, with the first data that show it."""
    found: dict[tuple[str, Location, str], Problem] = {}
    for label, context in contexts:
        faults: list[Problem] = []
        rendered = templates.render(path, context, _PROPERTIES, faults)
        if rendered is not None and ooxml.empty_cell(rendered):
            faults.append(problem(TemplateCode.CELL_EMPTIED, Location(path.name)))
        for fault in faults:
            found.setdefault((fault.code, fault.at, fault.text), replace(fault, text=f"{fault.text}（試印：{label}）"))
    return list(found.values())


def _leftovers(name: str, package: Package) -> list[Problem]:
    """Paragraphs with tags of other programs, texts of errors, paths, and what somebody forgot to fill in."""
    found = []
    for part, root in package.parts:
        for fragment in texts.fragments(root):
            if fragment.node is None:
                continue
            for code, words in last_look.faults_of(_OWN_TAG.sub("", fragment.text)):
                # Of our own tags the reader says what is wrong.
                if code == LastLookCode.LOOK_LEFTOVER and re.match(r"[^$＄«<]?[{}｛｝﹛﹜%]", words):
                    continue
                at = Location(name, part, f"第 {fragment.number} 段", fragment.text.strip())
                found.append(problem(TemplateCode.TEMPLATE_LEFTOVER, at, found=words))
                break
    return found


def _fonts(name: str, package: Package) -> list[Problem]:
    """Typefaces other than those of official documents, in text and in the styles that are used."""
    found = []
    for part, number, text, face in package.fonts_used():
        if face not in FACES:
            at = Location(name, part, f"第 {number} 段", text.strip())
            found.append(problem(TemplateCode.FONT_IN_TEXT, at, face=face))
    used = {style: (part, number, text) for part, number, text, style in reversed(list(package.styles_used()))}
    for style_id in (None, *used):
        for style, face in package.styles.fonts(style_id, package.theme):
            if face not in FACES:
                found.append(problem(TemplateCode.FONT_IN_STYLE, Location(name, "樣式", style), style=style, face=face))
    return found


def _styles(packages: Mapping[str, Package]) -> list[Problem]:
    """Styles that differ from the shared ones: a definition is shared when at least half of the templates have it."""
    definitions = {name: looks.definitions(package.styles.root) for name, package in packages.items()}
    tally: dict[str, Counter[str]] = {}
    for known in definitions.values():
        for style, spelt in known.items():
            tally.setdefault(style, Counter())[spelt] += 1
    shared = {
        style: counts.most_common(1)[0][0] for style, counts in tally.items() if counts.total() * 2 >= len(packages)
    }
    found = []
    for name, package in packages.items():
        known = definitions[name]
        for style in (style for style in known if style in shared and known[style] != shared[style]):
            other = next(template for template, styles in definitions.items() if styles.get(style) == shared[style])
            found.append(problem(TemplateCode.STYLE_DIFFERS, Location(name, "樣式", style), style=style, other=other))
        absent = [style for style in shared if style not in known]
        if absent:
            other = next(
                (template for template, styles in definitions.items() if set(absent) <= set(styles)), "案.docx"
            )
            text = "、".join(absent[:8]) + (" 等" if len(absent) > 8 else "")
            found.append(problem(TemplateCode.STYLE_ABSENT, Location(name, "樣式"), styles=text, other=other))
        for part, number, text, style_id in package.styles_used():
            at = Location(name, part, f"第 {number} 段", text.strip())
            style = package.styles.name(style_id)
            if not style:
                found.append(problem(TemplateCode.STYLE_MISSING, at, style=style_id, perhaps=perhaps(style_id, shared)))
            elif style not in shared:
                found.append(problem(TemplateCode.STYLE_NOT_SHARED, at, style=style, perhaps=perhaps(style, shared)))
    return found
