"""The number styles of ODF (part 3, 16.29) as codes of number formats, for cells whose file does not say what shows."""

from __future__ import annotations

from typing import Any

from generator.workbook import number_formats

_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
KINDS = tuple(
    f"{_NUMBER}{kind}-style" for kind in ("number", "percentage", "currency", "date", "time", "boolean", "text")
)
# The conditions of two sections, and of three.
_USUAL = ([">=0"], [">0", "<0"])
_NUMERALS = {"一": "[DBNum1]", "壹": "[DBNum2]", "１": "[DBNum3]"}
# The codes of the parts of dates and times: short, and long.
_MOMENTS = {
    "day": ("d", "dd"),
    "month": ("m", "mm"),
    "hours": ("h", "hh"),
    "minutes": ("m", "mm"),
    "seconds": ("s", "ss"),
    "day-of-week": ("aaa", "aaaa"),
    "era": ("g", "ggg"),
}


class Formats:
    """The number styles of a workbook by name, ready for use once someone asks."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def take(self, style: Any) -> None:
        """Takes a style, after those that it names in its conditions."""
        code = _code(style)
        if code is None:
            return
        sections: list[tuple[str, str]] = []
        for condition in style.iterchildren(f"{_STYLE}map"):
            test = (condition.get(f"{_STYLE}condition") or "").replace(" ", "").removeprefix("value()")
            applied = self._codes.get(condition.get(f"{_STYLE}apply-style-name") or "")
            if applied is not None:
                sections.append((test.replace("!=", "<>"), applied))
        # What the style itself shows comes last: what no condition takes.
        given = [f"[{test}]{applied}" for test, applied in sections]
        if [test for test, _ in sections] in _USUAL:
            # As the sections of a code without conditions, where what is negative shows no sign of its own.
            given = [applied for _, applied in sections]
        self._codes[style.get(f"{_STYLE}name") or ""] = ";".join([*given, code])

    def named(self, name: str | None) -> number_formats.Format | None:
        """The format of that name; None for one that is not known, or shows numbers as they are."""
        code = self._codes.get(name or "")
        form = number_formats.compiled(code) if code else None
        return None if form is None or form.general else form


def _code(style: Any) -> str | None:
    """The code of one style, without its conditions; None where it has what no code says."""
    pieces: list[str] = []
    counts_on = style.get(f"{_NUMBER}truncate-on-overflow") == "false"
    is_percentage = style.tag == f"{_NUMBER}percentage-style"
    for child in style:
        if not isinstance(child.tag, str) or not child.tag.startswith(_NUMBER):
            continue
        kind = child.tag.removeprefix(_NUMBER)
        if kind in ("text", "currency-symbol"):
            pieces.append(_literal(child.text or "", is_percentage))
        elif kind == "number":
            pieces.append(_digits(child))
        elif kind == "scientific-number":
            # Powers of a thousand: as many digits before the point as there may be.
            before = "#" * (_integer(child, "exponent-interval", 1) - _integer(child, "min-integer-digits", 1))
            pieces.append(f"{before}{_digits(child)}E+{'0' * _integer(child, 'min-exponent-digits', 2)}")
        elif kind == "fraction":
            pieces.append(_fraction(child))
        elif kind == "fill-character":
            pieces.append(f"*{(child.text or ' ')[0]}")
        elif kind == "text-content":
            pieces.append("@")
        elif kind == "am-pm":
            pieces.append("上午/下午")
        elif kind == "year":
            taiwanese = child.get(f"{_NUMBER}calendar") == "ROC"
            pieces.append("[$-404]e" if taiwanese else "yyyy" if _is_long(child) else "yy")
        elif kind in _MOMENTS:
            part = _moment(child, kind)
            pieces.append(f"[{part}]" if counts_on and kind in ("hours", "minutes", "seconds") else part)
            counts_on = counts_on and kind not in ("hours", "minutes", "seconds")
        else:
            return None
    return _NUMERALS.get(style.get(f"{_NUMBER}transliteration-format") or "", "") + "".join(pieces)


def _is_long(element: Any) -> bool:
    return bool(element.get(f"{_NUMBER}style") == "long")


def _moment(element: Any, kind: str) -> str:
    part = _MOMENTS[kind][_is_long(element)]
    if kind == "month" and element.get(f"{_NUMBER}textual") == "true":
        return "mmmm" if _is_long(element) else "mmm"
    if kind == "seconds" and (decimals := _integer(element, "decimal-places")):
        return f"{part}.{'0' * decimals}"
    return part


def _literal(text: str, is_percentage: bool) -> str:
    return "".join(sign if sign == "%" and is_percentage else f"\\{sign}" for sign in text)


def _integer(element: Any, name: str, usual: int = 0) -> int:
    given = (element.get(f"{space}{name}") or "" for space in (_LOEXT, _NUMBER))
    return next((min(int(text), 30) for text in given if text.isdecimal()), usual)


def _digits(element: Any) -> str:
    """The digits of a number before and after the point, in groups, with the texts that stand between them."""
    least = _integer(element, "min-integer-digits")
    # Of these so many are blanks where the number is shorter; newer versions of LibreOffice write that.
    zeros = least - _integer(element, "max-blank-integer-digits")
    inside = {
        _integer(text, "position"): _literal(text.text or "", False)
        for text in element.iterchildren(f"{_NUMBER}embedded-text")
    }
    factor = element.get(f"{_NUMBER}display-factor") or "1"
    thousands = max(len(factor.partition(".")[0]) - 1, 0) // 3 if factor.strip("0.") == "1" else 0
    if element.get(f"{_NUMBER}decimal-places") is None and not inside and not thousands and least <= 1:
        return number_formats.GENERAL
    grouped = element.get(f"{_NUMBER}grouping") == "true"
    count = max(least, 4 if grouped else 1, *(position + 1 for position in inside), 1)
    # From the right: after so many digits.
    pieces: list[str] = []
    for position in range(count):
        if position in inside and position:
            pieces.append(inside[position])
        elif grouped and position == 3:
            pieces.append(",")
        pieces.append("0" if position < zeros else "?" if position < least else "#")
    decimals = _integer(element, "decimal-places")
    needed = _integer(element, "min-decimal-places", decimals)
    replacement = element.get(f"{_NUMBER}decimal-replacement")
    if replacement == "":
        needed = 0
    needed = min(needed, decimals)
    point = f".{'0' * needed}{('?' if replacement == ' ' else '#') * (decimals - needed)}" if decimals else ""
    return "".join(reversed(pieces)) + point + "," * thousands


def _fraction(element: Any) -> str:
    whole = "# " if element.get(f"{_NUMBER}min-integer-digits") is not None else ""
    over = "?" * max(_integer(element, "min-numerator-digits", 1), 1)
    fixed = element.get(f"{_NUMBER}denominator-value")
    return f"{whole}{over}/{fixed or '?' * max(_integer(element, 'min-denominator-digits', 1), 1)}"
