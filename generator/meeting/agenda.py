"""The sections of a meeting's agenda, and the cases in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from generator.basic.problem import Code, Problem, error, problem
from generator.meeting.sheets.agenda import MOTIONS, USUAL, Section
from generator.meeting.sheets.meeting import Case
from generator.workbook import books, typed_rows
from generator.workbook.raw import RawSheet
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


def texts(sections: Sequence[Section]) -> list[str]:
    """The sections without cases of which the minutes may say more than their opening words."""
    return [section.name for section in sections if not section.has_cases and section is not opening(sections)]


def decided(sections: Iterable[Section]) -> list[str]:
    """The sections without cases that have a decision of their own, as 確認上次會議紀錄."""
    return [section.name for section in sections if not section.has_cases and section.closing]


def opening(sections: Sequence[Section]) -> Section | None:
    """The section whose text is 〔紀錄資訊〕主席致詞: the first without cases that nothing closes."""
    return next((section for section in sections if not section.has_cases and not section.closing), None)
