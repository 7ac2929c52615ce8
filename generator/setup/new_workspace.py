"""``packet init``: a new workspace, which explains itself in 讀我.txt, or an example to look at."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.basic.workspace import standard_files
from generator.meeting.sheets import ANY_BODY, DATA_GROUP
from generator.meeting.sheets.shared import Article
from generator.meeting.sources import BLANK_REGULATION
from generator.setup import kinds, placing
from generator.setup.placing import Started, Taken
from generator.workbook.forms import write_workbook

PARTS = ("templates", "output", "inputs")
README = "讀我.txt"
# What an example is copied from, below the folder of standard files, and where it comes to stand in inputs/.
_EXAMPLES = {
    DATA_GROUP: (("inputs/機關.xlsx", ""), ("inputs/113-1", "113-1"), ("docs/sample/113-1", "113-1")),
    ANY_BODY: (("docs/sample/港區計畫委員會/inputs", ""),),
}
EXAMPLE_MEETINGS = {DATA_GROUP: "113-1", ANY_BODY: "28"}
_REGULATIONS = {DATA_GROUP: ("設置要點.xlsx", "運作指引.xlsx"), ANY_BODY: ()}


def init(root: Path, kind: str = DATA_GROUP, example: bool = False) -> Started:
    """A workspace in ``root``, which may hold other things, for a body of that kind. Raises Taken, OSError.

    ``example``: not blank, but with the facts, a meeting and the minutes of an example.
    """
    for part in PARTS:
        if (root / part).exists() and not placing.is_empty(root / part):
            raise Taken(f"「{root}」已經有 {part}，沒有更動任何檔案。請改用別的資料夾。")
    with placing.aside(root) as aside:
        shared = aside / "inputs" / "共用"
        shared.mkdir(parents=True)
        (aside / "output").mkdir()
        (aside / "templates").mkdir()
        for template in standard_templates():
            shutil.copyfile(template, aside / "templates" / template.name)
        for name in _REGULATIONS[kind]:
            shutil.copyfile(standard_files() / "inputs" / "共用" / name, shared / name)
        if example:
            _copy_example(kind, aside / "inputs")
        else:
            write_workbook(aside / "inputs" / "機關.xlsx", kinds.agency_forms(kind), title="機關")
            write_workbook(shared / f"{BLANK_REGULATION}.xlsx", [kinds.form(Article)], title="條文")
        parts = [*PARTS]
        if not (root / README).exists():
            parts.append(README)
            (aside / README).write_bytes(_readme(kind, example))
        placing.move([(aside / part, root / part) for part in parts])
    regulations = "各次會議都可能檢附的法規"
    if not example:
        regulations += f"；自己的法規填在{BLANK_REGULATION}.xlsx 的複本"
    files = [
        (README, "什麼在哪裡、先做什麼"),
        ("inputs/機關.xlsx", "機關的名稱、單位與委員，各次會議共用"),
        ("inputs/共用/", regulations),
        ("templates/", "Word 範本，可用 Word 修改"),
        ("output/", "產生的文件放在這裡"),
    ]
    if example:
        files.insert(2, (f"inputs/{EXAMPLE_MEETINGS[kind]}/", "一場填好的會議，連同會議紀錄（範例資料）"))
    return Started(root, files=[(name, about) for name, about in files if name != README or README in parts])


def standard_templates() -> list[Path]:
    """The templates that come with the program."""
    folder = standard_files() / "templates"
    return sorted(path for path in folder.glob("[!~.]*") if path.suffix in (".docx", ".pptx", ".txt"))


def _copy_example(kind: str, inputs: Path) -> None:
    for source, target in _EXAMPLES[kind]:
        path = standard_files() / source
        if path.is_dir():
            ignored = shutil.ignore_patterns("~$*", ".*")
            shutil.copytree(path, inputs / target, ignore=ignored, dirs_exist_ok=True, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(path, inputs / target / path.name)


def _readme(kind: str, example: bool) -> bytes:
    """The text as Notepad of any Windows shows it: with a mark of its encoding, and CR LF."""
    text = Path(__file__).with_name("讀我 範例.txt" if example else README).read_text(encoding="utf-8")
    sheets = "〔機關〕〔單位〕〔委員〕" if kind == DATA_GROUP else "〔機關〕〔單位〕〔規則〕〔身分〕〔委員〕〔議程〕"
    text = text.format(sheets=sheets, meeting=EXAMPLE_MEETINGS[kind], kind=kind)
    return text.replace("\n", "\r\n").encode("utf-8-sig")
