"""LibreOffice, and what is made of it, is found on Windows wherever it was installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.pdf import installed


class Registry:
    """As much of the module winreg as is used: keys by path, each with its default value."""

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER = "HKLM", "HKCU"
    KEY_READ, KEY_WOW64_64KEY, KEY_WOW64_32KEY = 1, 256, 512

    def __init__(self, values: Mapping[tuple[str, str], str]) -> None:
        self._values = values

    def OpenKey(self, root: str, path: str, reserved: int, access: int) -> Any:
        registry = self

        class Key:
            def __enter__(self) -> tuple[str, str]:
                return root, path

            def __exit__(self, *_: object) -> None:
                return None

        if not any(at == root and (known == path or known.startswith(f"{path}\\")) for at, known in registry._values):
            raise FileNotFoundError(path)
        return Key()

    def EnumKey(self, key: tuple[str, str], number: int) -> str:
        root, path = key
        below = [known[len(path) + 1 :].split("\\")[0] for at, known in self._values if at == root and known != path]
        names = sorted(dict.fromkeys(below))
        if number >= len(names):
            raise OSError("no more data")
        return names[number]

    def QueryValueEx(self, key: tuple[str, str], name: str) -> tuple[str, int]:
        assert name == ""
        if key not in self._values:
            raise FileNotFoundError(name)
        return self._values[key], 1


def found(registry: Mapping[tuple[str, str], str], environment: Mapping[str, str]) -> list[Path]:
    return list(installed.on_windows(Registry(registry), environment))


def test_a_program_made_of_libreoffice_is_found_by_what_it_entered_in_the_registry() -> None:
    entered = {("HKLM", r"SOFTWARE\ODF Tools\UNO\InstallPath"): "D:/odf/program", ("HKLM", r"SOFTWARE\Other\Key"): "x"}
    assert found(entered, {})[:2] == [Path("D:/odf/program/soffice.com"), Path("D:/odf/program/soffice.exe")]


def test_libreoffice_itself_comes_first() -> None:
    entered = {
        ("HKLM", r"SOFTWARE\A Tool\UNO\InstallPath"): "D:/a/program",
        ("HKLM", r"SOFTWARE\LibreOffice\UNO\InstallPath"): "D:/lo/program",
    }
    assert found(entered, {})[0] == Path("D:/lo/program/soffice.com")
    assert found(entered, {"PROGRAMFILES": "C:/Programme"})[0] == Path("C:/Programme/LibreOffice/program/soffice.com")


def test_a_path_of_the_application_counts_also_that_of_the_user() -> None:
    entered = {
        ("HKCU", r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\soffice.exe"): '"E:/x/program/soffice.exe"'
    }
    assert Path("E:/x/program/soffice.com") in found(entered, {})


def test_without_an_entry_every_folder_of_programs_is_looked_through(tmp_path: Path) -> None:
    program = tmp_path / "國發會 ODF文件應用工具" / "program" / "soffice.com"
    program.parent.mkdir(parents=True)
    program.touch()
    (tmp_path / "Other").mkdir()
    assert next(place for place in found({}, {"PROGRAMFILES(X86)": str(tmp_path)}) if place.is_file()) == program
