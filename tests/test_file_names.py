"""Every file name that is made of a cell's text is one that any system takes, in its folder, and no other file's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import CASES, Desk
from msgspec import Struct
from msgspec.structs import replace
from test_minutes import met, minutes

from generator.basic import file_names
from generator.documents import papers
from generator.meeting import figures
from generator.meeting.model import Meeting
from generator.meeting.sheets.index import AGENCY_SHEETS, MEETING_SHEETS, MINUTES_SHEETS
from generator.prose.vocabulary import Vocabulary
from generator.setup import sample
from generator.workbook.record import Kind, Record

__all__ = ["met"]

HOSTILE = [
    "../../../逃出去",
    "..",
    "/etc/passwd",
    "甲／乙/丙",
    "C:\\Windows\\甲",
    "長" * 200,
    "𠮷" * 90,
    "甲\n乙\r丙\u2028丁",
    "\u202e倒著寫",
    "CON",
    "nul.txt",
    "COM1",
    "lpt¹",
    "尾點...",
    "  空白  ",
    "-rf",
    "~$鎖",
    ".隱藏",
    "é",
    "e\u0301",
    "ＡＩ處",
    "AI處",
    "ai處",
    "會議資料",
    'a:b*c?"<>|',
    "$(reboot)",
    "%PATH%",
]
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def faults(names: list[str]) -> list[str]:
    """What is wrong with these file names without ending, as files of one folder."""
    found = []
    for name in names:
        if re.search(r'[\\/:*?"<>|\x00-\x1f\x7f]', name) or name in ("", ".", ".."):
            found.append(f"{name!r} holds what no name may")
        if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name):
            found.append(f"{name!r} holds what nobody sees")
        if _DEVICE.fullmatch(name) or name.startswith(("-", ".", "~$")) or name != name.strip(" ."):
            found.append(f"{name!r} is another thing to some system")
        if len(f"{name}（手改1130501-120000-999）.docx".encode()) > 255 or unicodedata.normalize("NFC", name) != name:
            found.append(f"{name!r} is too long or not composed")
    keys = [unicodedata.normalize("NFC", name.casefold()) for name in names]
    return found + [f"{key!r} twice" for key in keys if keys.count(key) > 1]


def with_field(value: Any, record: type[Record], name: str, texts: list[str], counter: list[int]) -> Any:
    """The same with that field of each record of the class set to one text after another."""
    if isinstance(value, tuple):
        return tuple(with_field(part, record, name, texts, counter) for part in value)
    if isinstance(value, Mapping):
        return {key: with_field(part, record, name, texts, counter) for key, part in value.items()}
    if not isinstance(value, Struct):
        return value
    changed = {}
    for part in value.__struct_fields__:
        before = getattr(value, part)
        if isinstance(before, tuple | Mapping | Struct):
            changed[part] = with_field(before, record, name, texts, counter)
    if type(value) is record:
        changed[name] = texts[counter[0] % len(texts)]
        counter[0] += 1
    return replace(value, **changed)


FIELDS = [
    (record, name)
    for record in (*AGENCY_SHEETS, *MEETING_SHEETS, *MINUTES_SHEETS)
    for name, column in record.sheet.by_field.items()
    if column.kind in (Kind.TEXT, Kind.PROSE, Kind.UNIT)
]


@pytest.mark.slow
@pytest.mark.parametrize(("record", "name"), FIELDS, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_no_text_of_any_declared_field_spoils_a_name(record: type[Record], name: str) -> None:
    # One text that is all of it at once, then one after another in the rows of the sheet.
    for texts in (["../..\n/CON:" + "長" * 200 + " ."], HOSTILE):
        meeting: Meeting = with_field(sample.meeting(2, 1), record, name, texts, [0])
        documents = papers.compose_all(meeting, Vocabulary(meeting, figures.compute(meeting)))
        assert len(documents) > 10
        assert faults([document.name for document in documents]) == []


def test_the_function_itself_tells_apart_what_some_system_holds_for_one_file() -> None:
    names = file_names.distinct(HOSTILE, taken=("會議資料",))
    assert faults([*names, "會議資料"]) == []
    assert file_names.distinct(["01 議程", "決議分辦表（資訊處）"]) == ["01 議程", "決議分辦表（資訊處）"]
    assert file_names.part("../../逃", "附件") == "＿..＿逃"
    assert file_names.part("...", "附件") == "附件"


# --- through the command line --------------------------------------------------------------------------------------

DECISIONS = """
| 案號 | 項次 | 內容         | 主辦單位 | 期限      | 列管     |
| 報1  | 1    | 洽悉。       |          |           |          |
| 討1  | 1    | 照案通過。   | {units}  | 113-06-28 | 持續列管 |
"""


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.office
def test_a_responsible_unit_named_like_a_path_stays_in_its_folder(met: Desk) -> None:
    units = ["甲/../../../../逃出", "..", "第一行\\n第二行", "長" * 200, "CON", "ai處", "AI處"]
    minutes(met, 決議=DECISIONS.format(units="、".join(units)))
    before = tree(met.root.parent)
    build = met.run("build", "113-1", "--format", "docx")
    assert build.exit_code == 0, build.output
    assert met.run("release", "113-1", "--reason", "測試").exit_code == 0
    assert {name for name in tree(met.root.parent) - before if not name.startswith("工作區/output")} == {
        "工作區/inputs/113-1/機關.xlsx"
    }
    tasks = [path.stem for path in met.output().glob("決議分辦表*.docx")]
    assert len(tasks) == 1 + len(units)
    assert faults(tasks) == []


def test_attachments_named_like_paths_stay_in_their_folder(desk: Desk) -> None:
    rows = "\n".join(f"| 討1 | {name} | 另附 |" for name in ("../../逃出", "NUL", "a\\nb", "尾點...", "長" * 200))
    desk.meeting(案由=CASES, 附件=f"| 案號 | 名稱 | 來源 |\n{rows}")
    before = tree(desk.root.parent)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert {name for name in tree(desk.root.parent) - before if not name.startswith("工作區/output")} == set()
    assert faults([path.stem for path in desk.output().glob("*.docx")]) == []
