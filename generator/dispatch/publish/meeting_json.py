"""A meeting as JSON for the platform: the keys of the Executive Yuan's own meetings, and more.

docs/meeting.schema.json says what each key holds.
The texts of the meeting are those that the public edition of the minutes prints.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from generator.basic import roc
from generator.documents import access
from generator.documents.document import FOR_PUBLIC, Document
from generator.meeting.model import Meeting
from generator.meeting.sheets import ABSENT, BY_DEPUTY, BY_VIDEO, OPEN
from generator.meeting.sheets.meeting import EXPLAINED, Case
from generator.meeting.sheets.minutes import Attendance

VERSION = "1"
_ZONE = dt.timezone(dt.timedelta(hours=8))


def compose(meeting: Meeting, documents: Sequence[Document], files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The meeting; ``files`` are the names of the public files by document, those of no document under ""."""
    minutes = meeting.minutes
    start = (minutes.info.started if minutes else None) or meeting.info.start
    end = minutes.info.adjourned if minutes else None
    public = next((document for document in documents if document.edition == FOR_PUBLIC), None)
    attachments = [
        _attachment(case, document, files)
        for case in meeting.cases
        for document in documents
        if "本附件" in document.context and document.case is case
    ]
    return {
        "格式版本": VERSION,
        "機關": meeting.agency.full_name,
        "會議編號": str(meeting.id),
        "會議名稱": meeting.name,
        "時間": f"{roc.long_date(meeting.date)}（{roc.weekday(meeting.date)}）{roc.clock(start)}{meeting.went_on}",
        "開始時間": _moment(meeting.date, start),
        "散會時間": _moment(meeting.info.last_day, end) if end else None,
        **({"續會日期": [day.isoformat() for day in meeting.info.more_days]} if meeting.info.more_days else {}),
        "地點": meeting.info.place,
        "主席": meeting.info.chair,
        "紀錄": meeting.info.recorder if public else "",
        "出席委員": [_member(member) for member in minutes.attending] if minutes and public else [],
        "請假委員": [member.name for member in minutes.absent] if minutes and public else [],
        "列席": [
            {"單位": observer.unit, "姓名": observer.name, "職稱": observer.title}
            for observer in meeting.came
            if observer.how != ABSENT
        ]
        if public
        else [],
        "案由": [_case(case, documents, files) for case in meeting.cases],
        "會議紀錄": _minutes(meeting, public, files) if public else None,
        "簡報": [name for document in documents if _is_deck(document) for name in files.get(document.name, ())],
        "附件": attachments,
        "會議資料": list(files.get("", ())),
    }


def _moment(day: dt.date, time: dt.time) -> str:
    return dt.datetime.combine(day, time, _ZONE).isoformat()


def _member(attendance: Attendance) -> dict[str, str]:
    deputy = {"代理人": attendance.deputy} if attendance.how == BY_DEPUTY and attendance.deputy else {}
    if deputy and attendance.deputy_title:
        deputy["代理人職稱"] = attendance.deputy_title
    way = {"出席方式": attendance.way} if attendance.way == BY_VIDEO else {}
    return {"姓名": attendance.name, "身分": attendance.role, **deputy, **way}


def _case(case: Case, documents: Sequence[Document], files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    papers = (document for document in documents if document.case is case and document.attachment is None)
    document = next(papers, None)
    printed = document.context["本案"] if document else {}
    return {
        "類別": case.kind,
        "案次": case.ordinal,
        **({"公開": case.access} if case.access != OPEN else {}),
        "單位": case.unit if case.access == OPEN else "",
        "案由": printed.get("案由", case.subject) if case.access == OPEN else access.NO_CASE,
        **({heading: getattr(case, name) for heading, name in case.signed} if case.access == OPEN else {}),
        "說明": [_point(point) for point in printed.get("說明", ())],
        **({"其他部分": parts} if (parts := _other_parts(printed)) else {}),
        "檔案": list(files.get(document.name, ())) if document else [],
    }


def _other_parts(printed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """擬辦, 辦法 and the like: every part of a case but 說明."""
    return [
        {"名稱": part["名稱"], "內容": [_point(point) for point in part["點"]]}
        for part in printed.get("各部", ())
        if part["名稱"] != EXPLAINED
    ]


def _is_deck(document: Document) -> bool:
    enclosure = document.enclosure
    if document.separate:
        return False
    slides = enclosure is not None and enclosure.ending.startswith((".pp", ".pot", ".odp", ".otp"))
    return document.deck is not None or slides or "簡報" in document.context.get("本附件", {}).get("名稱", "")


def _point(point: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "標號": point["標號"].strip(),
        "標題": point["標題"],
        "內容": point["內容"].removeprefix("：") if point["標題"] else point["內容"],
        "下層": [_point(lower_point) for lower_point in point["下層"]],
    }


def _attachment(case: Case, document: Document, files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    attachment = document.context["本附件"]
    return {
        "類別": case.kind,
        "案次": case.ordinal,
        "標號": attachment["標號"],
        "名稱": attachment["名稱"],
        **({"公開": "不公開"} if document.stands_in else {}),
        "另行提供": document.separate,
        "檔案": list(files.get(document.name, ())),
    }


def _minutes(meeting: Meeting, document: Document, files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    entries = document.context["紀錄"]["項目"]
    return {
        "版本": document.edition,
        "人數": document.context["紀錄"]["人數"],
        "主席致詞": meeting.minutes.info.opening if meeting.minutes else "",
        "案": [_decided(entry["名稱"], case) for entry in entries for case in entry["案"]],
        "檔案": list(files.get(document.name, ())),
    }


def _decided(kind: str, case: Mapping[str, Any]) -> dict[str, Any]:
    several = [decision["內容"] for decision in case["決議列"]]
    riders = [decision["內容"] for decision in case["附帶決議列"]]
    riders = riders or [text for text in (case["附帶決議文"],) if text]
    return {
        "類別": kind,
        "案由": case["案由"],
        "單位": case["單位"],
        "發言": [
            {
                "類型": group["標題"],
                "發言者": row["發言者"],
                "內容": row["內容"],
                **({"分點": _numbered(row["點"])} if row["點"] else {}),
            }
            for group in case["發言"]
            for row in group["列"]
        ],
        "決定（議）": several or ([case["決議文"]] if case["決議文"] else []),
        **({"附帶決議": riders} if riders else {}),
    }


def _numbered(points: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"標號": point["標號"], "內容": point["內容"]} for point in points]
