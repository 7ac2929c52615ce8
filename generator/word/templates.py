"""Which templates a folder has. Apart from render, so that a check need not load what fills them in."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from generator.basic.problem import Code, Location, Problem, error, perhaps, problem


class TemplateFileCode(Code):
    """The problems that this module finds."""

    NO_SUCH_TEMPLATE = error("templates 內沒有範本「{name}」", "請改正範本名稱。{perhaps}")
    TEMPLATE_GONE = error(
        "templates 內沒有範本「{name}」", "請由 packet init 建立的新工作區複製到 templates。{perhaps}"
    )


def available(folder: Path, ending: str = "docx") -> list[str]:
    """The names of the templates in a folder, without ending."""
    paths = (path for path in folder.glob(f"*.{ending}") if not path.name.startswith("~$"))
    # No folder, and no pipe: whoever opens one waits for ever.
    return sorted(path.stem for path in paths if path.is_file())


def missing(name: str, have: Collection[str], at: Location, ending: str = "docx") -> Problem | None:
    """A problem when a template is not among those that there are, ``have``: at the cell that names it, or its file."""
    if name in have:
        return None
    code = TemplateFileCode.NO_SUCH_TEMPLATE if at.cell else TemplateFileCode.TEMPLATE_GONE
    return problem(code, at, name=f"{name}.{ending}", perhaps=perhaps(name, have))
