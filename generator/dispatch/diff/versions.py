"""A version of a meeting's documents, to compare with another: a release, or what a build makes now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.basic.workspace import Workspace
from generator.build.story import Made
from generator.dispatch import releases
from generator.dispatch.releases import Refused, Release

_NOW = "目前的資料"


@dataclass(frozen=True, slots=True)
class Version:
    """One side of the comparison: documents by file name, workbooks by their path, and the manifest of both."""

    title: str
    manifest: Mapping[str, Any]
    documents: Mapping[str, bytes]
    books: Mapping[str, Path]

    @property
    def templates(self) -> dict[str, str]:
        """The templates' hashes by file name."""
        read = [one for one in self.manifest["inputs"] if one["path"].startswith("templates/")]
        return {Path(one["path"]).name: one["sha256"] for one in read}

    @property
    def figures(self) -> dict[str, Mapping[str, Any]]:
        return {one["name"]: one for one in self.manifest["figures"]}

    @property
    def attached(self) -> dict[str, str]:
        """The hashes of the files from elsewhere that stand in a document's place, by the document's name."""
        hashes = {one["path"]: one["sha256"] for one in self.manifest["inputs"]}
        return {one["name"]: hashes[one["enclosure"]] for one in self.manifest["documents"] if one["enclosure"]}

    def about(self, file: str) -> Mapping[str, Any]:
        """What the manifest says of the document in a file."""
        name = file.rpartition(".")[0]
        return next((one for one in self.manifest["documents"] if one["name"] == name), {})


def of(release: Release) -> Version:
    """A release as one side of a comparison. Raises Refused where it is not as it was made."""
    if faults := release.faults():
        listed = "；".join(faults)
        raise Refused(f"{release.name}與凍結時不同，不能比較：{listed}。請由備份還原，或以 --from、--to 另指定版本。")
    manifest, folder = release.manifest, release.folder
    documents = {one["name"]: (folder / one["path"]).read_bytes() for one in manifest["files"]}
    books = {one["path"]: folder / one["copy"] for one in manifest["inputs"] if "copy" in one}
    return Version(release.title, manifest, documents, books)


def present(workspace: Workspace, made: Made) -> Version:
    """What a build makes now as one side of a comparison."""
    manifest = releases.contents(workspace, made)
    paths = [str(one["path"]) for one in manifest["inputs"]]
    books = {path: workspace.root / path for path in paths if path.startswith("inputs/")}
    return Version(_NOW, manifest, made.files, books)
