"""`make bundle`: what it packs, on made-up wheels; the network is left out. And the page without a console."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import subprocess
import sys
import zipfile
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
from conftest import REPO

from generator.cli import app, streams

OFFLINE = REPO / ".ci" / "offline"
NAMES = ["click-8.5.1-py3-none-any.whl", "lxml-6.1.3-cp312-cp312-win_amd64.whl", "lxml-6.1.3-cp313-cp313-win_amd64.whl"]
WHEELS = {name: name.encode() for name in NAMES}


def loaded(path: Path) -> ModuleType:
    loader = SourceFileLoader(path.stem, str(path))
    spec = importlib.util.spec_from_loader(path.stem, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    loader.exec_module(module)
    return module


bundle = loaded(REPO / ".ci" / "bundle")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digests(**more: bytes) -> dict[str, str]:
    return {name: digest(content) for name, content in {**WHEELS, **more}.items()}


@pytest.fixture
def resolutions() -> dict[str, dict[str, tuple[str, frozenset[str]]]]:
    """What uv prints for both Pythons."""
    text = (
        f"click==8.5.1 \\\n    --hash=sha256:{digest(WHEELS[NAMES[0]])}\n"
        + "lxml==6.1.3 \\\n"
        + " \\\n".join(f"    --hash=sha256:{digest(WHEELS[name])}" for name in NAMES[1:])
    )
    return {python: bundle.resolved(text) for python in bundle.WINDOWS.pythons}


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def made(resolutions: dict[str, dict[str, tuple[str, frozenset[str]]]]) -> bytes:
    lines = {python: bundle.requirements(resolution) for python, resolution in resolutions.items()}
    return bundle.bundled(bundle.WINDOWS, WHEELS, lines)


def test_the_set_equals_the_resolution(resolutions) -> None:
    bundle.check_wheels(digests(), resolutions, bundle.WINDOWS)


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_wheel_is_named_also_where_only_one_python_lacks_it(resolutions, missing: str) -> None:
    wheels = digests()
    del wheels[missing]
    with pytest.raises(bundle.Wrong, match="has no wheel for windows"):
        bundle.check_wheels(wheels, resolutions, bundle.WINDOWS)


@pytest.mark.parametrize(
    "other",
    [
        "lxml-6.1.3-cp312-cp312-manylinux_2_28_x86_64.whl",
        "lxml-6.1.3-cp312-cp312-win32.whl",
        "six-1.17.0-py3-none-any.whl",
    ],
)
def test_a_wheel_for_another_system_or_of_no_resolved_package_is_refused(resolutions, other: str) -> None:
    with pytest.raises(bundle.Wrong, match=other):
        bundle.check_wheels(digests(**{other: b"x"}), resolutions, bundle.WINDOWS)


def test_a_wheel_with_other_bytes_than_the_registry_has_is_refused(resolutions) -> None:
    with pytest.raises(bundle.Wrong, match="not the file that was resolved"):
        bundle.check_wheels(digests(**{NAMES[0]: b"changed"}), resolutions, bundle.WINDOWS)


@pytest.mark.parametrize(
    ("file", "python", "good"),
    [
        ("cryptography-50.0.2-cp311-abi3-win_amd64.whl", "3.12", True),
        ("cryptography-50.0.2-cp313-abi3-win_amd64.whl", "3.12", False),
        ("cffi-2.1.1-cp313-cp313-win_amd64.whl", "3.12", False),
        ("pypdfium2-5.15.2-py3-none-win_amd64.whl", "3.13", True),
        ("pypdfium2-5.15.2-py3-none-win_arm64.whl", "3.13", False),
        ("six-1.17.0-py2.py3-none-any.whl", "3.13", True),
        ("six-1.17.0-py2-none-any.whl", "3.13", False),
    ],
)
def test_tags_say_which_python_a_wheel_is_for(file: str, python: str, good: bool) -> None:
    assert bundle.suits(file, bundle.WINDOWS, python) == good


def test_a_version_that_is_not_pinned_is_refused(resolutions) -> None:
    bundle.check_pins(resolutions["3.12"], "Click==8.5.1\nlxml==6.1.3\n")
    with pytest.raises(bundle.Wrong, match=r"lxml==6\.1\.3"):
        bundle.check_pins(resolutions["3.12"], "Click==8.5.1\nlxml==6.1.2\n")


def test_the_same_wheels_give_the_same_zip_with_every_file_in_its_checksums(resolutions) -> None:
    content = made(resolutions)
    assert content == made(resolutions)
    parts = unpacked(content)
    lines = parts.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{digest(parts[name])}  {name}" for name in sorted(parts)]
    assert {*bundle.WINDOWS.scripts} < {*parts}
    assert parts["requirements-3.13.txt"].decode() == f"click==8.5.1\nlxml==6.1.3\npacket=={bundle.__version__}\n"


def test_batch_files_are_ascii_with_crlf_and_nothing_names_an_index(resolutions) -> None:
    for name, content in unpacked(made(resolutions)).items():
        if name.endswith(".cmd"):
            assert content.isascii()
            assert content.count(b"\r\n") == content.count(b"\n") > 3
        if not name.startswith("wheels/"):
            assert b"{{" not in content
            assert not any(word in content for word in (b"pypi", b"/simple", b"index-url", b"://"))


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """install.py in a folder of its own, with a home of its own."""
    (tmp_path / "zip").mkdir()
    (tmp_path / "zip" / "install.py").write_bytes(bundle.script("install.py"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "share"))
    return loaded(tmp_path / "zip" / "install.py")


def test_a_damaged_download_is_named_before_anything_is_installed(
    installer: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (installer.HERE / "SHA256SUMS").write_text(f"{digest(b'good')}  wheels/a.whl\n", encoding="utf-8")
    (installer.HERE / "wheels").mkdir()
    (installer.HERE / "wheels" / "a.whl").write_bytes(b"bad")
    monkeypatch.setattr(sys, "argv", ["install.py", str(tmp_path / "會議資料")])
    assert installer.main() == 3
    assert "不符的檔案：wheels/a.whl" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_another_python_is_refused_with_those_that_are_right(installer: ModuleType) -> None:
    (installer.HERE / "requirements-3.99.txt").write_text("", encoding="utf-8")
    with pytest.raises(installer.Failure, match=r"64 位元的 Python 3\.99，這裡是 3\."):
        installer.requirements()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the twin for Linux")
def test_an_installation_that_fails_leaves_the_one_before(installer: ModuleType) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (installer.HERE / f"requirements-{version}.txt").write_text("click==8.5.1\n", encoding="utf-8")
    (installer.HERE / "wheels").mkdir()
    environment = installer.home() / "env"
    environment.mkdir(parents=True)
    (environment / "before").touch()
    with pytest.raises(installer.Failure, match="安裝失敗"):
        installer.set_up(environment)
    assert [path.name for path in environment.iterdir()] == ["before"]
    installer.remove()
    assert not environment.exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="closes the streams as pythonw lacks them")
def test_without_a_console_printing_does_not_end_the_program(tmp_path: Path) -> None:
    program = (
        "import os, sys; [os.close(number) for number in (0, 1, 2)]; sys.stdin = sys.stdout = sys.stderr = None\n"
        "from generator.cli import app, streams\n"
        f"streams.show = lambda text: open({str(tmp_path / 'window')!r}, 'w', encoding='utf-8').write(text)\n"
        "app.main()"
    )
    command = [sys.executable, "-c", program, "--workspace", str(REPO)]
    assert subprocess.run([*command, "schedule", "113-1"]).returncode == 0
    assert not (tmp_path / "window").exists()
    assert subprocess.run([*command, "schedule", "999-1"]).returncode == 2
    assert "沒有 inputs/999-1 這個資料夾" in (tmp_path / "window").read_text(encoding="utf-8")


def test_with_a_console_no_window_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(streams, "show", shown.append)
    monkeypatch.setattr(sys, "argv", ["packet", "nothing"])
    with pytest.raises(SystemExit):
        app.main()
    assert not shown
