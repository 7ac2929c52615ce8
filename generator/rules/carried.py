"""What one meeting leaves to the next: its decisions, and what is still under control (列管) from earlier ones.

``carried`` makes the rows of 〔上次會議決定〕 for `packet new --from`; ``check`` compares what became of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from generator.basic.problem import ERROR, Code, Location, Problem, error, problem, warning
from generator.basic.workspace import WAYS, MeetingId, Workspace
from generator.meeting import figures, load
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import CONTINUED, OPEN, RELEASED, RIDER
from generator.meeting.sheets.lists import PastDecision
from generator.meeting.sheets.meeting import Case
from generator.meeting.sheets.minutes import Decision, MinutesInfo
from generator.prose.vocabulary import Vocabulary
from generator.workbook import books, values
from generator.workbook.record import Record
from generator.workbook.typed_rows import RowCode


class CarriedCode(Code):
    """The problems that this module finds."""

    CARRIED_ALTERED = error("「{name}」與 {meeting} 所載不同，原為「{was}」", "請改回原文；補充的話請寫在辦理情形。")
    CARRIED_MISSING = error(
        "缺少 {meeting} 的決定（議）：「{subject}」「{decision}」", "請補上這一列，一字不改，並填辦理情形。"
    )
    CARRIED_DROPPED = error(
        "缺少持續列管的事項：「{subject}」「{decision}」（{meeting}）",
        "請補上這一列；已經辦完的請改為解除列管並填辦理情形。",
    )
    CARRIED_TWICE = error("這項決定（議）重複，{meeting} 只有一項", "請刪除重複的一列。")
    CARRIED_EXTRA = warning("{meeting} 沒有這一項決定（議）或持續列管事項", "請確認；不是時請刪除這一列。")
    CARRIED_ORIGIN = warning(
        "這是 {meeting} 之前就持續列管的事項，不知是哪一次會議的決定（議）", "請填會議編號，例如 112-2。"
    )
    CARRIED_UNCHECKED = warning("{meeting} 的資料有錯誤，沒有核對〔上次會議決定〕", "請執行 packet check {meeting}。")
    BAD_MEETING = error("「{value}」不是會議編號", "請寫成 {ways}。")
    NO_PROGRESS = warning("持續列管的事項還沒有辦理情形", "請填至本次會議前做了什麼。")
    CLOSED_WITHOUT_REASON = error("解除列管而沒有辦理情形", "請填辦理情形，說明為何可以解除列管。")
    CLOSED_SILENTLY = error("原為持續列管，列管卻空白", "請填持續列管，或填解除列管與辦理情形。")


# Below this likeness of their 案由 (0 to 1) two rows are no longer the same item with a text altered.
_LIKENESS = 0.6
# What must have been read in full; where a row counts although a text in it is still to be written, a blank is no loss.
_READ: tuple[type[Record], ...] = (MinutesInfo, Decision)
_OPEN: tuple[type[Record], ...] = (Case, PastDecision)


class Item(Struct, frozen=True):
    """A decision to report on. ``origin`` is the meeting it comes from, as an id; empty where no one knows.

    ``key``: the 案號 of a decision of the last meeting; ``row``: of an earlier one its row there.
    """

    origin: str
    kind: str
    subject: str
    decision: str
    tracking: str
    earlier: bool
    key: str = ""
    row: PastDecision | None = None
    number: str = ""
    unit: str = ""

    @property
    def values(self) -> dict[str, object]:
        """The row of 〔上次會議決定〕; only 辦理情形 is left to write."""
        return PastDecision.filled(
            kind=self.kind,
            subject=self.subject,
            decision=self.decision,
            tracking=self.tracking,
            meeting=self.origin,
            number=self.number,
            unit=self.unit,
        )


def carried(source: Meeting, problems: list[Problem]) -> list[Item]:
    """What was decided on each case of ``source``, by its agenda; then every earlier item still under control.

    Where there is no decision yet, or no minutes, its text is empty. A 案由 that cannot be rendered is a problem.
    """
    items = []
    vocabulary = Vocabulary(source, figures.compute(source))
    for section in source.sections:
        # 紀錄確定 is done with; what a unit is to do is not.
        if decisions := [item for item in _of_case(source, section.name) if item.unit or item.due or item.tracking]:
            tracking = _tracking(decisions)
            texts = (section.name, section.name, _text(decisions), tracking)
            items.append(Item(str(source.id), *texts, earlier=False, key=section.name, unit=_units(decisions)))
    for case in source.cases:
        decisions = _of_case(source, case.key)
        subject = vocabulary.render(case.subject, case, case.at("subject"), problems)
        decided, text = _text(decisions), str(subject)
        if case.access != OPEN:
            # The table of past decisions is for anyone.
            text, decided = f"{case.title}（不公開）", "（不公開）" if decided else ""
        texts = (case.kind, text, decided, _tracking(decisions))
        items.append(Item(str(source.id), *texts, earlier=False, key=case.key, unit=_units(decisions)))
    before = str(source.previous or "")
    items += [
        Item(
            *(_id(item.meeting) or before, item.kind, item.subject, item.decision, item.tracking, True),
            row=item,
            number=item.number,
            unit=item.unit,
        )
        for item in source.past_decisions
        if item.tracking == CONTINUED
    ]
    return items


def _units(decisions: Sequence[Decision]) -> str:
    """The units that carry the decisions out, each once."""
    return "、".join(dict.fromkeys(unit for decision in decisions for unit in units_of(decision.unit)))


def undecided(source: Meeting) -> list[str]:
    """The numbers of the cases on which the minutes hold no decision."""
    return [case.key for case in source.cases if not _of_case(source, case.key)]


def lost(problems: Iterable[Problem]) -> list[Problem]:
    """The problems of a meeting's workbooks that make it lose a decision or an earlier item."""
    strict, lenient = ({record.sheet.name for record in records} for records in (_READ, _OPEN))

    def loses(fault: Problem) -> bool:
        sheet = values.folded(fault.at.sheet)
        return fault.code in books.UNREAD or sheet in strict or (sheet in lenient and fault.code != RowCode.EMPTY_CELL)

    return [fault for fault in problems if fault.severity == ERROR and loses(fault)]


def examine(workspace: Workspace, meeting: Meeting) -> list[Problem]:
    """What 〔上次會議決定〕 lacks by itself, and against the minutes of the meeting before, where that has any."""
    problems = [
        problem(CarriedCode.BAD_MEETING, item.at("meeting"), value=item.meeting, ways=WAYS)
        for item in meeting.past_decisions
        if item.meeting and not _is_known(meeting, parsed(item.meeting))
    ]
    problems += [
        problem(CarriedCode.NO_PROGRESS, item.at("progress"))
        for item in meeting.past_decisions
        if item.tracking == CONTINUED and not item.progress
    ]
    if meeting.previous is None:
        return problems
    source, source_problems = load.load(workspace, meeting.previous)
    faults = lost(source_problems)
    if source is not None and source.minutes is None:
        # Without minutes there is nothing to compare; but they may be there and have no status that can be read.
        faults = [fault for fault in faults if values.folded(fault.at.sheet) == MinutesInfo.sheet.name]
    if source is not None and source.minutes is not None:
        carried(source, faults)
    if faults:
        place = Location(f"inputs/{meeting.previous}")
        return [*problems, problem(CarriedCode.CARRIED_UNCHECKED, place, meeting=meeting.previous)]
    return problems + check(meeting, source) if source is not None and source.minutes is not None else problems


def check(meeting: Meeting, source: Meeting) -> list[Problem]:
    """What a meeting lost, altered or added in 〔上次會議決定〕, measured by what ``source`` left to it."""
    items = carried(source, [])
    pairs = matched(items, meeting.past_decisions)
    matched_rows = {id(row) for _, row in pairs}
    problems: list[Problem] = []
    for item, row in pairs:
        problems += _altered(item, row, source)
        problems += _closed(item, row)
    sheet = _sheet(meeting)
    for item in items:
        if (item.decision or item.earlier) and all(item is not other for other, _ in pairs):
            code = CarriedCode.CARRIED_DROPPED if item.earlier else CarriedCode.CARRIED_MISSING
            texts = {"subject": item.subject, "decision": _line(item.decision), "meeting": item.origin or source.id}
            problems.append(problem(code, sheet, **texts))
    for row in meeting.past_decisions:
        if id(row) not in matched_rows:
            twice = any(_same(item, row, "subject", "decision") for item, _ in pairs)
            problems.append(
                problem(
                    CarriedCode.CARRIED_TWICE if twice else CarriedCode.CARRIED_EXTRA,
                    row.at("subject"),
                    meeting=source.id,
                )
            )
    return problems


def by_age(meeting: Meeting) -> tuple[list[PastDecision], list[PastDecision]]:
    """The rows of 〔上次會議決定〕 that come from the last meeting, and those from earlier ones."""
    rows, last = meeting.past_decisions, meeting.previous
    origins = [origin for row in rows if (origin := parsed(row.meeting)) is not None]
    if last is None and len(origins) == len(rows):
        # Every row names its meeting, but that of the last has no folder here.
        last = max(origins, key=lambda meeting_id: meeting_id.key, default=None)
    recent = [row for row in rows if not row.meeting or (last is not None and parsed(row.meeting) == last)]
    return recent, [row for row in rows if not any(row is other for other in recent)]


def called(meeting: Meeting, origin: str) -> str:
    """112年第2次會議 for the id in a cell 會議, or the name that meeting has; what is no id as it stands."""
    other = parsed(origin)
    if other is None or other.name:
        return meeting.titles.get(str(other), origin)
    return meeting.titles.get(str(other)) or f"{other.year}年{other.session}會議"


def parsed(origin: str) -> MeetingId | None:
    """The id in a cell 會議; None where it is none."""
    return MeetingId.named(values.folded(origin))


def _is_known(meeting: Meeting, other: MeetingId | None) -> bool:
    """Whether it is an id; a name is one only where meetings have such ids."""
    return other is not None and (not other.name or bool(meeting.id.name) or other in meeting.others)


def _id(origin: str) -> str:
    """A cell 會議 as an id is written; what is none as it stands."""
    return str(parsed(origin) or origin)


def _of_case(source: Meeting, key: str) -> list[Decision]:
    decisions = source.minutes.decisions if source.minutes else ()
    return [decision for decision in decisions if values.folded(decision.case) == values.folded(key)]


def _text(decisions: Sequence[Decision]) -> str:
    """The decisions on one case as the table prints them: several are numbered, a line each, 附帶決議 after them."""
    riders = [f"{RIDER}：{decision.text}" for decision in decisions if decision.is_rider]
    decisions = [decision for decision in decisions if not decision.is_rider]
    if riders:
        return "\n".join(filter(None, (_text(decisions), *riders)))
    if len(decisions) == 1:
        return decisions[0].text
    return "\n".join(f"{number}. {decision.text}" for number, decision in enumerate(decisions, start=1))


def _tracking(decisions: Sequence[Decision]) -> str:
    """持續列管 where any decision on the case has it, else 解除列管 where any has that."""
    trackings = {decision.tracking for decision in decisions}
    return CONTINUED if CONTINUED in trackings else RELEASED if RELEASED in trackings else ""


def matched(items: Sequence[Item], rows: Sequence[PastDecision]) -> list[tuple[Item, PastDecision]]:
    """Which row is which item: the same texts first, then the same 案由, then the likest; nothing is taken twice."""
    pairs: list[tuple[Item, PastDecision]] = []
    open_items, open_rows = list(items), list(rows)

    def take(alike: Callable[[Item, PastDecision], bool]) -> None:
        for item in list(open_items):
            row = next((row for row in open_rows if alike(item, row)), None)
            if row is not None:
                pairs.append((item, row))
                open_items.remove(item)
                open_rows.remove(row)

    take(lambda item, row: bool(item.number) and _same(item, row, "number"))
    take(lambda item, row: _same(item, row, "subject", "decision") and _from(item, row))
    take(lambda item, row: _same(item, row, "subject", "decision"))
    take(lambda item, row: _same(item, row, "subject") and _from(item, row))
    take(lambda item, row: _same(item, row, "subject"))
    likeness = sorted(
        ((_likeness(item, row), -number, item, row) for number, item in enumerate(open_items) for row in open_rows),
        key=lambda entry: entry[:2],
        reverse=True,
    )
    for alike, _, item, row in likeness:
        if alike >= _LIKENESS and item in open_items and row in open_rows:
            pairs.append((item, row))
            open_items.remove(item)
            open_rows.remove(row)
    return pairs


def _same(item: Item, row: PastDecision, *names: str) -> bool:
    return all(values.folded(getattr(item, name)) == values.folded(getattr(row, name)) for name in names)


def _from(item: Item, row: PastDecision) -> bool:
    """Whether the row may come from the item's meeting; an empty cell stands for the last one."""
    if not item.origin:
        return True
    return _id(row.meeting) == item.origin or (not row.meeting and not item.earlier)


def _likeness(item: Item, row: PastDecision) -> float:
    """How alike the two are: by their 案由, or by an equal decision that is longer than a set phrase."""
    # Only where a decision is missing: it takes a while to load.
    from difflib import SequenceMatcher

    of_subject = SequenceMatcher(None, values.folded(item.subject), values.folded(row.subject)).ratio()
    same_decision = _same(item, row, "decision") and len(values.folded(item.decision)) > 12
    return max(of_subject, _LIKENESS if same_decision else 0)


def _altered(item: Item, row: PastDecision, source: Meeting) -> list[Problem]:
    texts = (
        ("kind", item.kind, row.kind),
        ("subject", item.subject, row.subject),
        ("decision", item.decision, row.decision),
        ("number", item.number, row.number),
    )
    problems = [
        problem(CarriedCode.CARRIED_ALTERED, row.at(name), name=row.heading_of(name), meeting=source.id, was=_line(was))
        for name, was, now in texts
        # An empty cell is reported as such, and a case without a decision has none to compare.
        if was and (now or name == "number") and _verbatim(was) != _verbatim(now)
    ]
    if not item.origin and not row.meeting:
        problems.append(problem(CarriedCode.CARRIED_ORIGIN, row.at("meeting"), meeting=source.id))
    elif not _from(item, row):
        problems.append(
            problem(
                CarriedCode.CARRIED_ALTERED,
                row.at("meeting"),
                name=row.heading_of("meeting"),
                meeting=source.id,
                was=item.origin,
            )
        )
    return problems


def _verbatim(text: str) -> list[str]:
    """The lines of a text without blanks at their ends: all else must stand as it was decided."""
    return [line.strip() for line in text.strip().splitlines()]


def _closed(item: Item, row: PastDecision) -> list[Problem]:
    """A decision under control is closed with 解除列管 and a reason."""
    if item.tracking == CONTINUED and not row.tracking:
        return [problem(CarriedCode.CLOSED_SILENTLY, row.at("tracking"))]
    # What the minutes themselves closed needs no further reason.
    if row.tracking == RELEASED and item.tracking != RELEASED and not row.progress:
        return [problem(CarriedCode.CLOSED_WITHOUT_REASON, row.at("progress"))]
    return []


def _sheet(meeting: Meeting) -> Location:
    """The sheet in which an item is missing: where the others stand, or the meeting's folder when there are none."""
    if meeting.past_decisions:
        place = meeting.past_decisions[-1].at()
        return Location(place.workbook, place.sheet)
    return Location(f"inputs/{meeting.id}", PastDecision.sheet.name)


def _line(text: str) -> str:
    return " ".join(text.split("\n"))
