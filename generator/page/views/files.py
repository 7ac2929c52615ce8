"""Files of the workspace to keep: what the program wrote into a folder, one of it by its id, and its download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from generator.basic import formats
from generator.build import outputs
from generator.page import ids
from generator.page.views.frame import missing


def written(folder: Path) -> Iterator[Path]:
    """What the program wrote into a folder and still lies there."""
    for name in outputs.read_record(folder):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            yield path


def chosen(request: Request, paths: Iterable[Path], text: str) -> Path:
    """The file whose id is in the address; ``text`` says that there is none. Nothing else becomes a path."""
    given = request.path_params["file"]
    found = next((path for path in paths if ids.of(path.name) == given), None)
    if found is None:
        raise missing(text)
    return found


def download(root: Path, path: Path) -> Response:
    """A file of the workspace to keep; nothing outside of it, and no link that may lead there."""
    if path.is_symlink() or not path.resolve().is_relative_to(root):
        raise missing("沒有這個檔案。")
    try:
        content = path.read_bytes()
    except OSError:
        raise missing("這個檔案現在無法讀取。") from None
    name = quote(path.name, safe="")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=formats.media_type(path.name), headers=headers)
