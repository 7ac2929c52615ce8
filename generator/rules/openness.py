"""The rules of who may read what: a setting that contradicts another is found before anything goes out."""

from __future__ import annotations

from generator.basic.problem import Code, Problem, error, note, problem
from generator.meeting.model import Meeting
from generator.meeting.sheets import ACCESS, OPEN
from generator.meeting.sheets.meeting import Attachment
from generator.workbook.values import folded


class OpennessCode(Code):
    """The problems that this module finds."""

    WIDER_THAN_CASE = error("{case}是{access}，附件卻是{wider}", "請改為{access}，或將「公開」欄空白。")
    SECRET_BUT_OPEN = error("{case}有密等，「公開」欄卻不是限閱或不公開", "請填限閱或不公開；沒有密等時請刪除密等。")
    SOURCE_OPEN_ELSEWHERE = error(
        "同一個來源在 {other} 是{wider}，這裡是{access}", "請改為相同；或另備一份可以給較多人看的內容。"
    )
    ORIGINAL_UNMARKED = note(
        "這個附件是{access}，附上的原檔不更動，各頁沒有「{access}」的標示", "需要時請自行在原檔加上；PDF 已有標示。"
    )


def attachments_are_no_wider_than_their_case(meeting: Meeting) -> list[Problem]:
    """Who may not read a case may not read what is attached to it."""
    return [
        problem(
            OpennessCode.WIDER_THAN_CASE, item.at("openness"), case=case.title, access=case.access, wider=item.openness
        )
        for case in meeting.cases
        for item in case.attachments
        if item.openness and ACCESS.index(item.openness) < ACCESS.index(case.access)
    ]


def secret_cases_are_not_open(meeting: Meeting) -> list[Problem]:
    """What has a grade of secrecy is not for anyone (文書處理手冊: 密等文書)."""
    return [
        problem(OpennessCode.SECRET_BUT_OPEN, case.at("secrecy"), case=case.title)
        for case in meeting.cases
        if case.secrecy and case.access == OPEN
    ]


def sources_have_one_access(meeting: Meeting) -> list[Problem]:
    """One sheet or file that is attached twice is as open here as there."""
    widest: dict[str, Attachment] = {}
    attached = [item for case in meeting.cases for item in case.attachments if item.target]
    for item in attached:
        known = widest.setdefault(folded(item.origin), item)
        if ACCESS.index(item.access) < ACCESS.index(known.access):
            widest[folded(item.origin)] = item
    found = []
    for item in attached:
        other = widest[folded(item.origin)]
        if other.access != item.access:
            about = {"other": item.beside(other, "origin"), "wider": other.access, "access": item.access}
            found.append(problem(OpennessCode.SOURCE_OPEN_ELSEWHERE, item.at("origin"), **about))
    return found


def originals_have_no_mark(meeting: Meeting) -> list[Problem]:
    """The file itself that goes along beside its PDF is as it came."""
    return [
        problem(OpennessCode.ORIGINAL_UNMARKED, item.at("keeps_original"), access=item.access)
        for case in meeting.cases
        for item in case.attachments
        if item.keeps_original and item.access != OPEN
    ]


RULES = (
    attachments_are_no_wider_than_their_case,
    secret_cases_are_not_open,
    sources_have_one_access,
    originals_have_no_mark,
)
