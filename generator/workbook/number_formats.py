"""Number formats: what Excel shows of a number, a date or a text (ECMA-376 part 1, 18.8.30 and 18.8.31).

``compiled`` takes the code of a format once, ``Format.text`` shows a value by it. What the code leaves to the machine
is as on a Taiwanese one: ``e`` counts the years of the Republic, the formats without a code are those of zh-TW.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from msgspec import Struct

from generator.basic.patterns import compile_late

GENERAL = "General"
# Characters that a column of standard width shows of a number, and the most that General shows of any.
STANDARD_WIDTH, WIDEST = 8, 11
_ROC = 1911
_ERA = {1: "民國", 2: "民國", 3: "中華民國"}
_CHINESE = (0x04, "zh")
_WEEKDAYS = "一二三四五六日"
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
# What the settings of Windows show: its long date and its time, as those of zh-TW are.
_SYSTEM_DATE, _SYSTEM_TIME = (
    compile_late(r"\[\$-(?:F800|x-sysdate)\]", re.I),
    compile_late(r"\[\$-(?:F400|x-systime)\]", re.I),
)
_LONG, _CLOCK, _SECONDS = '[$-404]e"年"m"月"d"日"', '上午/下午hh"時"mm"分"', '上午/下午hh"時"mm"分"ss"秒"'
# The formats of zh-TW that files name by number alone, where they differ from the general ones (18.8.30).
LOCAL = {
    14: "yyyy/m/d", 22: "yyyy/m/d hh:mm",
    27: "[$-404]e/m/d", 28: _LONG, 29: _LONG, 30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'hh"時"mm"分"', 33: 'hh"時"mm"分"ss"秒"', 34: _CLOCK, 35: _SECONDS, 36: "[$-404]e/m/d",
    50: "[$-404]e/m/d", 51: _LONG, 52: _CLOCK, 53: _SECONDS, 54: _LONG, 55: _CLOCK, 56: _SECONDS,
    57: "[$-404]e/m/d", 58: _LONG,
}  # fmt: skip
_TOKEN = compile_late(
    r'"([^"]*)"?|(?:\\|!(?=[.,/]))(.)|_(.)|\*(.)|\[([^\]]*)\]|'  # literals, a blank as wide as …, a filling, brackets
    r"(General|G/通用格式)|(AM/PM|A/P|上午/下午)|(E[+-])|"
    r"(y+|m+|d+|h+|s+|e+|g+|b+|a{3,})|([0#?])|(.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = compile_late(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?(?:E[+-]?\d+)?)", re.IGNORECASE)
_ELAPSED = compile_late(r"h+|m+|s+", re.IGNORECASE)
_PLAIN = compile_late(r"(0|#,##0)(\.0+)?")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
    "=": lambda value, limit: value == limit,
    "<>": lambda value, limit: value != limit,
}
_DIGITS = {1: "〇一二三四五六七八九", 2: "零壹貳參肆伍陸柒捌玖", 3: "０１２３４５６７８９"}
_UNITS = {1: "十百千", 2: "拾佰仟", 3: "十百千"}
_MYRIADS = ("", "萬", "億", "兆")
_MOST_DIGITS = 1000
# Excel allows 255.
_LONGEST = 500


class _Part(NamedTuple):
    """A piece of a section: ``kind`` is literal, digit, date, elapsed, half, exponent, general or text."""

    kind: str
    text: str


class _Plain(NamedTuple):
    """A section that shows a number and texts around it, as nearly all do: decimals, groups, what stands around it."""

    decimals: int
    grouped: bool
    before: str
    after: str

    def text(self, value: float) -> str:
        rounded = _rounded(abs(_decimal(value)), self.decimals)
        sign = "-" if value < 0 and rounded else ""
        return f"{sign}{self.before}{rounded:{',' if self.grouped else ''}f}{self.after}"


class _Section(Struct, frozen=True):
    parts: tuple[_Part, ...]
    condition: tuple[str, float] | None
    chinese: bool
    roc: bool
    numerals: int
    kind: str
    plain: _Plain | None = None

    def only_negative(self, default: tuple[str, float] | None) -> bool:
        """Whether only negative numbers come here: these show no sign but that of the section itself."""
        operator, limit = self.condition or default or ("", 0.0)
        return (operator == "<" and limit <= 0) or (operator == "<=" and limit < 0) or (operator == "=" and limit < 0)


class Format(Struct, frozen=True):
    """A format ready for use. ``kind`` says what its numbers are: number, date, time, length (of time) or text."""

    sections: tuple[_Section, ...]
    for_text: _Section | None
    kind: str
    general: bool

    def text(self, value: float | str, width: int = STANDARD_WIDTH, from_1904: bool = False) -> str:
        """The value as shown, without the blanks around it. ``width``: how many characters the column has for General.

        Raises ValueError or OverflowError for a number that is no date where the format wants one.
        """
        if isinstance(value, str):
            return value if self.for_text is None else _texts(self.for_text, value).strip()
        section, signless = self._section(value)
        if section is None:
            return "#" * STANDARD_WIDTH
        if section.kind in ("date", "time", "length"):
            return _moment(section, value, from_1904).strip()
        return _number(section, abs(value) if signless else value, width).strip()

    def _section(self, value: float) -> tuple[_Section | None, bool]:
        """The section that shows a number, and whether the sign is left out, the section itself telling of it."""
        sections = self.sections
        first = sections[0]
        if len(sections) == 1:
            if first.condition and not _holds(first.condition, value):
                return None, False
            return first, first.only_negative(None)
        # A section without a condition of its own: the first takes what is positive, the second what is negative.
        second = sections[1]
        default = (">=" if len(sections) == 2 else ">", 0.0)
        if _holds(first.condition or default, value):
            return first, first.only_negative(default)
        if len(sections) == 2:
            return second, second.only_negative(("<", 0.0) if first.condition is None else None)
        default = ("<", 0.0)
        if _holds(second.condition or default, value):
            return second, second.only_negative(default)
        return sections[2], False


class Shown(NamedTuple):
    """A number with its format, not shown before someone asks: most cells of a long list never are."""

    number: float
    form: Format
    width: int = STANDARD_WIDTH
    from_1904: bool = False

    def __str__(self) -> str:
        try:
            return self.form.text(self.number, self.width, self.from_1904)
        except (ValueError, ArithmeticError):
            return "#" * STANDARD_WIDTH


@functools.lru_cache(maxsize=4096)
def compiled(code: str) -> Format:
    """The format of that code. A code that cannot be read shows numbers as General does."""
    if len(code) > _LONGEST:
        code = GENERAL
    if _SYSTEM_DATE.match(code):
        code = 'yyyy"年"m"月"d"日"'
    elif _SYSTEM_TIME.match(code):
        code = "上午/下午 hh:mm:ss"
    sections = [_section(parts) for parts in _split(code)][:4] or [_section([_Part("general", "")])]
    with_text = [section for section in sections if section.kind == "text"]
    for_text = sections[3] if len(sections) == 4 else (with_text[-1] if with_text else None)
    if for_text is not None and [part.kind for part in for_text.parts if part.text != " "] == ["text"]:
        # Texts are shown as they are, which needs no format.
        for_text = None
    numbers = tuple(sections[:3])
    if len(numbers) > 1 and numbers[-1].kind == "text":
        # 0;-0;@ is for text in its last section, and 0;@ too.
        numbers = numbers[:-1]
    elif len(sections) == 1 and sections[0].kind == "text":
        numbers = (sections[0],)
    kind = next((section.kind for section in numbers if section.kind in ("date", "time", "length")), numbers[0].kind)
    general = [part.kind for section in numbers for part in section.parts] == ["general"] and not numbers[0].numerals
    return Format(numbers, for_text, kind, general)


def general(value: float, width: int = STANDARD_WIDTH) -> str:
    """A number as General shows it in a column of that many characters: whole, or rounded to what fits, or with E.

    A whole number of up to eleven digits is shown whole, because Excel widens the column for it.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        value = int(value)
    if isinstance(value, int) and abs(value) < 10**WIDEST:
        return str(value)
    width = max(STANDARD_WIDTH, min(width, WIDEST))
    number = _decimal(value)
    size = abs(number)
    if Decimal("1E-9") <= size < Decimal(10) ** WIDEST:
        whole = len(str(int(size)))
        plain = _plain(number, max(0, width - whole - 1))
        # What is small keeps no digits in a narrow column: then as a power of ten.
        if Decimal(plain) and (size >= Decimal("0.0001") or Decimal(plain) == number):
            return plain
    digits = 5 if width >= WIDEST else 2
    mantissa, _, exponent = f"{number:.{digits}E}".partition("E")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{exponent[0]}{exponent[1:].rjust(2, '0')}"


def data(value: object, shown: str) -> object:
    """What a program reads of a cell with that value and that text, as RawSheet.data says."""
    if isinstance(value, dt.datetime):
        years = (value.year, value.year - _ROC)
        if re.fullmatch(r"\D*(\d+)\D+(\d+)\D*", shown):
            first, second = (int(digits) for digits in re.findall(r"\d+", shown))
            if first in years and second == value.month:
                return f"{value:%Y-%m}"
        return value.date() if value.time() == dt.time() else f"{value:%Y-%m-%dT%H:%M:%S}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, dt.date) else shown
    if isinstance(value, int) and shown == str(value):
        return value
    groups = re.findall(r"\d+(?:\.\d+)?", shown.replace(",", ""))
    if re.search(r"\dE[+-]\d|\d/\d", shown):
        return value
    if len(groups) != 1 or re.match(r"0\d", groups[0]):
        return shown
    size = float(groups[0])
    # By a thousand, once or more: 0.0, and #,##0,, and 0\\.0, (by ten thousand).
    if size and abs(value) / size > 500:
        number = int(groups[0]) if groups[0].isdecimal() else size
        return -number if value < 0 else number
    return value


def _plain(number: Decimal, decimals: int) -> str:
    text = f"{_rounded(number, decimals):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _decimal(value: float) -> Decimal:
    """A number of fifteen digits, which are all that Excel keeps."""
    return Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")


def _rounded(number: Decimal, decimals: int) -> Decimal:
    """Rounded half away from zero, as Excel does."""
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, Context(prec=_MOST_DIGITS))


def _holds(condition: tuple[str, float], value: float) -> bool:
    return _COMPARE[condition[0]](value, condition[1])


# --- Reading the code --------------------------------------------------------------------------------------------


def _split(code: str) -> Iterator[list[_Part]]:
    """The parts of each section."""
    parts: list[_Part] = []
    for match in _TOKEN.finditer(code or GENERAL):
        quoted, escaped, blank, filled, bracket, word, half, exponent, date, digit, other = match.groups()
        if quoted is not None or escaped is not None:
            parts.append(_Part("literal", quoted if quoted is not None else escaped))
        elif blank is not None:
            parts.append(_Part("literal", " "))
        elif filled is not None:
            continue
        elif bracket is not None:
            parts.append(_Part("elapsed" if _ELAPSED.fullmatch(bracket) else "bracket", bracket))
        elif word:
            parts.append(_Part("general", ""))
        elif half:
            parts.append(_Part("half", half))
        elif exponent:
            parts.append(_Part("exponent", exponent))
        elif date:
            parts.append(_Part("date", date.lower()))
        elif digit:
            parts.append(_Part("digit", digit))
        elif other == ";":
            yield parts
            parts = []
        elif other == "@":
            parts.append(_Part("text", ""))
        else:
            parts.append(_Part("sign" if other in ".,%/" else "literal", other))
    yield parts


def _section(parts: Sequence[_Part]) -> _Section:
    condition: tuple[str, float] | None = None
    chinese = roc = False
    numerals = 0
    kept: list[_Part] = []
    for part in parts:
        if part.kind != "bracket":
            kept.append(part)
        elif match := _CONDITION.fullmatch(part.text.strip()):
            condition = (match[1], float(match[2]))
        elif match := re.fullmatch(r"DBNum([123])", part.text, re.IGNORECASE):
            numerals = int(match[1])
        elif part.text.startswith("$"):
            sign, _, locale = part.text[1:].partition("-")
            kept.append(_Part("literal", sign))
            chinese, roc = _locale(locale, chinese, roc)
    kinds = {part.kind for part in kept}
    if kinds & {"elapsed", "half", "date"}:
        dates = {part.text[0] for part in kept if part.kind == "date"}
        if "elapsed" in kinds:
            kind = "length"
        else:
            kept = _minutes(kept)
            dates = {part.text[0] for part in kept if part.kind == "date"}
            kind = "date" if dates & set("ymdegab") else "time"
        if "elapsed" in kinds:
            kept = _minutes(kept)
    elif "text" in kinds:
        kind = "text"
    else:
        kind = "number"
    plain = _plain_section(kept) if kind == "number" and not numerals else None
    return _Section(tuple(kept), condition, chinese, roc, numerals, kind, plain)


def _plain_section(parts: Sequence[_Part]) -> _Plain | None:
    """The section as one of those that Python shows as well: 0, 0.00, #,##0 with texts before and after."""
    digits = [place for place, part in enumerate(parts) if part.kind == "digit"]
    if not digits:
        return None
    before, core, after = parts[: digits[0]], parts[digits[0] : digits[-1] + 1], parts[digits[-1] + 1 :]
    match = _PLAIN.fullmatch("".join("x" if part.kind == "literal" else part.text for part in core))
    if match is None or any(part.kind != "literal" for part in (*before, *after)):
        return None
    texts = ("".join(part.text for part in around) for around in (before, after))
    return _Plain(len(match[2] or ".") - 1, match[1] != "0", *texts)


def _locale(locale: str, chinese: bool, roc: bool) -> tuple[bool, bool]:
    """What a locale says: 404, zh-TW, zh-TW,404, and 40404 with the calendar of the Republic in its third byte."""
    first = locale.split(",")[0].strip()
    if first.lower().startswith("zh"):
        return True, roc
    if re.fullmatch(r"[0-9A-Fa-f]{1,8}", first):
        number = int(first, 16)
        return chinese or number & 0xFF == 0x04, roc or (number >> 16) & 0xFF == 0x04
    return chinese, roc


def _minutes(parts: list[_Part]) -> list[_Part]:
    """m is minutes after hours and before seconds: these become n."""
    clock = [
        number
        for number, part in enumerate(parts)
        if part.kind == "elapsed" or (part.kind == "date" and part.text[0] in "ymdhsegab")
    ]
    done = list(parts)
    for place, number in enumerate(clock):
        part = parts[number]
        if part.kind != "date" or part.text not in ("m", "mm"):
            continue
        before = parts[clock[place - 1]].text[0].lower() if place else ""
        after = parts[clock[place + 1]].text[0].lower() if place + 1 < len(clock) else ""
        if before == "h" or after == "s":
            done[number] = _Part("date", "n" * len(part.text))
    return done


# --- Dates and times ---------------------------------------------------------------------------------------------


def _moment(section: _Section, value: float, from_1904: bool) -> str:
    """A number as the date or time that it counts. Raises ValueError where it is before the first day."""
    if value < 0 and not (from_1904 and section.kind == "length"):
        raise ValueError(value)
    parts = section.parts
    # A point and zeros after the seconds are their fraction.
    places = _fraction_places(parts)
    ticks = round(value * 86400 * 10**places) if places else round(value * 86400)
    seconds, fraction = divmod(ticks, 10**places)
    days, second_of_day = divmod(seconds, 86400)
    day = _day(days, from_1904) if section.kind == "date" else None
    hour = second_of_day // 3600
    half = any(part.kind == "half" for part in parts)
    shown: list[str] = []
    skip = 0
    for number, part in enumerate(parts):
        if skip:
            skip -= 1
        elif part.kind in ("literal", "sign"):
            if part.text == "." and places and number + 1 < len(parts) and parts[number + 1].kind == "digit":
                shown.append(f".{fraction:0{places}d}")
                skip = places
            else:
                shown.append(part.text)
        elif part.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[part.text[0].lower()]
            shown.append(f"{seconds // unit:0{len(part.text)}d}")
        elif part.kind == "half":
            shown.append(_half(part.text, hour, section.chinese))
        elif part.kind == "date":
            shown.append(_unit(part.text, section, day, hour % 12 or 12 if half else hour, second_of_day))
        elif part.kind == "digit":
            shown.append("0")
        elif part.kind == "text":
            shown.append(general(value))
    return "".join(shown)


def _fraction_places(parts: Sequence[_Part]) -> int:
    for number, part in enumerate(parts):
        if part.text == "." and part.kind == "sign":
            count = 0
            for following in parts[number + 1 :]:
                if following != _Part("digit", "0"):
                    break
                count += 1
            return min(count, 3)
    return 0


def _day(days: int, from_1904: bool) -> dt.date:
    if from_1904:
        return dt.date(1904, 1, 1) + dt.timedelta(days=days)
    # Excel counts a 29 February of 1900, the day 60, which never was.
    return dt.date(1899, 12, 30) + dt.timedelta(days=days + 1 if days < 60 else days)


def _half(spelling: str, hour: int, chinese: bool) -> str:
    late = hour >= 12
    if spelling == "上午/下午" or (chinese and len(spelling) > 3):
        return "下午" if late else "上午"
    first, _, second = spelling.partition("/")
    return second if late else first


def _unit(spelling: str, section: _Section, day: dt.date | None, hour: int, second_of_day: int) -> str:
    """One unit of a date or time: y, m, d, e, g, a, h, n (minutes) or s."""
    letter, length = spelling[0], len(spelling)
    if letter in "hns":
        number = {"h": hour, "n": second_of_day // 60 % 60, "s": second_of_day % 60}[letter]
        return _counted(number, section, min(length, 2))
    assert day is not None
    if letter == "y" and not section.roc:
        if section.numerals:
            return _each(f"{day.year:04d}"[-4 if length > 2 else -2 :], section.numerals)
        return f"{day.year:04d}" if length > 2 else f"{day.year % 100:02d}"
    if letter in "yeb":
        year = day.year - _ROC if day.year > _ROC else day.year
        year = day.year + 543 if letter == "b" else year
        return _counted(year, section, 1 if letter == "y" or length == 1 else 2)
    if letter == "g":
        return _ERA[min(length, 3)] if day.year > _ROC else ""
    if letter == "a":
        return ("星期" if length > 3 else "週") + _WEEKDAYS[day.weekday()]
    if letter == "d" and length > 2:
        if section.chinese:
            return ("星期" if length > 3 else "週") + _WEEKDAYS[day.weekday()]
        name = _ENGLISH_DAYS[day.weekday()]
        return name if length > 3 else name[:3]
    if letter == "m" and length > 2:
        if section.chinese:
            return f"{_MONTHS[day.month - 1] if length == 4 else day.month}月"
        name = _ENGLISH_MONTHS[day.month - 1]
        return name[0] if length == 5 else name if length == 4 else name[:3]
    return _counted(day.month if letter == "m" else day.day, section, length)


def _counted(number: int, section: _Section, width: int) -> str:
    """A number of a date: in Chinese numerals 二十九, without the 一 of 一十."""
    if not section.numerals:
        return f"{number:0{width}d}"
    text = _words(number, section.numerals)
    tens = _DIGITS[section.numerals][1] + _UNITS[section.numerals][0]
    return text[1:] if section.numerals == 1 and text.startswith(tens) else text


# --- Numbers -----------------------------------------------------------------------------------------------------


def _texts(section: _Section, value: str) -> str:
    return "".join(value if part.kind == "text" else part.text for part in section.parts if part.kind != "general")


def _number(section: _Section, value: float, width: int) -> str:
    if section.plain is not None:
        return section.plain.text(value)
    parts = section.parts
    kinds = {part.kind for part in parts}
    if "general" in kinds or "text" in kinds:
        sign = "-" if value < 0 else ""
        shown = general(abs(value), width)
        if section.numerals:
            shown = _in_words(abs(value), section.numerals)
        return sign + "".join(shown if part.kind in ("general", "text") else part.text for part in parts)
    if "digit" not in kinds:
        # Only words: the number itself is not shown, but its sign is.
        words = "".join(part.text for part in parts)
        return f"-{words}" if value < 0 and words else words
    number = _decimal(value)
    percents = sum(part == _Part("sign", "%") for part in parts)
    number = number.scaleb(2 * percents)
    if "exponent" in kinds:
        return _power(section, number)
    slash = next((place for place, part in enumerate(parts) if part == _Part("sign", "/")), None)
    digits = [place for place, part in enumerate(parts) if part.kind == "digit"]
    if slash is not None and digits[0] < slash:
        return _fraction(section, number, slash)
    parts, scale = _unscaled(parts)
    return _fixed(parts, number.scaleb(-3 * scale), section.numerals)


def _unscaled(parts: tuple[_Part, ...]) -> tuple[tuple[_Part, ...], int]:
    """The parts without the commas that divide by a thousand each: those right after the last digit before the point,
    or after the last digit of all."""
    point = next((place for place, part in enumerate(parts) if part == _Part("sign", ".")), len(parts))
    digits = [place for place, part in enumerate(parts) if part.kind == "digit"]
    kept = list(parts)
    scale = 0
    for last in {max((place for place in digits if place < point), default=-1), digits[-1]}:
        place = last + 1
        while last >= 0 and place < len(parts) and parts[place] == _Part("sign", ","):
            kept[place] = _Part("literal", "")
            scale += 1
            place += 1
    return tuple(kept), scale


def _fixed(parts: Sequence[_Part], number: Decimal, numerals: int = 0) -> str:
    """Digits in the places that the code gives them: 0 shows always, # where there is one, ? a blank in its place."""
    point = next((place for place, part in enumerate(parts) if part == _Part("sign", ".")), len(parts))
    before = [place for place, part in enumerate(parts[:point]) if part.kind == "digit"]
    after = [place for place in range(point + 1, len(parts)) if parts[place].kind == "digit"]
    rounded = _rounded(abs(number), len(after))
    whole, _, decimals = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0")
    grouped = any(
        parts[place] == _Part("sign", ",") for place in range(before[0], before[-1]) if before
    ) if before else False  # fmt: skip
    shown = {place: part.text if part.kind == "literal" else "" for place, part in enumerate(parts)}
    for place, part in enumerate(parts):
        if part == _Part("sign", "%") or part == _Part("sign", "/"):
            shown[place] = part.text
    if point < len(parts):
        shown[point] = "."
    count = 0
    for position, place in enumerate(reversed(before)):
        last = position == len(before) - 1
        rest = whole[: max(0, len(whole) - position)]
        piece = rest if last else rest[-1:]
        if not piece:
            piece = {"0": "0", "?": " ", "#": ""}[parts[place].text]
        group = ""
        for digit in reversed(piece):
            if grouped and digit.isdigit() and count and count % 3 == 0:
                group = "," + group
            group = digit + group
            count += digit.isdigit()
        shown[place] = group
    if not before and whole:
        shown[point] = whole + shown.get(point, "")
    significant = len(decimals.rstrip("0"))
    for position, place in enumerate(after):
        optional = position >= significant and parts[place].text != "0"
        blank = " " if parts[place].text == "?" else ""
        shown[place] = blank if optional and not _zero_follows(parts, after, position) else decimals[position]
    text = "".join(shown[place] for place in sorted(shown))
    if numerals:
        text = _each(text, numerals)
    # A number that rounds to nothing has no sign.
    return f"-{text}" if number < 0 and rounded else text


def _zero_follows(parts: Sequence[_Part], after: Sequence[int], position: int) -> bool:
    return any(parts[place].text == "0" for place in after[position + 1 :])


def _power(section: _Section, number: Decimal) -> str:
    """0.00E+00, and ##0.0E+0 with a power that is a multiple of three."""
    parts = section.parts
    at = next(place for place, part in enumerate(parts) if part.kind == "exponent")
    head, tail = parts[:at], parts[at + 1 :]
    point = next((place for place, part in enumerate(head) if part == _Part("sign", ".")), len(head))
    whole = max(1, sum(part.kind == "digit" for part in head[:point]))
    decimals = sum(part.kind == "digit" for part in head[point:])
    power = 0
    if number:
        power = number.adjusted()
        power = power // whole * whole if whole > 1 else power
        if abs(_rounded(number.scaleb(-power), decimals)) >= Decimal(10) ** whole:
            power += whole
    mantissa = _fixed(head, number.scaleb(-power))
    sign = "-" if power < 0 else "+" if parts[at].text.endswith("+") else ""
    return f"{mantissa}E{sign}{_fixed(tail, Decimal(abs(power)))}"


def _fraction(section: _Section, number: Decimal, slash: int) -> str:
    """# ?/?, # ??/??, # ?/4: the nearest fraction with a denominator of as many digits, or with that one."""
    parts = section.parts
    top = slash - 1
    while top > 0 and parts[top - 1].kind == "digit":
        top -= 1
    end = slash + 1
    while end < len(parts) and (parts[end].kind == "digit" or parts[end].text.isdigit()):
        end += 1
    below = "".join(part.text for part in parts[slash + 1 : end])
    size = abs(number)
    whole_places = [place for place in range(top) if parts[place].kind == "digit"]
    whole = int(size) if whole_places else 0
    rest = Fraction(size) - whole
    if any(character in "123456789" for character in below):
        bottom = int(re.sub(r"\D", "0", below))
        count = int(_rounded(Decimal(rest.numerator) * bottom / Decimal(rest.denominator), 0))
    else:
        nearest = rest.limit_denominator(10 ** min(len(below), 7) - 1)
        count, bottom = nearest.numerator, nearest.denominator
    if whole_places and count >= bottom:
        whole, count = whole + count // bottom, count % bottom
    before = parts[:top]
    shown = "".join(part.text for part in before if part.kind == "literal")
    if whole_places:
        last = whole_places[-1]
        must = whole or not count or any(parts[place].text == "0" for place in whole_places)
        shown = _fixed(before[: last + 1], Decimal(whole)) if must else ""
        shown += "".join(part.text for part in before[last + 1 :]) if must and count else ""
        if must and not whole and "0" not in shown:
            shown = f"{shown}0"
    after = "".join(part.text for part in parts[end:] if part.kind == "literal")
    wide = slash - top if all(part.text == "?" for part in parts[top:slash]) else 0
    shown_fraction = f"{str(count).rjust(wide)}/{str(bottom).ljust(len(below))}"
    if whole_places and not count:
        return ("-" if number < 0 and whole else "") + shown + after
    return ("-" if number < 0 else "") + shown + shown_fraction + after


def _each(text: str, numerals: int) -> str:
    """Digit by digit, as 二〇二四."""
    return text.translate({48 + digit: sign for digit, sign in enumerate(_DIGITS[numerals])})


def _in_words(value: float, numerals: int) -> str:
    whole, _, decimals = general(value, WIDEST).partition(".")
    if not whole.isdecimal() or len(whole) > 16:
        return _each(f"{value}", numerals)
    return _words(int(whole), numerals) + (f".{_each(decimals, numerals)}" if decimals else "")


def _words(number: int, numerals: int) -> str:
    """一千二百三十四, 壹仟貳佰參拾肆, １千２百３十４."""
    digits, units = _DIGITS[numerals], _UNITS[numerals]
    if not number:
        return digits[0]
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        piece = ""
        zero = bool(text) and (gap or group < 1000)
        for position, figure in zip((3, 2, 1, 0), f"{group:04d}", strict=True):
            if figure == "0":
                zero = zero or bool(piece)
                continue
            piece += (digits[0] if zero else "") + digits[int(figure)] + (units[position - 1] if position else "")
            zero = False
        text += piece + _MYRIADS[min(place, 3)]
        gap = False
    return text
