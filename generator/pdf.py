"""From .docx to .pdf and .odt: the only module that starts LibreOffice.

LibreOffice is run once for all documents, with a profile of its own that is thrown away afterwards: it neither meets
a window the user has open nor leaves anything behind. It ends with 0 whatever happened, so the files themselves are
looked at.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

OVERRIDE = "PACKET_SOFFICE"
FONT_MAP = Path(__file__).with_name("fonts.conf")
HOW_TO_GET = "請安裝 LibreOffice（https://zh-tw.libreoffice.org/），或以環境變數 PACKET_SOFFICE 指明 soffice 的位置"

_PDF_OPTIONS = {
    "UseTaggedPDF": True,
    "PDFUACompliance": True,
    "ExportBookmarks": True,
    "ExportFormFields": False,
    "DisplayPDFDocumentTitle": True,
}
_FILTERS = {
    "pdf": "pdf:writer_pdf_Export:"
    + json.dumps({name: {"type": "boolean", "value": str(on).lower()} for name, on in _PDF_OPTIONS.items()}),
    "odt": "odt:writer8",
}
_OPTIONS = ("--headless", "--nologo", "--nodefault", "--nofirststartwizard", "--norestore", "--nolockcheck")

# What the private profile says: run no macro, fetch nothing a document links to, ask nothing, repair nothing.
_COMMON = "/org.openoffice.Office.Common"
_SETTINGS = (
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel", "3"),
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution", "true"),
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    (f"{_COMMON}/Misc", "FirstRun", "false"),
    (f"{_COMMON}/Misc", "CrashReport", "false"),
    ("/org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"),
    ("/org.openoffice.Setup/Office", "MigrationCompleted", "true"),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "2"),
)


class ConversionFailed(Exception):
    """Documents that LibreOffice did not convert; the text is for the user.

    ``failed`` are the sources without a result, ``done`` the results of the others, which are good and in place.
    ``detail`` is what LibreOffice itself said last.
    """

    def __init__(
        self, text: str, failed: Iterable[Path] = (), done: Mapping[Path, Path] | None = None, detail: str = ""
    ) -> None:
        super().__init__(text)
        self.failed = tuple(failed)
        self.done = dict(done or {})
        self.detail = detail


def find_office() -> Path | None:
    """The program soffice: the one PACKET_SOFFICE names, else on the search path, else in its usual places.

    None when there is none. A PACKET_SOFFICE that names nothing runnable counts as none, so that it can also be used
    to do without.
    """
    named = os.environ.get(OVERRIDE)
    if named:
        found = shutil.which(named)
        return Path(found) if found else None
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((place for place in _usual_places() if place.is_file()), None)


def _usual_places() -> list[Path]:
    if sys.platform == "win32":
        folders = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)")]
        # soffice.com waits for the end, soffice.exe does not always.
        return [
            Path(folder, "LibreOffice", "program", program)
            for folder in (*folders, r"C:\Program Files")
            if folder
            for program in ("soffice.com", "soffice.exe")
        ]
    elif sys.platform == "darwin":
        inside = Path("Applications", "LibreOffice.app", "Contents", "MacOS", "soffice")
        return [Path("/") / inside, Path.home() / inside]
    else:
        return [Path("/usr/lib/libreoffice/program/soffice"), Path("/snap/bin/libreoffice")]


def office_version(office: Path, timeout: float = 60.0) -> str:
    """The version that LibreOffice itself tells (7.4.7.2): it is started for that, so that a broken one shows.

    Raises ConversionFailed when it does not start, does not end in time, or tells none.
    """
    with tempfile.TemporaryDirectory(prefix="packet-", ignore_cleanup_errors=True) as name:
        work = Path(name)
        _write_profile(work / "profile")
        command = [str(office), f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--version"]
        ended = _run(command, work, timeout, {}, None)
        found = re.search(r"\b\d+\.\d+(?:\.\d+)*", (work / "log").read_text(encoding="utf-8", errors="replace"))
        if ended or not found:
            said = ended.partition("，未轉出")[0] or "LibreOffice 沒有說明版本"
            raise ConversionFailed(f"{said}。", detail=_last_words(work))
        return found[0]


def font_environment() -> dict[str, str]:
    """The environment in which fontconfig answers as it does to LibreOffice."""
    return {**os.environ, "FONTCONFIG_FILE": str(FONT_MAP)}


def office_fingerprint(office: Path) -> str:
    """A short text that changes when the same .docx may give another PDF: LibreOffice, our settings or the fonts.

    Reads a few file dates and starts nothing.
    """
    program = office.resolve()
    said = [str(program), *_FILTERS.values(), repr(_SETTINGS)]
    for folder in (program.parent, program.parent.parent / "Resources", program.parent.parent / "Frameworks"):
        for name in ("versionrc", "version.ini", "soffice.bin"):
            said.append(_stamp_of(folder / name))
    said.append(_stamp_of(program))
    for fonts in _font_folders():
        said += [_stamp_of(Path(folder)) for folder, below, _ in os.walk(fonts) if below.sort() is None]
    digest = hashlib.sha256("\n".join(said).encode("utf-8", "surrogateescape"))
    digest.update(FONT_MAP.read_bytes())
    return digest.hexdigest()[:16]


def _stamp_of(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def _font_folders() -> list[Path]:
    """Where fonts are put in: a folder's own date changes with the files in it."""
    if sys.platform == "win32":
        return [Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "Fonts")]
    elif sys.platform == "darwin":
        return [Path("/Library/Fonts"), Path.home() / "Library" / "Fonts"]
    else:
        home = Path.home()
        return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts"]


def convert(
    sources: Sequence[Path],
    target_format: str,
    into: Path,
    *,
    timeout: float,
    progress: Callable[[Path], None] | None = None,
    office: Path | None = None,
) -> dict[Path, Path]:
    """Convert Writer documents (.docx, .odt) to "pdf" or "odt", in one start of LibreOffice.

    Each result is ``into``/<stem of the source>.<target_format>, replacing a file of that name; ``into`` is made.
    ``timeout`` is in seconds and for all together. ``progress`` is called with each source once its result shows up.
    ``office`` is the program to start, the one of find_office when not given.

    Returns the result of each source. Raises ConversionFailed when LibreOffice is missing, does not start, does not
    end in time, or leaves a document unconverted (the others are delivered all the same), and when two sources would
    have the same result; OSError when ``into`` cannot be written.
    """
    filter_name = _FILTERS[target_format]
    if not sources:
        return {}
    office = office or find_office()
    if office is None:
        raise ConversionFailed(f"找不到 LibreOffice。{HOW_TO_GET}。", sources)
    _refuse_same_names(sources)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="packet-", ignore_cleanup_errors=True) as name:
        work = Path(name)
        staged = _stage(sources, work / "in")
        expected = {source: work / "out" / f"{copy.stem}.{target_format}" for source, copy in staged.items()}
        (work / "out").mkdir()
        _write_profile(work / "profile")
        command = [
            str(office),
            f"-env:UserInstallation={(work / 'profile').as_uri()}",
            *_OPTIONS,
            "--convert-to",
            filter_name,
            "--outdir",
            str(work / "out"),
            *(str(copy) for copy in staged.values()),
        ]
        ended = _run(command, work, timeout, expected, progress)
        good = {source: made for source, made in expected.items() if _is_whole(made, target_format)}
        done: dict[Path, Path] = {}
        for source, made in good.items():
            done[source] = _deliver(made, into / f"{source.stem}.{target_format}")
        failed = [source for source in sources if source not in done]
        if failed:
            text = f"{ended or 'LibreOffice 沒有轉出下列文件'}：{_names(failed)}。{_remedy(ended, failed, sources)}"
            raise ConversionFailed(text, failed, done, _last_words(work))
    return done


def _refuse_same_names(sources: Sequence[Path]) -> None:
    first: dict[str, Path] = {}
    for source in sources:
        # Two names that differ only in case are one file on Windows.
        other = first.setdefault(source.stem.casefold(), source)
        if other is not source:
            text = f"「{other.name}」與「{source.name}」轉檔後會同名。請改用不同的文件名稱。"
            raise ConversionFailed(text, (other, source))


def _stage(sources: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Copies with plain names: no spaces or Chinese on the command line, no lock files beside the originals."""
    folder.mkdir()
    staged = {}
    for number, source in enumerate(sources, 1):
        staged[source] = folder / f"{number:04}{source.suffix.lower()}"
        try:
            shutil.copyfile(source, staged[source])
        except OSError as error:
            text = f"無法讀取「{source.name}」（{error.strerror}）。請確認檔案存在，並關閉正在使用它的程式。"
            raise ConversionFailed(text, [source]) from error
    return staged


def _write_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True)
    items = "".join(
        f'<item oor:path="{escape(path)}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, name, value in _SETTINGS
    )
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{items}</oor:items>\n',
        encoding="utf-8",
    )


def _environment(work: Path) -> dict[str, str]:
    # A Python environment of ours would mislead the Python that LibreOffice carries.
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    if sys.platform not in ("win32", "darwin"):
        env["SAL_USE_VCLPLUGIN"] = "svp"
        env["FONTCONFIG_FILE"] = str(FONT_MAP)
        cache = Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        there = next(folder for folder in (cache, *cache.parents) if folder.exists())
        if not os.access(there, os.W_OK):
            env["XDG_CACHE_HOME"] = str(work / "cache")
    return env


def _run(
    command: Sequence[str],
    work: Path,
    timeout: float,
    expected: Mapping[Path, Path],
    progress: Callable[[Path], None] | None,
) -> str:
    """Run LibreOffice to its end, or stop it and all it started. Returns what went wrong, "" for nothing."""
    waiting = dict(expected)

    def look() -> None:
        for source in [source for source, made in waiting.items() if made.exists()]:
            del waiting[source]
            if progress is not None:
                progress(source)

    with (work / "log").open("wb") as log:
        try:
            process = _start(command, work, log.fileno())
        except OSError as error:
            text = f"無法啟動 LibreOffice（{command[0]}：{error.strerror}）。{HOW_TO_GET}。"
            raise ConversionFailed(text, expected) from error
        limit = time.monotonic() + timeout
        try:
            while True:
                left = limit - time.monotonic()
                try:
                    code = process.wait(min(0.1, max(left, 0)))
                except subprocess.TimeoutExpired:
                    if left <= 0:
                        return f"LibreOffice 超過 {timeout:g} 秒仍未完成，已停止，未轉出下列文件"
                    look()
                else:
                    look()
                    return f"LibreOffice 異常結束（代碼 {code}），未轉出下列文件" if code else ""
        finally:
            # Also after a normal end and after Ctrl-C: the program that was started may have left others behind.
            _end_group(process)


def _start(command: Sequence[str], work: Path, log: int) -> subprocess.Popen[bytes]:
    """In a group of its own, which can be stopped as a whole."""
    flags, session = 0, True
    if sys.platform == "win32":
        flags, session = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW, False
    return subprocess.Popen(
        command,
        cwd=work,
        env=_environment(work),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=session,
        creationflags=flags,
    )


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
            process.kill()
    else:
        import signal

        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_whole(made: Path, target_format: str) -> bool:
    """Whether the file is there, of its kind, and has its end."""
    try:
        if target_format == "odt":
            return zipfile.is_zipfile(made)
        with made.open("rb") as stream:
            head = stream.read(5)
            stream.seek(max(made.stat().st_size - 1024, 0))
            return head == b"%PDF-" and b"%%EOF" in stream.read()
    except OSError:
        return False


def _deliver(made: Path, target: Path) -> Path:
    """Put it there whole or not at all: the temporary folder may be on another disk."""
    aside = target.with_name(f".{target.name}.part")
    shutil.move(made, aside)
    os.replace(aside, target)
    return target


def _names(paths: Sequence[Path]) -> str:
    return "、".join(f"「{path.name}」" for path in paths)


def _remedy(ended: str, failed: Sequence[Path], sources: Sequence[Path]) -> str:
    if ended and len(failed) == len(sources):
        return "請再執行一次；仍然如此時，請重新安裝 LibreOffice。"
    return "請以 Word 或 LibreOffice 開啟所列文件，確認內容完好後再執行一次。"


def _last_words(work: Path) -> str:
    with contextlib.suppress(OSError):
        lines = (work / "log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "\n".join(lines[-5:])
    return ""
