"""〔議程〕, in 機關.xlsx or in a meeting's folder: the sections of agenda and minutes, and what holds for their cases.

Without the sheet there are the sections of a group on open data, USUAL: the words of its reports, discussions and
motions stand here and nowhere else.
"""

from __future__ import annotations

import re

from generator.workbook.record import Kind, Record, Row, column, sheet

CASES, TEXT, MOTIONS = "案", "文字", "動議"
# How a cell 結語 says that nothing closes the cases of a section.
NOTHING = "空白"


@sheet("議程", about="議程與會議紀錄的各段，由上而下；沒有這張表時照政府資料開放諮詢小組的議程")
class Section(Record, frozen=True):
    """A section (段) of the agenda: 案 has cases, 文字 has none, 動議 has those that are raised at the meeting."""

    name: str = column("段名", one_line=True, hint="印在議程與會議紀錄；〔案由〕的類別填它", example="審議案", width=20)
    content: str = column(
        "內容",
        Kind.CHOICE,
        required=False,
        choices=(CASES, TEXT, MOTIONS),
        if_empty=CASES,
        hint="案：各案；文字：主席致詞等沒有案的一段；動議：會中才提出的案",
        example=CASES,
        width=8,
    )
    allowed_endings: str = column(
        "案由結尾",
        required=False,
        hint="案由應有的結尾，有幾種時以／分開；空白則不限",
        example="，提請審議。",
        width=26,
    )
    last_point: str = column(
        "末項",
        required=False,
        hint="說明最後一點應寫的話；空白則不要求",
        example="以上所擬是否妥適，提請審議。",
        width=36,
    )
    closing_word: str = column(
        "結語",
        required=False,
        hint=f"各案之後的「決定：」或「決議：」；不印時填「{NOTHING}」或不填",
        suggests=("決定", "決議", "結論", NOTHING),
        example="決議",
        width=10,
    )
    unit_word: str = column(
        "單位稱謂", required=False, if_empty="提案單位", hint="單位之前印的稱謂", example="報告單位", width=12
    )
    usual_decisions: str = column(
        "結語用語",
        required=False,
        hint="決定或決議開頭的慣用語，以／分開，其他寫法會提醒；空白則不限",
        example="照案通過／修正通過",
        width=36,
    )
    remarks_title: str = column(
        "發言標題",
        required=False,
        hint="會議紀錄中各案發言的標題，填了就併成一段；空白則依委員意見、機關回應分段",
        example="發言紀要",
        width=14,
    )

    @property
    def has_cases(self) -> bool:
        return self.content != TEXT

    @property
    def endings(self) -> tuple[str, ...]:
        """What the subject of a case may end with; empty: anything."""
        return _phrases(self.allowed_endings)

    @property
    def closing(self) -> str:
        """The word that closes a case, 決定 or 決議; empty where none does."""
        return "" if self.closing_word == NOTHING else self.closing_word

    @property
    def decisions(self) -> tuple[str, ...]:
        """The usual beginnings of a decision; empty: anything."""
        return _phrases(self.usual_decisions)

    def ends_properly(self, subject: str) -> bool:
        """Whether a subject ends with one of the phrases; one that is given without its full stop may have it."""
        plain = subject.replace("\n", "").strip()
        return not self.endings or any(
            plain.endswith(ending) or (not ending.endswith("。") and plain.removesuffix("。").endswith(ending))
            for ending in self.endings
        )


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in re.split(r"[／/\n；;、]", text) if phrase.strip())


def _section(**given: str) -> Section:
    """A section that no workbook says."""
    columns = Section.sheet.by_field
    values = {column.name: given.get(name, column.if_empty) for name, column in columns.items()}
    return Section.of(Row(values, "", Section.sheet.name, {}, None))


USUAL: tuple[Section, ...] = (
    _section(name="主席致詞", content=TEXT),
    _section(
        name="報告事項",
        content=CASES,
        allowed_endings="，報請鑒察。",
        closing_word="決定",
        unit_word="報告單位",
        usual_decisions="洽悉／准予備查",
    ),
    _section(
        name="討論事項",
        content=CASES,
        allowed_endings="，提請討論。",
        last_point="以上所擬是否妥適，提請討論。",
        closing_word="決議",
        usual_decisions="照案通過／修正通過／保留／不予通過／另案討論",
    ),
    _section(name="臨時動議", content=MOTIONS, closing_word="決議"),
)
USUAL_KINDS = tuple(section.name for section in USUAL if section.has_cases)
# Of a case before it is put into its section.
UNPLACED = _section(name="", content=CASES)
