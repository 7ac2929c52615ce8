"""`packet doctor`: whether this machine and workspace have what a build needs. It changes nothing."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from generator.basic import roc, workspace
from generator.basic.workspace import Workspace
from generator.pdf import office as pdf

FINE, LACKING, MISSING = "正常", "注意", "缺少"
_OLDEST_OFFICE = (7, 4)
# The versions with which all pages were checked: those of Debian 12 and 13.
_TRIED_OFFICES = ((7, 4), (25, 2))
_SECONDS = 20
_KAI = ("標楷體", "DFKai-SB", "BiauKai", "TW-Kai", "全字庫正楷體")
_KAI_REMEDY = "請安裝全字庫正楷體（https://www.cns11643.gov.tw；Debian：fonts-cns11643-kai）。"
_ROMAN = ("Times New Roman", "Liberation Serif")


class Finding(Struct, frozen=True):
    """The result of one check. MISSING: documents cannot be built. ``cost`` and ``remedy`` if it is not FINE."""

    name: str
    state: str
    found: str
    cost: str = ""
    remedy: str = ""


def examine(start: Path, given: Path | None, encoding: str) -> list[Finding]:
    """Runs all checks. The workspace is ``given`` or above ``start``; ``encoding`` is that of the console."""
    found = [_python(), *_packages(), _office(), *_fonts(), _calendar(dt.date.today().year), _console(encoding)]
    try:
        here = workspace.find(start, given)
    except workspace.NotFound as missing:
        remedy = "請換到工作區內執行，或以 packet init 建立。"
        return [*found, Finding("工作區", MISSING, str(missing), "沒有資料可產生文件。", remedy)]
    return [*found, _inputs(here), _templates(here), _output(here)]


def ready(found: Iterable[Finding]) -> bool:
    """Whether nothing that a build needs is missing."""
    return all(finding.state != MISSING for finding in found)


# --- Python and packages ------------------------------------------------------------------------------------------


def _python() -> Finding:
    version = platform.python_version()
    wanted = _requirements()[0]
    text = f"{version}（{platform.system()} {platform.machine()}）"
    if _meets(version, wanted):
        return Finding("Python", FINE, text)
    return Finding(
        "Python", MISSING, text, "程式可能無法執行。", f"請安裝 Python {wanted}（https://www.python.org/）。"
    )


def _packages() -> list[Finding]:
    lacking, versions = [], []
    for name, wanted in _requirements()[1]:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        versions.append(f"{name} {version or '（沒有）'}")
        if not _meets(version, wanted):
            lacking.append(f"{name}{wanted}")
    text = "、".join(versions) or "無法得知需要哪些套件"
    if not lacking:
        return [Finding("Python 套件", FINE, text)]
    remedy = f"請重新安裝 packet，或執行 {Path(sys.executable).name} -m pip install {' '.join(map(_quoted, lacking))}。"
    return [Finding("Python 套件", MISSING, text, f"版本不合或沒有安裝：{'、'.join(lacking)}。", remedy)]


def _quoted(requirement: str) -> str:
    return f'"{requirement}"'


def _requirements() -> tuple[str, list[tuple[str, str]]]:
    """The required Python version and (name, versions) of packages, from the installation or pyproject.toml."""
    try:
        about = importlib.metadata.metadata("packet")
        python, texts = about["Requires-Python"], about.get_all("Requires-Dist") or []
    except importlib.metadata.PackageNotFoundError:
        import tomllib

        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        table = tomllib.loads(project.read_text("utf-8"))["project"] if project.is_file() else {}
        python, texts = table.get("requires-python", ""), table.get("dependencies", [])
    pattern = re.compile(r"([\w.-]+)\s*([^;]*)")
    parsed = [found for text in texts if "extra ==" not in text and (found := pattern.match(text))]
    return str(python), [(found[1], found[2].strip(" ()")) for found in parsed]


def _meets(version: str, wanted: str) -> bool:
    """Whether a version fits ``>=2.1,<3``; only >= and < are used in this project."""
    if not version:
        return False
    for sign, bound in re.findall(r"(>=|<)\s*([\d.]+)", wanted):
        older = _numbers(version) < _numbers(bound)
        if older == (sign == ">="):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:4])


# --- programs and fonts -------------------------------------------------------------------------------------------


def _office() -> Finding:
    cost = "只能產生 Word 檔（.docx），沒有 PDF 與會議資料.pdf。"
    office = pdf.find_office()
    if office is None:
        named = os.environ.get(pdf.OVERRIDE)
        text = f"{pdf.OVERRIDE} 指定的「{named}」不能執行" if named else "找不到"
        return Finding("LibreOffice", MISSING, text, cost, f"{pdf.HOW_TO_GET}。")
    try:
        version = pdf.office_version(office, timeout=_SECONDS * 3)
    except pdf.ConversionFailed as failed:
        return Finding("LibreOffice", MISSING, f"{office}：{failed}", cost, "請重新安裝 LibreOffice。")
    text = f"{version}（{office}）"
    if _numbers(version) < _OLDEST_OFFICE:
        oldest = ".".join(map(str, _OLDEST_OFFICE))
        return Finding("LibreOffice", LACKING, text, f"早於 {oldest}，未經測試，PDF 可能缺少書籤與標籤。", "請更新。")
    if _numbers(version)[:2] not in _TRIED_OFFICES:
        tried = "、".join(".".join(map(str, numbers)) for numbers in _TRIED_OFFICES)
        text += f"；逐頁看過的是 {tried} 版，其他版本的分頁可能略有不同"
    return Finding("LibreOffice", FINE, text)


def _fonts() -> list[Finding]:
    if sys.platform == "win32":
        return _windows_fonts()
    if not shutil.which("fc-match"):
        text = "沒有 fc-match，未檢查字型"
        return [Finding("字型", LACKING, text, "無法確認 PDF 用的字型。", "請安裝 fontconfig，或自行確認已有標楷體。")]
    kai, roman = _matched("標楷體"), _matched("Times New Roman")
    return [
        _kai(kai),
        _rare(kai, "TW-Kai-Ext-B" in _families() and "TW-Kai-Plus" in _families()),
        Finding("Times New Roman", FINE, _used("Times New Roman", roman))
        if roman.startswith(_ROMAN)
        else _no_roman(_used("Times New Roman", roman)),
    ]


def _windows_fonts() -> list[Finding]:
    places = [Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "Fonts")]
    if local := os.environ.get("LOCALAPPDATA"):
        places.append(Path(local, "Microsoft", "Windows", "Fonts"))
    names = {path.name.lower() for place in places if place.is_dir() for path in place.iterdir()}
    kai = "標楷體" if "kaiu.ttf" in names else "TW-Kai" if any(name.startswith("tw-kai") for name in names) else ""
    roman = "Times New Roman" if "times.ttf" in names else ""
    rare = any(name.startswith(("tw-kai-ext-b", "mingliub", "simsunb")) for name in names)
    return [
        _kai(kai),
        _rare(kai, rare),
        Finding("Times New Roman", FINE, "已安裝") if roman else _no_roman("沒有安裝"),
    ]


def _kai(face: str) -> Finding:
    text = _used("標楷體", face)
    if face.startswith(_KAI):
        return Finding("標楷體", FINE, text)
    if "Kai" in face or "CJK" in face:
        return Finding("標楷體", LACKING, text, "PDF 的字體與公文規定不同，分頁可能改變。", _KAI_REMEDY)
    return Finding("標楷體", MISSING, text, "PDF 的中文會變成方框或別種字體。", _KAI_REMEDY)


def _rare(kai: str, there: bool) -> Finding:
    name = "罕用字字型"
    if there:
        return Finding(name, FINE, "已安裝（Ext-B 等）")
    cost = "人名、地名的罕用字在 PDF 可能是方框。" if kai else "同上。"
    return Finding(name, LACKING, "沒有 TW-Kai-Ext-B 與 TW-Kai-Plus", cost, _KAI_REMEDY)


def _no_roman(text: str) -> Finding:
    cost = "PDF 的數字與英文會用別種字體，表格欄寬可能改變。"
    return Finding(
        "Times New Roman", LACKING, text, cost, "請安裝 Times New Roman 或 Liberation Serif（fonts-liberation）。"
    )


def _used(wanted: str, face: str) -> str:
    return "已安裝" if face.startswith(wanted) else f"由 {face} 代替" if face else "找不到"


def _matched(family: str) -> str:
    """The typeface that LibreOffice gets for this name, with packet's fontconfig settings."""
    return _output_of("fc-match", "-f", "%{family[0]}", family)


def _families() -> set[str]:
    return {
        name.strip() for line in _output_of("fc-list", "-f", "%{family}\n").splitlines() for name in line.split(",")
    }


def _output_of(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, env=pdf.font_environment(), check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").replace("\\-", "-").strip()


# --- calendar, console, workspace ---------------------------------------------------------------------------------


def _calendar(this_year: int) -> Finding:
    name, remedy = "行事曆", "請執行 pip install --upgrade holidays；人事行政總處每年年中公布次年行事曆。"
    cost = "工作日以放假規則推算，調整放假與補班日可能不符。"
    from generator.meeting import workdays

    try:
        last = workdays.last_year()
    except (ImportError, AttributeError):
        return Finding(name, LACKING, "沒有行事曆資料（套件 holidays）", cost, remedy)
    text = f"至民國 {roc.roc_year(dt.date(last, 1, 1))} 年"
    return Finding(name, FINE, text) if last >= this_year else Finding(name, LACKING, text, cost, remedy)


def _console(encoding: str) -> Finding:
    if encoding.lower().replace("-", "").startswith("utf8"):
        return Finding("輸出編碼", FINE, "UTF-8")
    cost = "程式改以 UTF-8 輸出；導向檔案或其他程式時，中文可能成為亂碼。"
    return Finding("輸出編碼", LACKING, encoding or "不明", cost, "請設定環境變數 PYTHONUTF8=1。")


def _inputs(here: Workspace) -> Finding:
    if not here.agency_book.is_file():
        text = f"{here.root}：沒有 inputs/機關.xlsx"
        return Finding(
            "工作區", MISSING, text, "不知道機關名稱與單位，無法產生文件。", "請放回，或由 packet init 另建一份。"
        )
    meetings = "、".join(str(meeting) for meeting in here.meetings()) or "還沒有會議"
    return Finding("工作區", FINE, f"{here.root}（{meetings}）")


def _templates(here: Workspace) -> Finding:
    from generator.setup import new_workspace

    standard = new_workspace.standard_templates()
    lacking = [path.stem for path in standard if not (here.templates / path.name).is_file()]
    text = f"{len(standard) - len(lacking)} 個"
    if not lacking:
        return Finding("範本", FINE, text)
    cost = f"缺少{'、'.join(lacking)}；用到的文件無法產生。"
    return Finding("範本", MISSING, text, cost, "請由 packet init 建立的新工作區複製到 templates。")


def _output(here: Workspace) -> Finding:
    folder = here.root / "output"
    there = folder if folder.exists() else here.root
    try:
        with tempfile.TemporaryFile(dir=there):
            return Finding("寫入權限", FINE, "output 可以寫入")
    except OSError as error:
        text = f"output 不能寫入（{error.strerror}）"
        return Finding(
            "寫入權限", MISSING, text, "產生的文件無處可存。", "請確認 output 是資料夾、有權限，且磁碟有空間。"
        )
