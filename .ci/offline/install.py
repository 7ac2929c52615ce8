"""Installs packet {{version}} from this folder, without the network, for the user who runs it; --remove takes it away.

Started by install.cmd, install.sh and their opposites. Only the standard library: nothing else is there yet.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "{{version}}"
NAME = "會議資料"
HERE = Path(__file__).resolve().parent
ON_WINDOWS = sys.platform == "win32"

# The link is made under an ASCII name first: the shell cannot save other names on every code page.
SHORTCUT = """
$link = Join-Path $env:TEMP 'packet-shortcut.lnk'
$shortcut = (New-Object -ComObject WScript.Shell).CreateShortcut($link)
$shortcut.TargetPath = $env:PACKET_TARGET
$shortcut.Arguments = $env:PACKET_ARGUMENTS
$shortcut.WorkingDirectory = $env:PACKET_FOLDER
$shortcut.Save()
Move-Item -Force $link (Join-Path ([Environment]::GetFolderPath('Desktop')) ($env:PACKET_NAME + '.lnk'))
"""
REMOVAL = """
$link = Join-Path ([Environment]::GetFolderPath('Desktop')) ($env:PACKET_NAME + '.lnk')
if (Test-Path -LiteralPath $link) { Remove-Item -LiteralPath $link }
"""


class Failure(Exception):
    """What ends the installation, in the user's words."""


def home() -> Path:
    """The user's local folder of the program."""
    if ON_WINDOWS:
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "packet"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "packet"


def launcher() -> Path:
    """Where a command is found that the user types; this folder is on the PATH of every user."""
    if ON_WINDOWS:
        return home().parent / "Microsoft" / "WindowsApps" / "packet.cmd"
    return Path.home() / ".local" / "bin" / "packet"


def program(environment: Path, name: str) -> Path:
    return environment / ("Scripts" if ON_WINDOWS else "bin") / (f"{name}.exe" if ON_WINDOWS else name)


def check_files() -> None:
    """Every file is as it was packed. Raises Failure."""
    wrong = []
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = HERE / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(name)
    if wrong:
        raise Failure("安裝檔不完整，請重新解壓縮或重新取得。不符的檔案：" + "、".join(wrong))


def requirements() -> Path:
    """The list of what this Python needs. Raises Failure."""
    path = HERE / f"requirements-{sys.version_info[0]}.{sys.version_info[1]}.txt"
    if not path.is_file() or sys.maxsize < 2**32:
        have = sorted(each.stem.partition("-")[2] for each in HERE.glob("requirements-*.txt"))
        raise Failure(f"這份安裝檔只能用 64 位元的 Python {'、'.join(have)}，這裡是 {sys.version.split()[0]}。")
    return path


def run(*command: str, what: str) -> None:
    """Runs a command without any settings of pip from outside. Raises Failure."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
    env |= {"PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"}
    if subprocess.run(command, env=env).returncode:
        raise Failure(f"{what}失敗，原因見上面的訊息。")


def set_up(environment: Path) -> None:
    """Makes the environment anew; the one before stays as it is where that fails."""
    wanted = requirements()
    before = environment.with_name("env.before")
    shutil.rmtree(before, ignore_errors=True)
    environment.parent.mkdir(parents=True, exist_ok=True)
    if environment.exists():
        try:
            environment.rename(before)
        except OSError:
            raise Failure("程式正在使用中，請先關閉工作頁與命令提示字元，再執行一次。") from None
    try:
        run(sys.executable, "-m", "venv", str(environment), what="建立 Python 環境")
        pip = [str(program(environment, "python")), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        offline = ["--no-index", "--find-links", str(HERE / "wheels"), "--no-deps", "--only-binary", ":all:"]
        run(*pip, "install", "--quiet", *offline, "--requirement", str(wanted), what="安裝")
        run(*pip, "check", what="檢查套件")
    except BaseException:
        shutil.rmtree(environment, ignore_errors=True)
        if before.exists():
            before.rename(environment)
        raise
    shutil.rmtree(before, ignore_errors=True)


def make_workspace(environment: Path, folder: Path) -> None:
    """A new workspace, unless the folder is one."""
    if not (folder / "inputs").is_dir():
        run(str(program(environment, "packet")), "init", str(folder), what="建立工作區")


def powershell(script: str, **values: str) -> bool:
    """Runs a script that takes its texts from the environment; whether it worked."""
    command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", "$ErrorActionPreference = 'Stop'\n" + script]
    try:
        return subprocess.run(command, env={**os.environ, "PACKET_NAME": NAME, **values}).returncode == 0
    except OSError:
        return False


def desktop_entry() -> Path:
    return home().parent / "applications" / "packet.desktop"


def make_shortcut(environment: Path, folder: Path) -> None:
    """The page to work from, by a double click, without a console."""
    if ON_WINDOWS:
        target, arguments = program(environment, "pythonw"), f'-m generator.cli.start --workspace "{folder}" open'
        values = {"PACKET_TARGET": str(target), "PACKET_ARGUMENTS": arguments, "PACKET_FOLDER": str(folder)}
        if not powershell(SHORTCUT, **values):
            print(f'無法建立桌面捷徑「{NAME}」，請自行建立，目標是：\n  "{target}" {arguments}')
        return
    path = desktop_entry()
    path.parent.mkdir(parents=True, exist_ok=True)
    place = str(folder).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    command = f'"{program(environment, "python")}" -m generator.cli.start --workspace "{place}" open'
    path.write_text(f"[Desktop Entry]\nType=Application\nName={NAME}\nExec={command}\nTerminal=false\n", "utf-8")


def make_launcher(environment: Path) -> None:
    """`packet` in any console of the user."""
    path = launcher()
    if ON_WINDOWS:
        if path.parent.is_dir():
            path.write_bytes(b'@"%LOCALAPPDATA%\\packet\\env\\Scripts\\packet.exe" %*\r\n')
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(program(environment, "packet"))


def install(folder: Path) -> None:
    check_files()
    environment = home() / "env"
    print(f"安裝 packet {VERSION}，位置：{environment}", flush=True)
    set_up(environment)
    make_workspace(environment, folder)
    make_shortcut(environment, folder)
    make_launcher(environment)
    print(f"\n已安裝。工作區：{folder}\n電腦檢查（packet doctor）：", flush=True)
    subprocess.run([str(program(environment, "packet")), "--workspace", str(folder), "doctor"])


def remove() -> None:
    """Takes away what was installed; workspaces stay."""
    for folder in (home() / "env", home() / "env.before"):
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError:
            raise Failure(f"程式正在使用中，請先關閉工作頁，再執行一次（{folder}）。") from None
    launcher().unlink(missing_ok=True)
    if ON_WINDOWS:
        powershell(REMOVAL)
    else:
        desktop_entry().unlink(missing_ok=True)
    print("已移除程式與捷徑。工作區（inputs、output、templates）沒有動到。")


def main() -> int:
    documents = Path.home() / "Documents"
    try:
        if sys.argv[1:] == ["--remove"]:
            remove()
        else:
            chosen = sys.argv[1] if len(sys.argv) > 1 else documents / NAME
            install(Path(os.path.abspath(chosen)))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 3
    except OSError as error:
        print(f"無法寫入或讀取：{error.filename or ''}（{error.strerror}）", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
