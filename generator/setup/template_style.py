"""`packet template style`: the styles of one Word template taken over by all others."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lxml import etree

from generator.basic import roc
from generator.basic.failure import UserError
from generator.basic.package import DAMAGED
from generator.basic.problem import perhaps
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.word import looks
from generator.word.templates import available

# Templates as they were, in a folder of this name and its time, where no command looks for templates.
BEFORE = "套用樣式前"


class UnknownTemplate(UserError):
    """There is no such template, or it cannot be read; the text is for the user."""


def take_over(workspace: Workspace, name: str, now: dt.datetime) -> Result:
    """Gives every other .docx template the styles of ``name``; those that change are kept as they were in a folder.

    Raises UnknownTemplate; OSError where templates/ cannot be written.
    """
    folder = workspace.templates
    name = name.removesuffix(".docx")
    have = available(folder)
    if name not in have:
        raise UnknownTemplate(f"templates 內沒有範本「{name}.docx」。{perhaps(name, have)}")
    source = (folder / f"{name}.docx").read_bytes()
    result = Result(folder)
    kept = folder / f"{BEFORE} {roc.short_date(now.date())}-{now:%H%M%S}"
    for other in have:
        if other != name:
            _restyle(folder / f"{other}.docx", source, kept, result)
    if kept.is_dir():
        result.remarks.append(f"原來的範本在 templates/{kept.name}，確認無誤後可刪除。")
    return result


def _restyle(path: Path, source: bytes, kept: Path, result: Result) -> None:
    try:
        before = path.read_bytes()
        after = looks.with_styles_of(source, before)
    except PermissionError:
        result.outcomes.append(outputs.Outcome(path.name, outputs.LOCKED))
        return
    except (*DAMAGED, KeyError, ValueError, etree.XMLSyntaxError):
        result.failures.append(f"「{path.name}」不是可讀的 .docx，樣式沒有改。請在 Word 修復後另存，再執行一次。")
        return
    if looks.same_styles(before, after):
        result.outcomes.append(outputs.Outcome(path.name, outputs.SAME))
        return
    kept.mkdir(exist_ok=True)
    (kept / path.name).write_bytes(before)
    try:
        with outputs.aside_in(path.parent) as place:
            outputs.replace(path, after, place)
    except PermissionError:
        (kept / path.name).unlink()
        result.outcomes.append(outputs.Outcome(path.name, outputs.LOCKED))
    else:
        result.outcomes.append(outputs.Outcome(path.name, outputs.CHANGED))
