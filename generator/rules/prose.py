"""The rules of prose texts: typed numbers, empty figures, weekdays, typed labels, official words."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, problem, warning
from generator.meeting import figures
from generator.meeting.model import Meeting
from generator.meeting.sheets.meeting import Case
from generator.prose.language import literal_text, names_used
from generator.prose.vocabulary import Vocabulary
from generator.workbook import values


class ProseCode(Code):
    """The problems that this module finds."""

    LOOSE_NUMBER = warning("未對應數字：{number}", "請改用 {{{{ }}}} 帶入；確為固定數字時寫成 {{{{ {tag} }}}}。")
    NO_ROWS = warning("〔{sheet}〕還沒有資料列，「{name}」印成「{value}」", "請填入資料；確實沒有時可不理會。")
    TYPED_LABEL = warning("「{label}」是手打的附件編號", '請改為 {{{{ 附件("名稱") }}}}，順序變動時編號才會跟著改。')
    AS_OF_LATE = warning(
        "「{written}」在資料基準日 {cutoff} 之後", "請核對日期；資料基準日可用 {{{{ 會議.資料基準日|年月日 }}}} 帶入。"
    )
    UNPAIRED = warning("「 {mark} 」沒有成對", "請補上另一半，或刪除。")
    WRONG_WORD = warning("「{word}」應作「{right}」", "請改正用字。")


def prose_of(meeting: Meeting) -> Iterator[tuple[str, Case, Location]]:
    """Every prose text of the meeting with the case it belongs to and its cell."""
    for case in meeting.cases:
        yield case.subject, case, case.at("subject")
        for point in case.explanations:
            if point.lead:
                yield point.lead, case, point.at("lead")
            yield point.text, case, point.at("text")
        for attachment in case.attachments:
            yield attachment.heading, case, attachment.at(attachment.heading_field)
            if attachment.subheading:
                yield attachment.subheading, case, attachment.at("subheading")
            for note in attachment.notes:
                yield note.text, case, note.at("text")
    owner = meeting.deck_case
    for slide in meeting.slides if owner else ():
        assert owner is not None
        yield slide.title, owner, slide.at("title")
        for shown in slide.points:
            yield shown.lead, owner, shown.at("title")
            yield shown.text, owner, shown.at("text")


def numbers_are_figures(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """A number typed into prose that equals no figure: 未對應數字. Citations (…字第…號) keep their own numbers."""
    typed = _without_citations(literal_text(source))
    known = vocabulary.numbers
    loose = [number for number in figures.written_numbers(typed) if figures.digits(number)[0] not in known]
    return [
        problem(ProseCode.LOOSE_NUMBER, at, number=number[:_MOST_SHOWN], tag=_as_typed(number))
        for number in dict.fromkeys(loose)
    ]


# More is no number in a tag (prose.allowed); of a longer one a message shows the beginning.
_MOST_DIGITS, _MOST_SHOWN = 15, 40


def _as_typed(number: str) -> str:
    """What to write in a tag so that it prints this number as it was typed: 7, but "1,896", "2024" and "09"."""
    short = number.isdecimal() and len(number) <= _MOST_DIGITS
    return number if short and figures.shown(int(number)) == number else f'"{number[:_MOST_SHOWN]}"'


def _without_citations(text: str) -> str:
    """Dates and numbers of official letters, and article numbers, belong to what is cited."""
    # Bounded: a cell of 30,000 digits would take a quarter of a minute.
    day = r"(?:中華民國)?\s{0,4}\d{1,4}\s{0,4}年\s{0,4}\d{1,2}\s{0,4}月\s{0,4}\d{1,2}\s{0,4}日"
    text = re.sub(rf"(?:{day})?[^\d，。；]{{0,12}}字第\s{{0,4}}[\dA-Za-z]{{1,40}}\s{{0,4}}號", " ", text)
    return re.sub(r"第\s{0,4}\d{1,6}\s{0,4}(?:條|點|項|款|目)(?:之\s{0,4}\d{1,6})?", " ", text)


def figures_have_rows(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """A figure of a list in which nothing stands yet prints as 0 or as nothing, which is seldom meant."""
    try:
        used = dict.fromkeys(names_used(source))
    except TemplateSyntaxError:
        return []
    known = vocabulary.figures
    return [
        problem(ProseCode.NO_ROWS, at, sheet=name.partition(".")[0], name=name, value=figures.shown(known[name].value))
        for name in used
        if name in known and not known[name].cells and not vocabulary.meeting.waits_for(name)
    ]


def weekdays_agree(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """A date with a weekday beside it: both must be the same day."""
    problems = []
    for written in re.findall(r"(?<!\d)\d{2,4}\s*年\s*\d+\s*月\s*\d+\s*日\s*[（(]星期.[)）]", text):
        try:
            values.date(written)
        except values.BadValue as bad:
            problems.append(problem(bad.code, at, name="日期", example="", **bad.values))
    return problems


def labels_exist(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """「附件3」 typed by hand: prose names attachments by placeholder, so that numbers follow the order."""
    typed = re.findall(r"附件\s*\d+(?:\s*[至、]\s*\d+)?", literal_text(source))
    return [problem(ProseCode.TYPED_LABEL, at, label=label) for label in typed]


def words_are_official(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """紀錄, never 記錄, for the record of a meeting (法律統一用字表)."""
    return [problem(ProseCode.WRONG_WORD, at, word="會議記錄", right="會議紀錄")] if "會議記錄" in text else []


_DAY = r"(?:民國)?\s*(\d{2,4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}(?:\s*日)?)(?!\d)"
_AS_OF = compile_late(rf"(?:截至|截止|統計至|迄至?|(?:資料)?(?:以|基準日)[：:]?)\s*{_DAY}|至\s*{_DAY}\s*(?:為?止|底止)")


def as_of_the_cutoff(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """What a text says as of a day (截至…) is not as of one after 資料基準日."""
    cutoff = vocabulary.meeting.info.cutoff
    problems = []
    for match in _AS_OF.finditer(text):
        written = match[1] or match[2]
        with contextlib.suppress(values.BadValue):
            if values.date(written) > cutoff:
                shown = roc.short_date(cutoff)
                problems.append(problem(ProseCode.AS_OF_LATE, at, written=written, cutoff=shown))
    return problems


_PAIRS = {"「": "」", "『": "』", "（": "）", "《": "》", "〈": "〉", "【": "】", "〔": "〕"}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()} | {")": "("}


def brackets_are_paired(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """「」, 『』, 《》, （） and the like stand in pairs (標點符號用法); （ may be closed by a half-width one."""
    open_marks: list[str] = []
    for mark in text:
        if mark in _PAIRS or mark == "(":
            open_marks.append(mark)
        elif mark in _CLOSING:
            opening = {_CLOSING[mark]} if mark not in ")）" else {"(", "（"}
            if open_marks and open_marks[-1] in opening:
                open_marks.pop()
            elif mark != ")":
                # 1) and a) are labels.
                return [problem(ProseCode.UNPAIRED, at, mark=mark)]
    return [problem(ProseCode.UNPAIRED, at, mark=open_marks[0])] if open_marks else []


RULES = (
    numbers_are_figures,
    figures_have_rows,
    weekdays_agree,
    labels_exist,
    words_are_official,
    brackets_are_paired,
    as_of_the_cutoff,
)
