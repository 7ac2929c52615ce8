"""The paper that pages from elsewhere are brought to, and the room on it. Lengths are in points."""

from __future__ import annotations

A4 = (595.276, 841.890)
_CM = 72 / 2.54
# What every page keeps free: for the label above, for the page number below, and at the sides.
ABOVE, BELOW, BESIDE = 1.8 * _CM, 2.0 * _CM, 1.0 * _CM
# Slides are enlarged to fill their page, a receipt is not: from A5 to A4, and no more.
MOST_ENLARGED = 2**0.5


def placed(
    wide: float, tall: float, unit: float = 1.0, above: float = ABOVE, on_side: bool | None = None
) -> tuple[tuple[float, float], float]:
    """The paper for a page of that size, and the scale of what is drawn there; ``above`` is kept free at the top.

    ``on_side``: whether the paper lies on its side; where None, as the page does.
    """
    paper = (A4[1], A4[0]) if (wide > tall if on_side is None else on_side) else A4
    free = (paper[0] - 2 * BESIDE, paper[1] - above - BELOW)
    return paper, min(free[0] / wide, free[1] / tall, MOST_ENLARGED * unit)


# The room of a page that is upright, and of one on its side: across and down, in cm.
FREE = ((A4[0] - 2 * BESIDE) / _CM, (A4[1] - 2 * BESIDE) / _CM)
FREE_DOWN = ((A4[1] - ABOVE - BELOW) / _CM, (A4[0] - ABOVE - BELOW) / _CM)


def scale_on_paper(wide: float, tall: float) -> float:
    """How large a page of that size in cm is drawn."""
    return placed(wide * _CM, tall * _CM)[1]
