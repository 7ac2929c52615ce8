"""A version of a meeting's documents, to compare with another: a release, or what a build makes now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.basic.workspace import Workspace
from generator.build.making import Built
from generator.dispatch import releases
from generator.dispatch.releases import Refused, Release
from generator.documents.passages import Contents, from_json

_NOW = "目前的資料"


class Version(Struct, frozen=True, dict=True):
    """One side of the comparison: its manifest (with the texts of its documents), and its workbooks by path."""

    title: str
    manifest: Mapping[str, Any]
    books: Mapping[str, Path]

    @property
    def unkept(self) -> set[str]:
        """The files of inputs/ of which it has the hash alone: attachments whose rows do not ask for the original."""
        paths = {entry["path"] for entry in self.manifest["inputs"] if entry["path"].startswith("inputs/")}
        return paths - set(self.books)

    @property
    def templates(self) -> dict[str, str]:
        """The templates' hashes by file name."""
        read = [entry for entry in self.manifest["inputs"] if entry["path"].startswith("templates/")]
        return {Path(entry["path"]).name: entry["sha256"] for entry in read}

    @property
    def figures(self) -> dict[str, Mapping[str, Any]]:
        return {figure["name"]: figure for figure in self.manifest["figures"]}

    @property
    def attached(self) -> dict[str, str]:
        """The hashes of attached files, by the name of their document."""
        hashes = {entry["path"]: entry["sha256"] for entry in self.manifest["inputs"]}
        documents = self.manifest["documents"]
        return {document["name"]: hashes[document["enclosure"]] for document in documents if document["enclosure"]}

    @cached_property
    def contents(self) -> dict[str, Contents]:
        """The texts of the documents by file name, without attached files."""
        documents = [document for document in self.manifest["documents"] if not document["enclosure"]]
        return {document["file"]: from_json(document["contents"]) for document in documents}

    def digest(self, file: str) -> str:
        """The hash of the document as rendered."""
        return str(self.manifest["sources"][file.rpartition(".")[0]])

    def about(self, file: str) -> Mapping[str, Any]:
        """The entry of a document in the manifest, by its file."""
        name = file.rpartition(".")[0]
        return next((document for document in self.manifest["documents"] if document["name"] == name), {})


def of(release: Release) -> Version:
    """A release as one side of a comparison. Raises Refused if it was changed, or frozen by an older program."""
    if faults := release.faults():
        listed = "；".join(faults)
        raise Refused(f"{release.name}與凍結時不同，不能比較：{listed}。請由備份還原，或以 --from、--to 另指定版本。")
    manifest, folder = release.manifest, release.folder
    if any("contents" not in document for document in manifest["documents"] if not document["enclosure"]):
        raise Refused(f"{release.name}是較早的程式凍結的，沒有記下文字的來源，不能比較。請以 --from、--to 另指定版本。")
    books = {entry["path"]: folder / entry["copy"] for entry in manifest["inputs"] if "copy" in entry}
    return Version(release.title, manifest, books)


def present(workspace: Workspace, build: Built) -> Version:
    """A new build as one side of a comparison."""
    manifest = releases.contents(workspace, build)
    paths = [str(entry["path"]) for entry in manifest["inputs"]]
    return Version(_NOW, manifest, {path: workspace.root / path for path in paths if path.startswith("inputs/")})
