"""The styles of an .xlsx, as far as they bear on what a cell says: its format, what is not seen, what is struck out.

Elements are known by their names alone, whatever their namespace. What is not asked for here may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lxml import etree

from generator.basic import package
from generator.workbook.number_formats import GENERAL, LOCAL

# The formats that files name by number alone (18.8.30), without those that Taiwan has its own for.
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
# Programs write the code that the standard has for these numbers, and mean the short date of the machine.
_SHORT_DATES = {"mm-dd-yy": LOCAL[14], "m/d/yy h:mm": LOCAL[22]}
# The colours that files name by number alone (18.8.27); the first eight stand there twice.
_FIRST_COLOURS = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
_COLOURS = (
    f"{_FIRST_COLOURS}{_FIRST_COLOURS}"
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333"
).split()
_BLACK, _WHITE = _COLOURS[:2]
_THEME = {0: _WHITE, 1: _BLACK}
# In points.
_SMALL, _USUAL = 3, 11
_MOST_INDENT = 15
_FALSE = ("", "0", "f", "false")


class Style(NamedTuple):
    """What a cell of that style shows: by which format, struck out, underlined, unseen; its indent in characters."""

    code: str = GENERAL
    struck: bool = False
    underlined: bool = False
    unseen: bool = False
    indent: int = 0


class _Font(NamedTuple):
    struck: bool = False
    underlined: bool = False
    small: bool = False
    ink: str = ""


def styles(part: bytes | None) -> list[Style]:
    """The styles that cells name by their number, from xl/styles.xml; without any, what a cell is like that has none.

    Raises ValueError, KeyError and lxml's errors for a part that is damaged.
    """
    root = etree.fromstring(part, package.parser()) if part is not None else None
    codes = {int(form.attrib["numFmtId"]): form.attrib["formatCode"] for form in _entries(root, "numFmts", "numFmt")}
    fonts = [_font(font) for font in _entries(root, "fonts")]
    papers = [_paper(fill) for fill in _entries(root, "fills")]
    return [_style(form, codes, fonts, papers) for form in _entries(root, "cellXfs", "xf")] or [Style()]


def is_set(value: str | None) -> bool:
    """Whether an attribute says yes."""
    return value is not None and value not in _FALSE


def last(parent: Any, name: str) -> Any:
    """The last child of that name, as it counts where there are several; None without one."""
    return None if parent is None else next(parent.iterchildren(f"{{*}}{name}", reversed=True), None)


def _entries(root: Any, name: str, kind: str = "") -> Iterator[Any]:
    """What stands in the list of that name."""
    found = last(root, name)
    return iter(()) if found is None else found.iterchildren(f"{{*}}{kind}" if kind else "*")


def _style(form: Any, codes: Mapping[int, str], fonts: Sequence[_Font], papers: Sequence[str]) -> Style:
    code = _code(int(form.get("numFmtId", 0)), codes)
    number, fill = int(form.get("fontId", 0)), int(form.get("fillId", 0))
    font = fonts[number] if 0 <= number < len(fonts) else _Font()
    paper = papers[fill] if 0 <= fill < len(papers) else _WHITE
    # Ink of the colour of its paper, next to no size, or a format without anything.
    unseen = bool(font.ink and font.ink == paper) or font.small or code.strip() == ";;;"
    return Style(code, font.struck, font.underlined, unseen, _indent(last(form, "alignment")))


def _code(number: int, codes: Mapping[int, str]) -> str:
    code = codes.get(number)
    if code is not None:
        return _SHORT_DATES.get(code, code)
    return LOCAL.get(number) or _BUILT_IN.get(number, GENERAL)


def _font(font: Any) -> _Font:
    strike, line, size = last(font, "strike"), last(font, "u"), last(font, "sz")
    points = float(size.get("val", _USUAL)) if size is not None else _USUAL
    return _Font(
        strike is not None and is_set(strike.get("val", "1")),
        line is not None and line.get("val") != "none",
        0 < points < _SMALL,
        _colour(last(font, "color")),
    )


def _paper(fill: Any) -> str:
    """The colour of a fill, as _colour gives it; empty for a pattern of several."""
    pattern = next(fill.iterchildren("*"), None)
    if pattern is None:
        return _WHITE
    kind = pattern.get("patternType", "none") if pattern.tag.endswith("patternFill") else ""
    if kind != "solid":
        return _WHITE if kind == "none" else ""
    front = last(pattern, "fgColor")
    return _BLACK if front is None else _colour(front)


def _colour(colour: Any) -> str:
    """A colour as six digits, where it can be told, else as the file says it; empty for the usual one."""
    if colour is None:
        return ""
    if (number := colour.get("indexed")) is not None:
        return _COLOURS[int(number)] if 0 <= int(number) < len(_COLOURS) else ""
    if (number := colour.get("theme")) is not None:
        tint = float(colour.get("tint", 0))
        return f"{int(number)} {tint}" if tint else _THEME.get(int(number), "")
    return "" if colour.get("auto") is not None else str(colour.get("rgb", _BLACK))[-6:].upper()


def _indent(alignment: Any) -> int:
    """How many characters a text is moved in from the left."""
    if alignment is None:
        return 0
    indent = int(max(0.0, min(float(alignment.get("indent", 0)), _MOST_INDENT)))
    return indent if alignment.get("horizontal", "general") in ("none", "general", "left", "distributed") else 0
