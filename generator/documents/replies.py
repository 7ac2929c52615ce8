"""委員意見及回應表: what members wanted changed in the draft minutes, and what became of it.

Who is protected in the minutes (不記名, 不公開) is protected here: their rows say 委員, as do all rows on such a
remark, and where anyone is, who did not reply is counted and not named: all others
would tell the one name that is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.basic import roc
from generator.documents import summary
from generator.documents.document import FOR_MEETING, PARTICIPANTS, Document, DocumentType
from generator.documents.summary import Group
from generator.meeting import corrections
from generator.meeting.minutes import SOMEONE
from generator.meeting.model import Meeting
from generator.meeting.sheets.minutes import Remark
from generator.meeting.sheets.replies import ADOPTED, Proposal
from generator.prose.text import Text, field, typed
from generator.prose.vocabulary import Vocabulary
from generator.rules.protected_names import is_person
from generator.workbook.values import folded

NAME = "委員意見及回應表"
NOT_SHOWN = "（涉及不記名發言，不列）"
_HEADINGS = ("項次", "案次", "委員", "處所", "原文", "建議文字", "處理情形")


def _protected(meeting: Meeting) -> tuple[set[str], list[Remark]]:
    """The folded names of who spoke 不記名 or 不公開, with who sent or stood for them; and those remarks."""
    minutes = meeting.minutes
    remarks = [remark for remark in minutes.remarks if remark.nameless or remark.hidden] if minutes else []
    found: set[str] = set()
    for remark in remarks:
        if not is_person(remark.speaker):
            continue
        speaker = folded(remark.speaker)
        people = [speaker, *(folded(member.name) for member in meeting.members if folded(member.name) in speaker)]
        for entry in minutes.attendance if minutes else ():
            if entry.deputy and {folded(entry.name), folded(entry.deputy)} & set(people):
                people += [folded(entry.name), folded(entry.deputy)]
        found |= {name for name in people if len(name) > 1 and name != SOMEONE}
    return found, remarks


def compose(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The table; none where nobody has sent anything back."""
    if not meeting.proposals and not meeting.replies:
        return []
    hidden, remarks = _protected(meeting)
    cells = {str(remark.at("text")) for remark in remarks}
    texts = [folded(text) for remark in remarks for text in remark.texts]
    titles = {folded(case.key): case.title for case in meeting.cases}
    order = [*titles, ""]
    listed = [proposal for proposal in meeting.proposals if proposal.counts]
    listed.sort(key=lambda proposal: order.index(_case(proposal, titles)))
    rows = [
        _row(number, titles.get(_case(proposal, titles), ""), proposal, hidden, _is_on(proposal, cells, texts))
        for number, proposal in enumerate(listed, start=1)
    ]
    title = f"{meeting.name}{NAME}"
    context = {
        **vocabulary.context(None),
        **summary.context(title, "", _lines(meeting, listed, bool(hidden)), [Group("", _HEADINGS, rows)]),
    }
    document = Document(
        NAME, summary.TEMPLATE, context, title, NAME, 1, joined=False, audience=PARTICIPANTS, protects=FOR_MEETING
    )
    return [document]


def _case(proposal: Proposal, titles: dict[str, str]) -> str:
    return folded(proposal.case) if folded(proposal.case) in titles else ""


def _is_on(proposal: Proposal, cells: set[str], texts: Sequence[str]) -> bool:
    """Whether a proposal is on a remark of which the speaker is protected."""
    old = folded(proposal.old)
    return proposal.cell in cells or any(len(old) > 5 and (old in text or text in old) for text in texts)


def _row(number: int, title: str, proposal: Proposal, hidden: set[str], on_hidden: bool) -> list[Any]:
    who: str | Text = field(proposal, "member")
    if on_hidden or any(name in folded(proposal.member) for name in hidden):
        who = typed(SOMEONE, proposal.at("member"))
    return [
        number,
        typed(title, proposal.at("case")),
        who,
        *(_text(proposal, name, hidden) for name in ("place", "old", "new")),
        _outcome(proposal, hidden),
    ]


def _text(proposal: Proposal, name: str, hidden: set[str]) -> str | Text:
    """A text of the proposal; one that has a protected name is not shown."""
    if any(person in folded(getattr(proposal, name)) for person in hidden):
        return typed(NOT_SHOWN, proposal.at(name))
    return field(proposal, name) or typed("（刪除）" if name == "new" else "—", proposal.at(name))


def _outcome(proposal: Proposal, hidden: set[str]) -> str | Text:
    outcome = field(proposal, "outcome") or typed("研議中", proposal.at("outcome"))
    for name in ("adopted", "reason"):
        if getattr(proposal, name) and not (name == "adopted" and proposal.outcome == ADOPTED):
            outcome = outcome + typed("：", proposal.at(name)) + _text(proposal, name, hidden)
    return outcome


def _lines(meeting: Meeting, listed: Sequence[Proposal], hidden: bool) -> list[str]:
    """Until when, how many, who was late and who did not reply."""
    replied = corrections.of(meeting)
    deadline, came_late = replied.deadline, set(map(folded, replied.late))
    lines = [f"修正意見期限：{deadline.day}。"] if deadline else []
    late = [member.name for member in meeting.members if folded(member.name) in came_late]

    def people(names: Sequence[str]) -> str:
        return f"{len(names)}人" if hidden else "、".join(names)

    texts = [f"修正意見共{len(listed)}項。"]
    texts += [f"逾期回復：{people(late)}。"] if late else []
    if replied.absent:
        until = f"至{roc.month_day(deadline.date)}" if deadline else ""
        texts.append(f"{until}未回復者，視同無意見：{people(replied.absent)}。")
    lines += texts
    return [f"{roc.numeral(number)}、{line}" for number, line in enumerate(lines, start=1)]


DOCUMENT_TYPES = (
    DocumentType(lambda meeting: [f"{summary.TEMPLATE}.docx"] if meeting.proposals or meeting.replies else [], compose),
)
