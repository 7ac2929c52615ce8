"""The report of a build, the manifest packet.json, and the JSON that ``--json`` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import field

from generator import __version__
from generator.basic.problem import Problem
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.documents.passages import Contents, as_json
from generator.meeting import figures, load, workdays
from generator.meeting.figures import Figure
from generator.meeting.schedule import Deadline
from generator.workbook import books

if TYPE_CHECKING:
    from generator.build.examine import Examined


class Report(Result, kw_only=True):
    """What a build did; plain data, which may be kept or sent to another process.

    ``stopped``: errors in the inputs, nothing was built. ``sources`` are the hashes of what was rendered, by document,
    ``inputs`` is that of the files which were read.
    """

    stopped: bool = False
    deadlines: tuple[Deadline, ...] = ()
    manifest: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    inputs: str = ""


def manifest(
    workspace: Workspace, examined: Examined, hashes: Mapping[str, str], contents: Mapping[str, Contents]
) -> dict[str, Any]:
    """What was built from what; ``hashes`` are those of the files that are there, by name, ``contents`` the
    texts of the documents that were made now."""
    meeting = examined.meeting
    assert meeting is not None
    used = {document.template_file for document in examined.documents}
    own = workspace.own_agency_book(meeting.id)
    shared = [book for book in load.agency_books(workspace, meeting.id) if book != own]
    read = [*shared, *books.lists(workspace.inputs(meeting.id))]
    read += [book for name in sorted(meeting.regulations) if (book := books.find(workspace.shared, name))]
    read += [enclosure.path for enclosure in meeting.files.values()]
    read += workdays.files(workspace.shared)
    read += [workspace.templates / name for name in sorted(used)]
    return {
        "packet": __version__,
        "meeting": {"id": str(meeting.id), "name": meeting.name, "date": meeting.date.isoformat()},
        "documents": [
            {
                "name": document.name,
                "title": document.title,
                "template": document.template,
                "audience": document.audience,
                "files": {
                    ending: hashes[f"{document.name}.{ending}"]
                    for ending in (document.ending, "pdf")
                    if f"{document.name}.{ending}" in hashes
                },
                **({"contents": as_json(contents[document.name])} if document.name in contents else {}),
            }
            for document in examined.documents
        ],
        "inputs": [
            {"path": path.relative_to(workspace.root).as_posix(), "sha256": outputs.digest(path.read_bytes())}
            for path in read
            if path.is_file()
        ],
        "figures": [figure_json(figure) for figure in examined.figures.values()],
        "problems": [problem_json(found) for found in examined.problems],
    }


def with_contents_of(manifest: dict[str, Any], folder: Path) -> None:
    """Copies contents of documents that were not made now from the manifest before, where their files are the same."""
    try:
        before = json.loads((folder / outputs.MANIFEST).read_text("utf-8"))["documents"]
        known = {entry["name"]: (entry["files"], entry["contents"]) for entry in before if "contents" in entry}
        for document in manifest["documents"]:
            files, contents = known.get(document["name"], (None, None))
            if "contents" not in document and files == document["files"]:
                document["contents"] = contents
    except (OSError, ValueError, TypeError, KeyError):
        # There is none, or it is no manifest of ours.
        return


def report_json(report: Report) -> dict[str, Any]:
    """A build for a program: the manifest (or the problems that stopped it) and what became of the files."""
    outcomes = [outcome_json(outcome) for outcome in report.outcomes]
    rest = {"outcomes": outcomes, "remarks": report.remarks, "failures": report.failures}
    return {**(report.manifest or {"documents": [], "problems": problems_json(report.problems)}), **rest}


def result_json(result: Result) -> dict[str, Any]:
    """What a command did, for a program."""
    return {
        "folder": result.folder.name,
        "problems": problems_json(result.problems),
        "outcomes": [outcome_json(outcome) for outcome in result.outcomes],
        "remarks": result.remarks,
        "failures": result.failures,
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """A figure for a program: its value where that is a number, as printed otherwise."""
    value = figure.value if isinstance(figure.value, int) else figures.shown(figure.value)
    return {"name": figure.name, "value": value, "cells": [str(cell) for cell in figure.cells]}


def outcome_json(found: outputs.Outcome) -> dict[str, str]:
    return {"name": found.name, "outcome": found.how, "kept_as": found.kept_as}


def problem_json(found: Problem) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "workbook": found.at.workbook,
        "sheet": found.at.sheet,
        "cell": found.at.cell,
        "text": found.text,
        "remedy": found.remedy,
    }


def problems_json(found: Sequence[Problem]) -> list[dict[str, Any]]:
    return [problem_json(problem) for problem in found]


def as_bytes(value: object) -> bytes:
    """A JSON file: UTF-8, indented, a line end at its end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
