"""From Word, Excel, PowerPoint and ODF to .pdf and ODF: with process the only module that starts LibreOffice.

LibreOffice is run once for all documents, with a profile of its own that is thrown away afterwards: it neither meets
a window the user has open nor leaves anything behind. It ends with 0 whatever happened, so the files themselves are
looked at. It can be started ahead, and kept for more calls: see Office.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from generator.basic import temporary, workspace
from generator.basic.failure import UserError
from generator.basic.formats import FILE_TYPES
from generator.basic.package import is_zip
from generator.pdf.process import FONT_MAP, MOST_MEMORY, MOST_SECONDS, SETTINGS, Session, clear_abandoned

OVERRIDE = "PACKET_SOFFICE"
HOW_TO_GET = "請安裝 LibreOffice（https://zh-tw.libreoffice.org/），或以環境變數 PACKET_SOFFICE 指明 soffice 的位置"

_WRITER = (".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot", ".odt", ".ott", ".fodt", ".rtf", ".txt")
_CALC = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".ods", ".ots", ".fods", ".csv")
_IMPRESS = (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm", ".ppt", ".pps", ".pot", ".odp", ".otp", ".fodp")
_OPEN_DOCUMENT = {
    ending: kind for kind, endings in (("odt", _WRITER), ("ods", _CALC), ("odp", _IMPRESS)) for ending in endings
}
# How often LibreOffice is called again for what comes after a document at which it hung or crashed.
_ROUNDS = 3
# Seconds that another program waits for a LibreOffice that is at work.
_LONGEST_WAIT = 2.0
# How the name of a note begins by which a program lends its LibreOffice (lending).
LENDER = "libreoffice-"


class ConversionFailed(UserError):
    """Documents that LibreOffice did not convert; the text is for the user.

    ``failed`` are the sources without a result, ``done`` the results of the others, which are good and in place.
    ``detail`` is the last output of LibreOffice, ``culprits`` are the sources at which it hung or crashed.
    """

    def __init__(
        self,
        text: str,
        failed: Iterable[Path] = (),
        done: Mapping[Path, Path] | None = None,
        detail: str = "",
        culprits: Iterable[Path] = (),
    ) -> None:
        super().__init__(text)
        self.culprits = tuple(culprits)
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
        import winreg

        from generator.pdf import installed

        return list(installed.on_windows(winreg, os.environ))
    elif sys.platform == "darwin":
        inside = Path("Applications", "LibreOffice.app", "Contents", "MacOS", "soffice")
        return [folder / inside for folder in (Path("/"), workspace.home()) if folder]
    else:
        return [Path("/usr/lib/libreoffice/program/soffice"), Path("/snap/bin/libreoffice")]


def office_version(office: Path, timeout: float = 60.0) -> str:
    """The version that LibreOffice reports (7.4.7.2): it is started for that, so that a broken one shows.

    Raises ConversionFailed when it does not start, does not end in time, or reports none.
    """
    with contextlib.closing(Session(office)) as session:
        try:
            ended = session.call(["--version"], timeout, lambda used: "")
        except OSError as error:
            raise ConversionFailed(_not_started(office, error)) from error
        output = session.output()
        found = re.search(r"\b\d+\.\d+(?:\.\d+)*", output)
        if ended or not found:
            raise ConversionFailed(f"{ended or 'LibreOffice 沒有說明版本'}。", detail=_last_words(output))
        return found[0]


def font_environment() -> dict[str, str]:
    """The environment in which fontconfig answers as it does to LibreOffice."""
    return {**os.environ, "FONTCONFIG_FILE": str(FONT_MAP)}


def office_fingerprint(office: Path) -> str:
    """A short text that changes when the same .docx may give another PDF: LibreOffice, our settings or the fonts; or
    when a file that took too long may be converted now.

    Reads a few file dates and starts nothing.
    """
    program = office.resolve()
    parts = [str(program), *_filters(), repr(SETTINGS), f"{MOST_SECONDS} {MOST_MEMORY}"]
    for folder in (program.parent, program.parent.parent / "Resources", program.parent.parent / "Frameworks"):
        for name in ("versionrc", "version.ini", "soffice.bin"):
            parts.append(_stamp_of(folder / name))
    parts.append(_stamp_of(program))
    for fonts in _font_folders():
        parts += [_stamp_of(Path(folder)) for folder, below, _ in os.walk(fonts) if below.sort() is None]
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape"))
    digest.update(FONT_MAP.read_bytes())
    for name in ("links.py", "rtf.py", "compound.py", "hanging.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
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
        home = workspace.home()
        return [Path("/Library/Fonts"), *([home / "Library" / "Fonts"] if home else [])]
    else:
        home = workspace.home()
        own = [home / ".fonts", home / ".local/share/fonts"] if home else []
        return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), *own]


def convert(
    sources: Sequence[Path],
    target_format: str,
    into: Path,
    *,
    timeout: float,
    progress: Callable[[Path], None] | None = None,
    office: Path | Office | None = None,
    from_elsewhere: Collection[Path] = (),
) -> dict[Path, Path]:
    """Convert documents of Writer, Calc and Impress, mixed as they come, in one call of LibreOffice.

    ``target_format`` is "pdf", "odt", "ods", "odp", or "odf" for the one of these three that suits each source (by its
    ending; a call for each of the three). Each result is ``into``/<stem of the source>.<ending>, replacing a file of
    that name; ``into`` is made. What the documents link to is not fetched (see links), and no macro runs.

    ``timeout`` is in seconds and for all together. A document at which LibreOffice hangs or crashes is left out and
    the ones after it are tried again, in a new call with the same ``timeout``, at most _ROUNDS calls in all.
    ``progress`` is called with each source once its result shows up. ``office`` is the program to start, the one of
    find_office when not given; or an Office, which is then used and not closed. For a source that is
    ``from_elsewhere`` LibreOffice gets only so much processor time (see process), and its links are cut already.

    Returns the result of each source. Raises ConversionFailed when LibreOffice is missing, does not start, does not
    end in time, or leaves a document unconverted (the others are delivered all the same), and when two sources would
    have the same result; OSError when ``into`` cannot be written.
    """
    if isinstance(office, Office):
        return office.convert(
            sources, target_format, into, timeout=timeout, progress=progress, from_elsewhere=from_elsewhere
        )
    with contextlib.closing(Office(office, ahead=False)) as once:
        return once.convert(
            sources, target_format, into, timeout=timeout, progress=progress, from_elsewhere=from_elsewhere
        )


class Office:
    """LibreOffice, started ahead and kept for several conversions.

    ``with Office() as office:`` starts it in the background and returns at once; ``office.convert`` is convert with
    the LibreOffice that runs by then. When it has died, or when LibreOffice or the fonts have changed, a new one is
    started; where none can be kept (on Windows), each conversion starts its own. It ends with the ``with``, however
    that is left, and with this program, however that ends. What several threads ask of it is done in turn.

    ``program`` is the one of find_office when not given, None when there is none; convert says so then. ``notes``: the
    folder in which another program of this user may say that it lends a LibreOffice; none is started then.
    """

    def __init__(self, program: Path | None = None, *, ahead: bool = True, notes: Path | None = None) -> None:
        self.program = program or find_office()
        clear_abandoned()
        self._ahead = ahead
        self._session: Session | None = None
        self._identity = ""
        self._notes = notes
        # Whether somebody lends one, so that none is started; asked once.
        self.borrows = False
        self._ends = 0
        self._busy = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts LibreOffice in the background, unless it runs."""
        if self.program is None or not self._ahead or self.borrows:
            return
        identity = office_fingerprint(self.program)
        if self._session is None and (notes := self._lenders()):
            from generator.pdf import lending

            self.borrows = lending.is_lent(notes, identity)
            if self.borrows:
                return
        if self._session is not None and self._session.runs and identity == self._identity:
            return
        self.close()
        self._session = Session(self.program)
        self._session.start()
        self._identity = identity

    @property
    def is_there(self) -> bool:
        """Whether one runs, or is lent, so that a call need not start one."""
        return self.borrows or (self._session is not None and self._session.runs)

    @property
    def is_warm(self) -> bool:
        """Whether it runs and has worked, so that it will do so at once."""
        return self._session is not None and self._session.runs and self._session.has_worked

    def close(self) -> None:
        """Ends it. It may be started again."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def end(self) -> None:
        """Ends it, also while another thread waits for what it converts: that thread gives up."""
        self._ends += 1
        self.close()

    def convert(
        self,
        sources: Sequence[Path],
        target_format: str,
        into: Path,
        *,
        timeout: float,
        progress: Callable[[Path], None] | None = None,
        from_elsewhere: Collection[Path] = (),
    ) -> dict[Path, Path]:
        """As the function convert."""
        endings = {source: _ending(source, target_format) for source in sources}
        if not sources:
            return {}
        if self.program is None:
            raise ConversionFailed(f"找不到 LibreOffice。{HOW_TO_GET}。", sources)
        results = {source: f"{source.stem}.{ending}" for source, ending in endings.items()}
        _refuse_same_names(results)
        into.mkdir(parents=True, exist_ok=True)
        borrowed = self._borrowed(sources, target_format, into, timeout, from_elsewhere)
        if borrowed is not None:
            if progress is not None:
                for source in sources:
                    progress(source)
            return borrowed
        self._notes, self.borrows = None, False
        with self._busy:
            return self._convert(sources, endings, results, into, timeout, progress, from_elsewhere)

    def _borrowed(
        self,
        sources: Sequence[Path],
        target_format: str,
        into: Path,
        timeout: float,
        from_elsewhere: Collection[Path],
    ) -> dict[Path, Path] | None:
        """What a LibreOffice made that another program keeps warm; None where there is none or it did not make all."""
        if self._session is not None or self.program is None or not (notes := self._lenders()):
            return None
        from generator.pdf import lending

        identity = office_fingerprint(self.program)
        done = lending.borrowed(notes, identity, sources, target_format, into, timeout, from_elsewhere)
        results = {source: Path(done.get(str(source.absolute()), "")) for source in sources}
        good = all(result.parent == into.absolute() and _is_whole(result) for result in results.values())
        return results if good else None

    def _lenders(self) -> list[Path]:
        """The notes of those who lend. Where there are none, nothing is loaded to ask them."""
        return sorted(self._notes.glob(f"{LENDER}*.json")) if self._notes is not None else []

    @contextlib.contextmanager
    def lent(self, folder: Path) -> Iterator[None]:
        """Meanwhile other programs of this user may have this LibreOffice convert for them, while it is not at work for
        this one. ``folder``: where the note for them is put."""

        def convert(
            sources: Sequence[Path], target_format: str, into: Path, timeout: float, from_elsewhere: Collection[Path]
        ) -> dict[str, Any]:
            if not self._busy.acquire(timeout=_LONGEST_WAIT):
                return {"refused": "busy"}
            self._busy.release()
            try:
                done = self.convert(sources, target_format, into, timeout=timeout, from_elsewhere=from_elsewhere)
            except (ConversionFailed, OSError):
                # Whoever asked finds out itself what to say.
                return {"refused": "failed"}
            return {"done": {str(source): str(result) for source, result in done.items()}}

        if self.program is None:
            yield
            return
        from generator.pdf import lending

        with lending.Lender(folder, office_fingerprint(self.program), convert):
            yield

    def _convert(
        self,
        sources: Sequence[Path],
        endings: Mapping[Path, str],
        results: Mapping[Path, str],
        into: Path,
        timeout: float,
        progress: Callable[[Path], None] | None,
        from_elsewhere: Collection[Path],
    ) -> dict[Path, Path]:
        self.start()
        with temporary.folder() as folder:
            staged, troubles = _stage(sources, folder / "in", from_elsewhere)
            staged_results = {
                source: folder / "out" / f"{copy.stem}.{endings[source]}" for source, copy in staged.items()
            }
            (folder / "out").mkdir()
            ended = detail = ""
            culprits: list[Path] = []
            for ending in dict.fromkeys(endings[source] for source in staged):
                some = {source: copy for source, copy in staged.items() if endings[source] == ending}
                rounds = _Rounds(some, staged_results, ending, timeout, progress, from_elsewhere, culprits)
                why, words = self._rounds(rounds)
                ended, detail = ended or why, words or detail
            good = [source for source in staged_results if _is_whole(staged_results[source])]
            done = {source: _deliver(staged_results[source], into / results[source]) for source in good}
        failed = [source for source in sources if source not in done]
        if failed:
            raise ConversionFailed(_failure(ended, failed, sources, troubles), failed, done, detail, culprits)
        return done

    def _rounds(self, given: _Rounds) -> tuple[str, str]:
        """Calls LibreOffice until it has seen all. Returns what went wrong first ("" for nothing) and the last output.

        It takes the documents in their order: the first of those without a result after the last with one is where it
        hung or crashed.
        """
        out = next(iter(given.results.values())).parent
        ended = detail = ""
        ends = self._ends
        left = list(given.staged)
        for _ in range(_ROUNDS):
            waiting = {source: given.results[source] for source in left}
            copies = [str(given.staged[source]) for source in left]
            arguments = ["--convert-to", str(FILE_TYPES[given.ending].convert_to), "--outdir", str(out), *copies]
            try:
                why, words = self._call(arguments, given.timeout, _Watch(waiting, given.progress, given.from_elsewhere))
            except OSError as error:
                raise ConversionFailed(_not_started(self.program, error), given.staged) from error
            ended, detail = ended or why, words or detail
            whole = (number for number, source in enumerate(left, 1) if _is_whole(given.results[source]))
            reached = max(whole, default=0)
            if why and reached < len(left):
                given.culprits.append(left[reached])
            left = left[reached + 1 :]
            if not why or not left or self._ends != ends:
                break
        return ended, detail

    def _call(self, arguments: Sequence[str], timeout: float, look: Callable[[float], str]) -> tuple[str, str]:
        """One call. After one that went wrong the next has a new profile."""
        assert self.program is not None
        session = self._session = self._session or Session(self.program)
        before = len(session.output())
        whole = False
        try:
            ended = session.call(arguments, timeout, look)
            whole = not ended
            return ended, _last_words(session.output()[before:])
        finally:
            self._ahead = self._ahead and session.can_be_kept
            if not whole:
                self.close()


def _filters() -> list[str]:
    """What LibreOffice is told for each type of file that it can make."""
    return [file_type.convert_to for file_type in FILE_TYPES.values() if file_type.convert_to]


class _Rounds(Struct, frozen=True):
    """Documents to be converted to files of one ending, and what becomes of them."""

    staged: Mapping[Path, Path]
    results: Mapping[Path, Path]
    ending: str
    timeout: float
    progress: Callable[[Path], None] | None
    from_elsewhere: Collection[Path]
    culprits: list[Path]


class _Watch:
    """Looks what is done by now, and whether LibreOffice has used too much time for the document it is at."""

    def __init__(
        self, waiting: dict[Path, Path], progress: Callable[[Path], None] | None, from_elsewhere: Collection[Path]
    ) -> None:
        self._waiting, self._progress, self._from_elsewhere = waiting, progress, from_elsewhere
        self._before: float | None = None

    def __call__(self, used: float) -> str:
        """``used``: seconds of processor time so far. Returns why to stop, "" to go on."""
        for source in [source for source, result in self._waiting.items() if result.exists()]:
            del self._waiting[source]
            self._before = used
            if self._progress is not None:
                self._progress(source)
        self._before = used if self._before is None else self._before
        current = next(iter(self._waiting), None)
        if current in self._from_elsewhere and used - self._before > MOST_SECONDS:
            return f"LibreOffice 轉換一個檔案超過 {MOST_SECONDS:g} 秒，已停止"
        return ""


def _ending(source: Path, target_format: str) -> str:
    """The ending of the result. Raises ConversionFailed where no ODF format suits the source."""
    if target_format != "odf":
        return target_format
    found = _OPEN_DOCUMENT.get(source.suffix.lower())
    if found is None:
        text = f"「{source.name}」不是文書、試算表或簡報，不能轉為 ODF。"
        raise ConversionFailed(text, [source])
    return found


def _refuse_same_names(results: Mapping[Path, str]) -> None:
    first: dict[str, Path] = {}
    for source, result in results.items():
        # Two names that differ only in case are one file on Windows.
        other = first.setdefault(result.casefold(), source)
        if other is not source:
            text = f"「{other.name}」與「{source.name}」轉檔後會同名。請改用不同的文件名稱。"
            raise ConversionFailed(text, (other, source))


def _stage(
    sources: Sequence[Path], folder: Path, from_elsewhere: Collection[Path]
) -> tuple[dict[Path, Path], dict[Path, str]]:
    """Copies with plain names, without what they would fetch; and why there is none, of those that have none.

    No spaces or Chinese on the command line, no lock files beside the originals.
    """
    from generator.pdf import hanging, links

    folder.mkdir()
    staged, troubles = {}, {}
    for number, source in enumerate(sources, 1):
        copy = folder / f"{number:04}{source.suffix.lower()}"
        try:
            content = source.read_bytes()
            content = content if source in from_elsewhere else links.cut(content)
            copy.write_bytes(hanging.turned(content) if copy.suffix in hanging.ENDINGS else content)
        except OSError as error:
            text = f"無法讀取「{source.name}」（{error.strerror}）。請確認檔案存在，並關閉正在使用它的程式。"
            troubles[source] = text
        except links.Unreadable:
            troubles[source] = f"「{source.name}」已損壞，無法轉檔。請以 Word 或 LibreOffice 開啟後另存新檔。"
        else:
            staged[source] = copy
    return staged, troubles


def _is_whole(result: Path) -> bool:
    """Whether the file is there, of its kind, and has its end."""
    try:
        marks = FILE_TYPES[result.suffix[1:]].marks
        if marks is None:
            return is_zip(result)
        begin, end = marks
        with result.open("rb") as stream:
            head = stream.read(len(begin))
            stream.seek(max(result.stat().st_size - 1024, 0))
            return head == begin and end in stream.read()
    except OSError:
        return False


def _deliver(result: Path, target: Path) -> Path:
    """Puts the file there whole or not at all: the temporary folder may be on another disk."""
    # A name of its own: two builds may deliver the same at once.
    handle, aside = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    os.close(handle)
    try:
        shutil.copyfile(result, aside)
        os.replace(aside, target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return target


def _failure(ended: str, failed: Sequence[Path], sources: Sequence[Path], troubles: Mapping[Path, str]) -> str:
    texts = list(troubles.values())
    if names := "、".join(f"「{path.name}」" for path in failed if path not in troubles):
        what = f"{ended}，未轉出下列文件" if ended else "LibreOffice 沒有轉出下列文件"
        remedy = "請以 Word 或 LibreOffice 開啟所列文件，確認內容完好後再執行一次。"
        if ended and len(failed) == len(sources):
            remedy = "請再執行一次；仍然如此時，請重新安裝 LibreOffice。"
        texts.append(f"{what}：{names}。{remedy}")
    return "".join(texts)


def _not_started(program: Path | None, error: OSError) -> str:
    return f"無法啟動 LibreOffice（{program}：{error.strerror}）。{HOW_TO_GET}。"


def _last_words(output: str) -> str:
    return "\n".join(output.strip().splitlines()[-5:])
