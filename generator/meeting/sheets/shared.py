"""The workbooks of 共用 that hold a regulation: its paragraphs, one to a row."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from generator.workbook.record import Kind, Record, column, sheet


@sheet("條文", about="法規條文，照原文編號印出")
class Article(Record, frozen=True):
    """A paragraph of a regulation, in a workbook of 共用. ``label`` as printed, empty for a continuation."""

    sort: str = column("層級", Kind.CHOICE, choices=("名稱", "沿革", "1", "2", "3", "4"), example="1", width=8)
    label: str = column("條號", filled=False, hint="照原文，程式不重編；續行留空白", example="一、", width=10)
    text: str = column("內容", hint="一列一項，照原文", width=100)

    @property
    def level(self) -> int:
        """1–4; 0 for the name and the history."""
        return int(self.sort) if self.sort.isdigit() else 0


class Regulation(Struct, frozen=True):
    name: str
    history: tuple[str, ...]
    articles: tuple[Article, ...]


def regulation(name: str, articles: Sequence[Article]) -> Regulation:
    """The regulation that these rows hold; ``name`` is that of the file, which counts where no row gives one."""
    return Regulation(
        name=next((article.text for article in articles if article.sort == "名稱"), name),
        history=tuple(article.text for article in articles if article.sort == "沿革"),
        articles=tuple(article for article in articles if article.level),
    )
