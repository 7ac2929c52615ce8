"""審閱本 (`packet build --review`): each .docx and .pptx with a comment at every figure. Never mailed, never published.

They lie in a folder of their own beside the meeting's, which nothing else reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.basic.workspace import MeetingId, Workspace
from generator.build import making, outputs
from generator.build.making import Step
from generator.build.result import Result
from generator.dispatch import releases
from generator.dispatch.releases import Release
from generator.documents import review_copy
from generator.meeting import figures
from generator.slides import review as slides
from generator.word import review as word

# By the ending of a document, what writes the comments.
_COMMENTED = {"docx": word.commented, "pptx": slides.commented}


def folder(workspace: Workspace, meeting: MeetingId) -> Path:
    """Where the review copies of a meeting lie."""
    return workspace.beside(meeting, review_copy.MARK)


def write(workspace: Workspace, meeting_id: MeetingId, step: Step = lambda text: None) -> Result:
    """Writes the review copies; none where the inputs have errors.

    Raises what making.make raises, and OSError where the folder cannot be written.
    """
    place = folder(workspace, meeting_id)
    outputs.refuse_bad(place)
    built = making.make(workspace, meeting_id, formats=("docx",), step=step)
    result = Result(place, built.examined.problems, remarks=list(built.remarks), failures=list(built.failures))
    meeting = built.examined.meeting
    if meeting is None or built.stopped:
        return result
    have = releases.every(workspace, meeting_id)
    last = have[-1] if have else None
    before = {figure["name"]: figure for figure in last.manifest.get("figures", ())} if last else {}
    known = built.examined.figures

    def about(name: str) -> str:
        figure = known[name]
        cells = "、".join(str(cell) for cell in figure.cells)
        value = figures.shown(figure.value)
        return f"{name}\n現值：{value}\n儲存格：{cells}\n{_since(last, before.get(name), value)}"

    step("加上註解")
    files = {}
    for document in built.examined.documents:
        commented = _COMMENTED.get(document.ending)
        if commented is not None and document.name in built.contents and document.file in built.files:
            name = f"{document.name}（{review_copy.MARK}）.{document.ending}"
            content, contents = built.files[document.file], built.contents[document.name]
            files[name] = commented(content, contents, meeting.date, about)
    step("寫入檔案")
    stale = {name: outputs.GONE for name in outputs.read_record(place) if name not in files}
    result.outcomes = outputs.write_all(place, files, stale, {})
    result.remarks.append("審閱本只供機關內部核對，不寄出、不公開，也不凍結為版本。")
    return result


def _since(last: Release | None, before: Mapping[str, Any] | None, value: str) -> str:
    """What the value was in the last release."""
    if last is None:
        return "還沒有凍結的版本"
    if not last.manifest:
        return f"{last.name}讀不懂，無法比較"
    if before is None:
        return f"{last.name}沒有這個數字"
    was = figures.shown(before["value"])
    return f"自{last.name}以來沒有變動" if was == value else f"{last.name}是 {was}，已變動"
