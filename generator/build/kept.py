"""Files that are kept for the next build under the hash of what they were made from. The folder may be thrown away."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from generator.build import outputs


class Kept:
    """The files of a folder by key and ending. The name of each ends with the hash of its content: one that was damaged
    is removed, and made anew by whoever asks for it. At most ``most`` files stay."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self._most = folder, most
        self._found: dict[str, Path] = {}
        # The names in the folder by what they begin with; read once, since a build asks for dozens.
        self._names: dict[str, list[str]] | None = None

    def path(self, key: str, ending: str) -> Path | None:
        """The file, if it is as it was put there."""
        name = f"{key}.{ending}"
        if name not in self._found:
            for there in self._named(key, ending):
                path = self.folder / there
                try:
                    if there == _name(key, path.read_bytes(), ending):
                        self._found[name] = path
                        break
                    path.unlink()
                except OSError:
                    # Of another user, or just removed.
                    continue
        return self._found.get(name)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was there."""
        return not self._listed()

    def _named(self, key: str, ending: str) -> list[str]:
        return [name for name in self._listed().get(key, ()) if name.endswith(f".{ending}")]

    def _listed(self) -> dict[str, list[str]]:
        if self._names is None:
            self._names = {}
            try:
                names = sorted(os.listdir(self.folder))
            except OSError:
                names = []
            for name in names:
                self._names.setdefault(name.partition(".")[0], []).append(name)
        return self._names

    def content(self, key: str, ending: str) -> bytes | None:
        """The content of the file."""
        path = self.path(key, ending)
        try:
            return path.read_bytes() if path is not None else None
        except OSError:
            return None

    def put(self, files: Mapping[tuple[str, str], bytes]) -> None:
        """Keeps files by key and ending. Raises OSError where the folder cannot be written."""
        if not files:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        # Beside the folder, where every command that writes clears what killed ones left.
        with outputs.aside_in(self.folder.parent) as place:
            for (key, ending), content in files.items():
                kept = self.folder / _name(key, content, ending)
                # Not waiting for the disk: what a power cut spoils is not what its name says, and made anew.
                (place / "new").write_bytes(content)
                os.replace(place / "new", kept)
                self._found[f"{key}.{ending}"] = kept

    def tidy(self, wanted: Collection[Path]) -> None:
        """Removes the oldest files above the number that stays, but none of ``wanted``."""
        if not self.folder.is_dir():
            return
        for old in sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime)[: -self._most]:
            if old not in wanted and old.is_file():
                old.unlink(missing_ok=True)


def _name(key: str, content: bytes, ending: str) -> str:
    return f"{key}.{outputs.digest(content)[:16]}.{ending}"
