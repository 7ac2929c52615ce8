"""click in the users' language: its own messages in Chinese, and its help in columns that fit wide characters.

The translations are ``locale/zh_TW/LC_MESSAGES/messages.po``; after a change of it,
``pybabel compile --directory generator/cli/locale`` writes the ``messages.mo`` that is read here.
"""

from __future__ import annotations

import gettext
import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

LANGUAGE = "zh_TW"
LOCALE = Path(__file__).with_name("locale")

_FILLER = "\0"


def in_chinese() -> None:
    """Makes click speak Chinese whatever the machine speaks; to be called before options are declared.

    click asks the default domain of gettext, some texts (that of ``--version``) already at their declaration. For
    gettext the variable LANGUAGE goes before all others, and it is the only way to tell it a language.
    """
    os.environ["LANGUAGE"] = LANGUAGE
    gettext.bindtextdomain("messages", str(LOCALE))


def _padded(text: str) -> str:
    """``text`` with a filler before each wide character, so that its length is the columns that it takes.

    Where a line ends between the two it is one column too long; click leaves two at the edge of the terminal.
    """
    return "".join(_FILLER + char if unicodedata.east_asian_width(char) in "WF" else char for char in text)


class Formatter(click.HelpFormatter):
    """click counts characters; a Chinese one takes two columns of the terminal."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _padded(args), _padded(prefix or gettext.gettext("Usage:")))

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        super().write_text(_padded(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_padded(term), _padded(text)) for term, text in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().replace(_FILLER, "")


class Context(click.Context):
    """A context whose help is laid out by our formatter."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose usage line is Chinese throughout: click has no translation for its placeholders."""

    context_class = Context

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[選項]"} | settings)


class Group(click.Group):
    """The same for a group; its commands are ours too."""

    context_class = Context
    command_class = Command

    def __init__(self, *args: Any, **settings: Any) -> None:
        placeholders = {"options_metavar": "[選項]", "subcommand_metavar": "指令 [參數]..."}
        super().__init__(*args, **placeholders | settings)
