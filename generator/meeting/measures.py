"""Numbers of a rule as people write them: 12人, 過半數, 1/2 以上, 三分之二以上, 40%."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.workbook.values import folded

_NUMBER = r"\d+|[一二兩三四五六七八九十百零〇]+"
_UNITS = r"(?:人|名|位|次|年|日|天|個月|個工作日|工作日|席)?"
_COUNT = compile_late(rf"({_NUMBER}){_UNITS}(?:\(含\))?(?:以上|以內)?")
_WHOLE = compile_late(r"^(?:全體|應出席|總數|之|的|委員|代表|成員|出席|人數)+")
_PART = compile_late(
    rf"(逾|超過|過)?(?:(\d+)/(\d+)|({_NUMBER})分之({_NUMBER})|(\d+(?:\.\d+)?)%|(0?\.\d+))(?:\(含\))?(以上)?"
)
_MORE_THAN_HALF = compile_late(r"(?:逾|超過|過)(?:半數|半)(?:以上)?")
_HALF = compile_late(r"(?:半數|一半)(?:\(含\))?(?:以上)?")


class Measure(Struct, frozen=True):
    """So many, or a part of a whole. ``beyond``: more than that part; else it is enough to reach it."""

    number: Fraction
    part: bool = False
    beyond: bool = False

    def __str__(self) -> str:
        """12, 二分之一以上, 過半數, 逾三分之二, 40%以上."""
        if not self.part:
            return str(self.number)
        return (
            f"{'逾' if self.beyond else ''}{self.share}{'' if self.beyond else '以上'}" if not self._half else "過半數"
        )

    @property
    def _half(self) -> bool:
        return self.beyond and self.number == Fraction(1, 2)

    @property
    def share(self) -> str:
        """三分之一; 40% where the parts are many."""
        if self.number.denominator > 10:
            return f"{float(self.number * 100):g}%"
        return f"{roc.numeral(self.number.denominator)}分之{roc.numeral(self.number.numerator)}"

    def is_reached(self, count: int, whole: int) -> bool:
        """Whether ``count`` of ``whole`` are enough."""
        least = self.number * whole if self.part else self.number
        return count > least if self.beyond else count >= least

    def lacking(self, whole: str) -> str:
        """What a message says of too few: 不足委員 10 人的二分之一; ``whole`` is 委員 10 人."""
        if not self.part:
            return f"少於 {self.number} 人"
        if self.beyond:
            return f"沒有超過{whole}的{'半數' if self._half else self.share}"
        return f"不足{whole}的{self.share}"


def measure(text: str) -> Measure:
    """A number of people or a part of them. Raises ValueError for anything else."""
    plain = _WHOLE.sub("", folded(text).replace("⁄", "/"))
    if _MORE_THAN_HALF.fullmatch(plain):
        return Measure(Fraction(1, 2), part=True, beyond=True)
    if _HALF.fullmatch(plain):
        return Measure(Fraction(1, 2), part=True)
    match = _PART.fullmatch(plain)
    if match is None:
        return Measure(Fraction(count(plain)))
    beyond, over, under, parts, several, percent, decimal, _ = match.groups()
    if over:
        whole, some = int(under), int(over)
    elif parts:
        whole, some = _read(parts), _read(several)
    else:
        exact = Fraction(percent) / 100 if percent else Fraction(decimal)
        whole, some = exact.denominator, exact.numerator
    if not 0 < some <= whole:
        raise ValueError(f"{text} is no part")
    return Measure(Fraction(some, whole), part=True, beyond=bool(beyond))


def count(text: str) -> int:
    """A whole number, with its unit or without: 11, 11人, 十一人以上, 5個工作日. Raises ValueError."""
    match = _COUNT.fullmatch(folded(text))
    if match is None:
        raise ValueError(f"{text} is no count")
    return _read(match[1])


def _read(text: str) -> int:
    """A number in digits or in Chinese. Raises ValueError."""
    return int(text) if text.isdecimal() else roc.number_of(text)
