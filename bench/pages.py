"""Where the pages of every document break: with this LibreOffice, with another one, and with an engine near to Word.

    python bench/pages.py INTO [--office NAME=PROGRAM]… [--word NAME=FILE.json] [--write]

INTO is a folder for the builds; the .docx stay there, by the name of the sample. --office builds all samples with that
program; without it, once with the LibreOffice that packet finds. --word takes what another engine laid out: for each
document (sample/name) a list with the text of each page. --write puts the table into docs/page-breaks.md.

Two pages are the same when they hold the same characters: in which order an engine gives the cells of a table makes
no difference, a line more or less does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

REPO = Path(__file__).parents[1]
TABLE = REPO / "docs" / "page-breaks.md"
MARK = "<!-- table -->"
_PAGE_NUMBER = re.compile(r"第\d+頁,共\d+頁")

Pages = Mapping[str, Sequence[str]]


def samples() -> dict[str, tuple[Path, list[tuple[Path, str]]]]:
    """What is built: by name the folder of inputs, and files that are copied over it."""
    minutes = REPO / "docs" / "sample" / "113-1" / "會議紀錄.xlsx"
    found = {"113-1": (REPO / "inputs", [(minutes, "113-1/會議紀錄.xlsx")])}
    for folder in sorted((REPO / "docs" / "sample").glob("*/inputs")):
        found[folder.parent.name] = (folder, [])
    return found


def build(into: Path) -> None:
    """Builds every meeting of every sample into ``into``/<sample>."""
    for name, (inputs, more) in samples().items():
        space = into / name
        shutil.rmtree(space, ignore_errors=True)
        shutil.copytree(inputs, space / "inputs")
        shutil.copytree(REPO / "templates", space / "templates")
        for source, place in more:
            shutil.copy(source, space / "inputs" / place)
        command = [sys.executable, "-m", "generator.cli.app", "--workspace", str(space), "build", "--all"]
        subprocess.run(command, cwd=REPO, check=True, stdout=subprocess.DEVNULL)


def folded(text: str) -> str:
    """Without white space, and signs of one meaning as one."""
    return _PAGE_NUMBER.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))


def pages(into: Path) -> dict[str, list[str]]:
    """The text of each page of each document that was built from a .docx, by sample/name."""
    found = {}
    for document in sorted(into.rglob("output/*/*.docx")):
        pdf = document.with_suffix(".pdf")
        read = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True)
        texts = read.stdout.decode("utf-8").split("\f")[:-1]
        head = _header(document)
        name = f"{document.relative_to(into).parts[0]}/{document.stem}"
        found[name] = [folded(text).removeprefix(head) for text in texts]
    return found


def _header(document: Path) -> str:
    """The text of the headers (限閱), which is no part of the page's own."""
    with zipfile.ZipFile(document) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if re.match(r"word/header\d*\.xml", name)]
    return folded("".join("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)", part)) for part in parts))


def agree(first: Sequence[str], other: Sequence[str]) -> bool:
    return [Counter(page) for page in first] == [Counter(page) for page in other]


def table(engines: Mapping[str, Pages]) -> str:
    """The table in Markdown, and how many documents break alike."""
    names = list(engines)
    documents = list(engines[names[0]])
    lines = ["| 文件 | " + " | ".join(names) + " | 分頁 |", "| --- | " + "--- | " * (len(names) + 1)]
    alike = 0
    for document in documents:
        given = [engine.get(document) for engine in engines.values()]
        same = all(found is not None and agree(found, given[0] or []) for found in given)
        alike += same
        cells = [f"{len(found)} 頁" if found is not None else "—" for found in given]
        lines.append(f"| {document} | {' | '.join(cells)} | {'相同' if same else _difference(given)} |")
    share = f"{alike} / {len(documents)} 份相同（{alike * 100 // len(documents)}%）"
    return "\n".join([*lines, "", share])


def _difference(given: Sequence[Sequence[str] | None]) -> str:
    first = given[0] or ()
    for found in given:
        for number in range(max(len(found or ()), len(first))):
            if not agree((found or ())[number : number + 1], first[number : number + 1]):
                return f"**第 {number + 1} 頁起不同**"
    return ""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("into", type=Path)
    parser.add_argument("--office", action="append", default=[])
    parser.add_argument("--word")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    engines: dict[str, Pages] = {}
    for given in arguments.office or ["LibreOffice="]:
        name, _, program = given.partition("=")
        if program:
            os.environ["PACKET_SOFFICE"] = program
        build(arguments.into / name)
        engines[name] = pages(arguments.into / name)
    if arguments.word:
        name, _, file = arguments.word.partition("=")
        laid_out = json.loads(Path(file).read_text("utf-8"))
        engines[name] = {key: [folded(text) for text in texts] for key, texts in laid_out.items()}
    result = table(engines)
    print(result)
    if arguments.write:
        before, _, _ = TABLE.read_text("utf-8").partition(MARK)
        TABLE.write_text(f"{before}{MARK}\n\n{result}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
