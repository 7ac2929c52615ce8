"""The numbers of points, as text: 一、 （一） 1. （1） (文書處理手冊)."""

from __future__ import annotations

from generator.basic import roc


def label(level: int, number: int) -> str:
    """一、 （一） 1. （1） by level 1 to 4 (文書處理手冊); a label in digits ends with a tab up to the text."""
    if level == 1:
        return f"{roc.numeral(number)}、"
    if level == 2:
        return f"（{roc.numeral(number)}）"
    return f"{number}.\t" if level == 3 else f"（{number}）"


def numbered(count: int, always: bool = False, level: int = 1) -> list[str]:
    """一、二、三、 … for a list, by its level; a single entry carries no number unless ``always``."""
    if count == 1 and not always:
        return [""]
    return [label(level, number) for number in range(1, count + 1)]
