"""Characters that would not print: those no typeface covers, and private-use ones (造字)."""

from __future__ import annotations

import functools
import subprocess
import sys
import unicodedata
from pathlib import Path

from generator.basic.problem import Code, Problem, error, problem, warning
from generator.workbook.raw import RawSheet


class CharacterCode(Code):
    """The problems that this module finds."""

    PRIVATE_CHARACTER = warning(
        "含有造字（{characters}），別的電腦可能印不出來", "請改用正式字元，或確認收件人有同一套造字。"
    )
    NO_GLYPH = error("沒有字型可印 {characters}", "請改用其他字元，或安裝含有此字的字型（見 packet doctor）。")


# Those that the font map of the PDFs names, and what Windows has in their place.
FAMILIES = ("TW-Kai", "TW-Kai-Ext-B", "TW-Kai-Plus", "Liberation Serif")
_MOST_NAMED = 8
_WINDOWS_FILES = ("kaiu.ttf", "mingliub.ttc", "simsunb.ttf", "times.ttf")


def faults(text: str, sheet: RawSheet, row: int, column: int) -> list[Problem]:
    """A warning where a cell's text has private-use characters, an error where it has one that no typeface covers.

    Without the typefaces of the documents on this machine nothing is known, and nothing is said of covering.
    """
    rare = {character for character in text if not _in_big5(character)}
    if not rare:
        return []
    problems = []
    private = sorted(character for character in rare if unicodedata.category(character) == "Co")
    if private:
        names = "、".join(f"U+{ord(character):04X}" for character in private[:_MOST_NAMED])
        problems.append(problem(CharacterCode.PRIVATE_CHARACTER, sheet.at(row, column), characters=names))
    missing = sorted(
        character for character in rare - set(private) if not _invisible(character) and not covered(character)
    )
    if missing:
        names = "、".join(f"{character}（U+{ord(character):04X}）" for character in missing[:_MOST_NAMED])
        problems.append(problem(CharacterCode.NO_GLYPH, sheet.at(row, column), characters=names))
    return problems


@functools.cache
def _in_big5(character: str) -> bool:
    """Whether it is of the set that every Chinese typeface in Taiwan holds."""
    try:
        character.encode("cp950")
    except UnicodeEncodeError:
        return False
    return not 0xE000 <= ord(character) <= 0xF8FF


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc", "Mn", "Zs", "Zl", "Zp")


def covered(character: str) -> bool:
    """Whether a typeface of the documents has the character; True where none of them is installed."""
    codes = _codes()
    return not codes or ord(character) in codes


@functools.cache
def _codes() -> frozenset[int]:
    """Every code point of the documents' typefaces. Loaded only once an unusual character turns up."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    codes: set[int] = set()
    chinese = False
    for path in _files():
        try:
            fonts = TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]
            for font in fonts:
                codes |= set(font.getBestCmap() or ())
        except (OSError, TTLibError):
            continue
        chinese = chinese or 0x8655 in codes
    return frozenset(codes) if chinese else frozenset()


def _files() -> list[Path]:
    if sys.platform == "win32":
        import os

        folder = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "Fonts")
        return [folder / name for name in _WINDOWS_FILES if (folder / name).is_file()]
    paths: list[Path] = []
    for family in FAMILIES:
        try:
            done = subprocess.run(
                ["fc-list", f":family={family}", "--format", "%{file}\n"], capture_output=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        paths += [Path(line) for line in done.stdout.decode("utf-8", "surrogateescape").splitlines() if line]
    return sorted(set(paths))
