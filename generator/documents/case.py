"""A case (案): its 案由, its 說明 as numbered points, and the table of what was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.basic import roc
from generator.documents.document import Document
from generator.documents.numbering import label, numbered
from generator.meeting.figures import grouped
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import PastDecision
from generator.meeting.sheets.meeting import EXPLAINED, Case, Explanation
from generator.prose.text import Text, field, fill, typed
from generator.prose.vocabulary import Vocabulary
from generator.rules import carried

# The deepest level of a point: （1）.
DEEPEST = 4
EARLIER = "歷次會議持續列管事項"


def compose(meeting: Meeting, case: Case, vocabulary: Vocabulary) -> Document:
    parts = [{"名稱": name, "點": point_tree(case, points, vocabulary)} for name, points in case.parts.items()]
    context = {
        **vocabulary.context(case),
        "本案": {
            "類別": case.kind,
            "案次": case.ordinal,
            "單位稱謂": case.section.unit_word,
            "單位": field(case, "unit"),
            "案由": vocabulary.written(case, "subject", case),
            "結語": case.section.closing,
            "密等": field(case, "secrecy"),
            "提案人": field(case, "proposers"),
            "連署人": field(case, "cosigners"),
            "附議人": field(case, "seconders"),
            "署名": signatures(case),
            "說明": next((part["點"] for part in parts if part["名稱"] == EXPLAINED), []),
            "各部": parts,
        },
        "上次決定": _past_decisions(meeting),
        "上次決定欄": _past_columns(meeting),
    }
    return Document(case.title, case.template, context, f"{meeting.name}{case.title}", case.title, 1, case=case)


def signatures(case: Case) -> list[dict[str, Any]]:
    """提案人, 連署人, 附議人 as they stand under the unit, where they are filled in."""
    return [{"稱謂": heading, "姓名": field(case, name)} for heading, name in case.signed]


def point_tree(case: Case, points: Sequence[Explanation], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """A part of a case as a tree of points, numbered 一、（一） 1.（1） within each parent."""
    levels: list[list[dict[str, Any]]] = [[] for _ in range(DEEPEST)]
    for point in points:
        lead = vocabulary.written(point, "lead", case)
        text = vocabulary.written(point, "text", case)
        node: dict[str, Any] = {
            "標號": "",
            "標題": lead,
            "內容": "：" + text.lstrip("：") if lead else text,
            "下層": [],
        }
        level = min(point.level, next((depth for depth in range(DEEPEST - 1, 0, -1) if levels[depth - 1]), 0) + 1)
        siblings = levels[0] if level == 1 else levels[level - 2][-1]["下層"]
        siblings.append(node)
        levels[level - 1] = siblings
        for deeper in range(level, DEEPEST):
            levels[deeper] = []
    _label(levels[0], 1)
    return levels[0]


def _label(nodes: Sequence[dict[str, Any]], level: int) -> None:
    if level == 1 and len(nodes) == 1 and not nodes[0]["下層"]:
        return
    for number, node in enumerate(nodes, start=1):
        node["標號"] = label(level, number)
        _label(node["下層"], level + 1)


def _past_decisions(meeting: Meeting) -> list[dict[str, Any]]:
    """The decisions of the last meeting by kind; what is still open from earlier ones stands apart, after them."""
    recent, earlier = carried.by_age(meeting)
    groups = [(kind, items, False) for kind, items in grouped(recent, lambda item: item.kind).items()]
    groups += [(EARLIER, earlier, True)] if earlier else []
    return [
        {
            "標號": f"{roc.formal_numeral(number)}、",
            "類別": name,
            "列": [
                {
                    "標號": mark,
                    "案由": _subject(meeting, item, named),
                    "決定": field(item, "decision"),
                    "辦理情形": field(item, "progress"),
                    "編號": field(item, "number"),
                    "主辦機關": field(item, "unit"),
                    "列管建議": field(item, "tracking"),
                }
                for mark, item in zip(numbered(len(items), always=True), items, strict=True)
            ],
        }
        for number, (name, items, named) in enumerate(groups, start=1)
    ]


def _past_columns(meeting: Meeting) -> dict[str, Any]:
    """Which columns the table of past decisions has beside its three: those that some row fills."""
    rows = meeting.past_decisions
    there = {
        heading: any(getattr(item, name) for item in rows)
        for heading, name in (("編號", "number"), ("主辦機關", "unit"), ("列管建議", "tracking"))
    }
    order = ("編號", "案由", "決定（議）", "主辦機關", "辦理情形", "列管建議")
    names = [name for name in order if there.get(name, True)]
    kinds = "、".join(dict.fromkeys(item.kind for item in carried.by_age(meeting)[0])) or EARLIER
    return {**there, "說明": f"{roc.numeral(len(names))}欄：{'、'.join(names)}，依{kinds}等分組。"}


def _subject(meeting: Meeting, item: PastDecision, named: bool) -> Text:
    """What was decided on; ``named``: with the meeting that did so before it."""
    subject = field(item, "subject")
    return (
        fill("{}：{}", typed(carried.called(meeting, item.meeting), item.at("meeting")), subject) if named else subject
    )
