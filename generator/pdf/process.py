"""LibreOffice as a process: its private profile, one call, and one that is kept running. Only pdf uses this.

A call with the profile of a LibreOffice that runs already is handed over to that one by LibreOffice itself, which
comes back when the work is done. The running one would end then, were it not for a document that it has open.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from generator.basic import temporary, workspace
from generator.pdf.glyphs import text_document

FONT_MAP = Path(__file__).with_name("fonts.conf")
OPTIONS = ("--headless", "--nologo", "--nodefault", "--nofirststartwizard", "--norestore", "--nolockcheck")

_COMMON = "/org.openoffice.Office.Common"
_SCRIPTING = f"{_COMMON}/Security/Scripting"
_EXPORT = f"{_COMMON}/Filter/PDF/Export"
_PROXY = "/org.openoffice.Inet/Settings"
# What the private profile says. Of the PDF: tagged, with bookmarks, whatever kind of document it is made of. Of
# documents: run no macro, fetch nothing they link to (in Writer 0 is "never", in Calc 1), and what is fetched all the
# same goes by a proxy that is not there. Of the place: Taiwan, whatever the machine's language. Of itself: ask
# nothing, repair nothing.
SETTINGS = (
    (_EXPORT, "UseTaggedPDF", "true"),
    (_EXPORT, "PDFUACompliance", "true"),
    (_EXPORT, "ExportBookmarks", "true"),
    (_EXPORT, "ExportFormFields", "false"),
    (_EXPORT, "DisplayPDFDocumentTitle", "true"),
    (_SCRIPTING, "MacroSecurityLevel", "3"),
    (_SCRIPTING, "DisableMacrosExecution", "true"),
    (_SCRIPTING, "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "1"),
    (f"{_COMMON}/Misc", "PluginsEnabled", "false"),
    (_PROXY, "ooInetProxyType", "2"),
    *((_PROXY, f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *((_PROXY, f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
    (_PROXY, "ooInetNoProxy", ""),
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "zh-TW"),
    (f"{_COMMON}/Misc", "FirstRun", "false"),
    (f"{_COMMON}/Misc", "CrashReport", "false"),
    ("/org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"),
    ("/org.openoffice.Setup/Office", "MigrationCompleted", "true"),
    # A version that was there before: after one that is older, or none, LibreOffice first draws a hundred pictures to
    # try the graphics of the machine, which takes as long as everything else at its start (decision 0608).
    ("/org.openoffice.Setup/Product", "ooSetupLastVersion", "99.9"),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
)

# A .docx, so that what LibreOffice loads for one is loaded while others are still being rendered.
_IDLE = "idle.docx"
# Processor time for one file from elsewhere, in seconds, and memory: LibreOffice with nothing to do maps 0.7 GB.
MOST_SECONDS = 30.0
MOST_MEMORY = 1_500_000  # KB
_LIMIT = f"ulimit -c 0; ulimit -v {MOST_MEMORY} 2>/dev/null; "
# Ends the whole group when LibreOffice ends, and when the other end of the standard input is closed: that is what
# happens when the program that started it ends, in whatever way.
_GUARD = _LIMIT + 'exec 3<&0; (cat <&3 >/dev/null; kill -KILL 0) & "$@" </dev/null 3<&-; kill -KILL 0'
# The same for one call, whose end and code are waited for.
_GUARDED_CALL = _LIMIT + 'exec 3<&0; (cat <&3 >/dev/null; kill -KILL 0) & "$@" </dev/null 3<&-'
# The exit codes of the shell for a program that cannot be run.
_NOT_RUN = (126, 127)
_LONGEST_START = 20.0
_BETWEEN_MEASURES = 0.5


class Session:
    """A work folder with a private profile, and the LibreOffice that may be running with it.

    ``can_be_kept`` is False once one was started ahead and never got to where it waits for work. ``close`` ends what
    runs and removes the folder.
    """

    def __init__(self, program: Path) -> None:
        self.program = program
        self._folder = temporary.Folder()
        self.work = self._folder.path
        self._profile = self.work / "profile"
        # Where LibreOffice puts its own temporary files, which it does not always remove.
        (self.work / "tmp").mkdir()
        self._running: subprocess.Popen[bytes] | None = None
        self.can_be_kept = True
        self.has_worked = False
        self.command = [str(program), f"-env:UserInstallation={self._profile.as_uri()}"]
        _write_profile(self._profile, _build_id(program))

    def start(self) -> None:
        """Starts LibreOffice in the background; returns at once. What does not start is seen at the next call.

        Does nothing on Windows, where nothing would end it if this program were killed.
        """
        if sys.platform != "win32":
            idle = self.work / "idle"
            idle.mkdir(exist_ok=True)
            (idle / _IDLE).write_bytes(text_document(["packet"]))
            guarded = ["/bin/sh", "-c", _GUARD, "sh", *self.command, *OPTIONS, str(idle / _IDLE)]
            self._running = self._popen(guarded, subprocess.PIPE)

    @property
    def runs(self) -> bool:
        """Whether the LibreOffice started ahead is (still) there."""
        return self._running is not None and self._running.poll() is None

    def call(self, arguments: Sequence[str], timeout: float, look: Callable[[float], str]) -> str:
        """One call of LibreOffice, done by the running one if there is one.

        ``look`` is called again and again with the seconds of processor time used, and says why to stop, "" to go on.
        Returns what went wrong, as the beginning of a sentence, "" for nothing. After a time-out nothing runs any
        more. Raises OSError when LibreOffice cannot be started.
        """
        limit = time.monotonic() + timeout
        if self._running is not None and not self._is_ready(min(timeout, _LONGEST_START)):
            self._end()
        command = [*self.command, *OPTIONS, *arguments]
        used = measure = 0.0
        process = self._popen(
            command if sys.platform == "win32" else ["/bin/sh", "-c", _GUARDED_CALL, "sh", *command], subprocess.PIPE
        )
        try:
            while True:
                left = limit - time.monotonic()
                code = process.poll()
                if time.monotonic() >= measure:
                    used, measure = self._used(process), time.monotonic() + _BETWEEN_MEASURES
                stop = look(used)
                if stop and code is None:
                    self._end()
                    return stop
                if code in _NOT_RUN:
                    raise OSError(errno.ENOEXEC, os.strerror(errno.ENOEXEC), str(self.program))
                if code is not None:
                    self.has_worked = True
                    # The shell's way of telling a signal is not that of Python.
                    code = 128 - code if code > 128 else code
                    return f"LibreOffice 異常結束（代碼 {code}）" if code else ""
                if left <= 0:
                    self._end()
                    return f"LibreOffice 超過 {timeout:g} 秒仍未完成，已停止"
                # wait() with a limit would look less and less often.
                time.sleep(min(0.004, left))
        finally:
            # Also after a normal end and after Ctrl-C: the program that was started may have left others behind.
            _end_group(process)
            if process.stdin is not None:
                process.stdin.close()

    def _used(self, process: subprocess.Popen[bytes]) -> float:
        """Seconds of processor time used so far; where no /proc tells, a third of those on the clock."""
        groups = {started.pid for started in (self._running, process) if started is not None}
        ticks = 0
        try:
            for entry in os.listdir("/proc"):
                if entry.isdecimal():
                    with contextlib.suppress(OSError, ValueError, IndexError):
                        # The name, in parentheses, may hold anything.
                        fields = Path("/proc", entry, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                        ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) in groups else 0
            return ticks / os.sysconf("SC_CLK_TCK")
        except (OSError, AttributeError):
            return time.monotonic() / 3

    def output(self) -> str:
        """All that LibreOffice wrote so far."""
        with contextlib.suppress(OSError):
            return (self.work / "log").read_text(encoding="utf-8", errors="replace")
        return ""

    def close(self) -> None:
        self._end()
        self._folder.close()

    def _popen(self, command: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
        """Starts a process in its own group, which can be stopped as a whole."""
        flags, session = 0, True
        if sys.platform == "win32":
            flags, session = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW, False
        with (self.work / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.work,
                env=environment(self.work),
                stdin=stdin,
                stdout=log,
                stderr=log,
                start_new_session=session,
                creationflags=flags,
            )

    def _is_ready(self, seconds: float) -> bool:
        """Waits until the idle document is open (LibreOffice puts a lock file beside it).

        Work handed over earlier might meet a LibreOffice that ends as soon as it is done, or one that never ends.
        """
        limit = time.monotonic() + seconds
        lock = self.work / "idle" / f".~lock.{_IDLE}#"
        while self.runs and time.monotonic() < limit:
            if lock.exists():
                return True
            time.sleep(0.01)
        self.can_be_kept = not self.runs
        return False

    def _end(self) -> None:
        if self._running is not None:
            _end_group(self._running)
            if self._running.stdin is not None:
                self._running.stdin.close()
            self._running = None
        _remove_pipes(self._profile)

    def pipes(self) -> list[Path]:
        """The pipes of LibreOffice with this profile."""
        return _pipes(self._profile)


def clear_abandoned() -> None:
    """Removes the work folders that killed programs left, and the pipes of their LibreOffice."""
    temporary.clear(before=lambda work: _remove_pipes(work / "profile"))


def _pipes(profile: Path) -> list[Path]:
    """The pipes of LibreOffice, which it leaves behind when killed; their name comes from the profile's address."""
    if sys.platform == "win32":
        return []
    else:
        digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
        name = f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"
        return [Path(folder, name) for folder in ("/tmp", "/var/tmp")]


def _remove_pipes(profile: Path) -> None:
    for pipe in _pipes(profile):
        with contextlib.suppress(OSError):
            pipe.unlink(missing_ok=True)


def _build_id(program: Path) -> str:
    """The name of LibreOffice's build; "" where it is unknown."""
    folder = program.resolve().parent
    for place in (folder, folder.parent / "Resources"):
        for name in ("versionrc", "version.ini"):
            with contextlib.suppress(OSError):
                found = re.search(r"^buildid=(.+)$", (place / name).read_text("utf-8", "replace"), re.MULTILINE)
                if found:
                    return found[1].strip()
    return ""


def _write_profile(profile: Path, build: str) -> None:
    (profile / "user").mkdir(parents=True)
    if build:
        # Extensions are as this build knows them: else it looks for them first, and starts a second time for that.
        (profile / "user" / "extensions").mkdir()
        (profile / "user" / "extensions" / "buildid").write_text(build, encoding="utf-8")
    items = "".join(
        f'<item oor:path="{escape(path)}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>\n'
        for path, name, value in SETTINGS
    )
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{items}</oor:items>\n',
        encoding="utf-8",
    )


def environment(work: Path) -> dict[str, str]:
    # A Python environment of ours would mislead the Python that LibreOffice carries.
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    env.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(work / "tmp")))
    if sys.platform not in ("win32", "darwin"):
        env["SAL_USE_VCLPLUGIN"] = "svp"
        # What one document took is kept for the next: given back and asked for again, it would be cleared each time.
        env |= {"MALLOC_TRIM_THRESHOLD_": str(1 << 27), "MALLOC_TOP_PAD_": str(1 << 24)}
        env["FONTCONFIG_FILE"] = str(FONT_MAP)
        home = workspace.home()
        given = env.get("XDG_CACHE_HOME", "")
        cache = Path(given) if given else home / ".cache" if home else None
        there = next((folder for folder in (cache, *cache.parents) if folder.exists()), None) if cache else None
        if there is None or not os.access(there, os.W_OK):
            env["XDG_CACHE_HOME"] = str(work / "cache")
    return env


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
