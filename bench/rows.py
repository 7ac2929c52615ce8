"""One table of many rows, made one way: rows.py packet|docxtpl|python-docx COUNT INTO

packet and docxtpl fill templates/一般表格.docx; python-docx adds the rows one by one. Prints the seconds of the making
itself, imports left out, and the size of what is made, unpacked, in bytes.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parents[1] / "templates" / "一般表格.docx"
HEADINGS = ["資料集識別碼", "資料集名稱", "提供機關", "更新頻率", "備註"]


def row(number: int) -> list[str]:
    return [
        str(6000 + number),
        f"{number}年度決算統計表（第{number % 7}表）",
        "主計資訊處",
        "每月",
        "" if number % 3 else "已更新",
    ]


def context(count: int) -> dict[str, Any]:
    about = {"標號": "附件", "名稱": "清單", "標題": "資料集清單", "副標題": "", "說明": "", "附註標題": "", "附註": []}
    return {"本附件": about, "表": {"欄位": HEADINGS, "列": [row(number) for number in range(1, count + 1)]}}


def packet(count: int) -> Any:
    from generator.word import render

    given, problems = context(count), []
    properties = render.Properties("資料集清單", "機關", dt.date(2024, 4, 29))

    def run(into: Path) -> None:
        content = render.render(TEMPLATE, given, properties, problems)
        assert content is not None, problems
        into.write_bytes(content)

    return run


def docxtpl(count: int) -> Any:
    from docxtpl import DocxTemplate

    from generator.prose import language
    from generator.word import render

    given = {**context(count), **render.MARKS}

    def run(into: Path) -> None:
        template = DocxTemplate(TEMPLATE)
        template.render(given, language.environment(True), autoescape=True)
        template.save(into)

    return run


def python_docx(count: int) -> Any:
    from docx import Document

    given = context(count)["表"]

    def run(into: Path) -> None:
        document = Document()
        table = document.add_table(rows=1, cols=len(HEADINGS))
        for cell, text in zip(table.rows[0].cells, HEADINGS, strict=True):
            cell.text = text
        for values in given["列"]:
            for cell, text in zip(table.add_row().cells, values, strict=True):
                cell.text = text
        document.save(str(into))

    return run


def main(way: str, count: str, into: str) -> None:
    run = {"packet": packet, "docxtpl": docxtpl, "python-docx": python_docx}[way](int(count))
    started = time.perf_counter()
    run(Path(into))
    seconds = time.perf_counter() - started
    with zipfile.ZipFile(into) as archive:
        print(f"{seconds:.4f} {sum(entry.file_size for entry in archive.infolist())}")


if __name__ == "__main__":
    main(*sys.argv[1:])
