"""The sections of a meeting's agenda, and the cases in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from generator.basic.problem import Code, Problem, error, problem
from generator.meeting.sheets.agenda import MOTIONS, USUAL, Section
from generator.meeting.sheets.meeting import Case
from generator.meeting.sheets.minutes import Decision
from generator.workbook import books, typed_rows
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record
from generator.workbook.values import folded


class SectionCode(Code):
    """The problems that this module finds."""

    SECTION_TWICE = error("段名「{name}」重複，{first} 已經用過", "請改用不同的段名。")


def read(raw: Sequence[RawSheet], agency: Sequence[RawSheet], problems: list[Problem]) -> tuple[Section, ...]:
    """The sections: those of the meeting's folder, else those of 機關.xlsx, else the usual ones."""
    own = [sheet for sheet in books.named(raw, Section.sheet.name) if not sheet.empty]
    sections: dict[str, Section] = {}
    for section in typed_rows.records(Section, own or agency, problems):
        first = sections.setdefault(folded(section.name), section)
        if first is not section:
            at = section.at("name")
            beside = section.beside(first, "name")
            problems.append(problem(SectionCode.SECTION_TWICE, at, name=section.name, first=beside))
    return tuple(sections.values()) or USUAL


def names(sections: Iterable[Section]) -> list[str]:
    """The sections that have cases: what 〔案由〕類別 may say."""
    return [section.name for section in sections if section.has_cases]


def kinds(sections: Iterable[Section]) -> dict[str, list[str]]:
    """The texts that the column 類別 of 〔案由〕 allows, as typed_rows takes them."""
    return {Case.heading_of("kind"): names(sections)}


def placed(cases: Iterable[Case], sections: Sequence[Section]) -> list[Case]:
    """The cases, read with ``kinds``, each in its section: in the order of the agenda, wherever someone added a row."""
    order = {section.name: number for number, section in enumerate(sections)}
    found = [replace(case, section=sections[order[case.kind]]) for case in cases]
    return sorted(found, key=lambda case: order[case.kind])


def mark(section: Section, sections: Sequence[Section]) -> str:
    """What 案號 of the section begin with: 報 of 報告事項; as many characters as tell it from the other sections."""
    others = [other for other in names(sections) if other != section.name]
    for length in range(1, len(section.name)):
        begun = section.name[:length]
        if not any(other.startswith(begun) for other in others):
            return begun
    return section.name


def first_motion(sections: Sequence[Section]) -> str:
    """The 案號 of a first case raised at the meeting; empty where the agenda has no section for one."""
    section = next((section for section in sections if section.content == MOTIONS), None)
    return f"{mark(section, sections)}1" if section else ""


def hints(record: type[Record], sections: Sequence[Section]) -> dict[str, tuple[str, str]]:
    """Hint and example of columns of a form, by heading, in the words of a body that has its own sections."""
    cased = [section for section in sections if section.has_cases]
    if tuple(sections) == USUAL or not cased:
        return {}
    if record is Case:
        numbers = [f"{mark(section, sections)}1" for section in cased]
        ends = [f"{section.name}以「{'」或「'.join(section.endings)}」結尾" for section in cased if section.endings]
        ending = next((ending for section in cased for ending in section.endings), "。")
        return {
            Case.heading_of("key"): ("、".join(numbers), numbers[0]),
            Case.heading_of("kind"): ("", cased[0].name),
            Case.heading_of("subject"): ("；".join(ends) or "一句話寫完，不換行", f"○○計畫一案{ending}"),
        }
    if record is Decision:
        usual = [f"{section.name}：{'／'.join(section.decisions)}" for section in sections if section.decisions]
        hint = "；".join([*usual, "還沒有內容的列視同沒有這一列"])
        return {Decision.heading_of("text"): (hint, next((word for each in sections for word in each.decisions), ""))}
    return {}


def texts(sections: Sequence[Section]) -> list[str]:
    """The sections without cases of which the minutes may say more than their opening words."""
    return [section.name for section in sections if not section.has_cases and section is not opening(sections)]


def decided(sections: Iterable[Section]) -> list[str]:
    """The sections without cases that have a decision of their own, as 確認上次會議紀錄."""
    return [section.name for section in sections if not section.has_cases and section.closing]


def opening(sections: Sequence[Section]) -> Section | None:
    """The section whose text is 〔紀錄資訊〕主席致詞: the first without cases that nothing closes."""
    return next((section for section in sections if not section.has_cases and not section.closing), None)
