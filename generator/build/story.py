"""The story of a build: nothing where nothing changed, else examine → render → convert → join → write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from generator.basic import temporary
from generator.basic.formats import USUAL
from generator.basic.steps import step as logged
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs, unchanged
from generator.build.report import Report
from generator.pdf import office as pdf

if TYPE_CHECKING:
    from generator.build.converter import Ready
    from generator.build.making import Step

SAVED_MEANWHILE = "製作時活頁簿或範本有存檔，文件可能是存檔前的內容。請再執行一次。"


def build(
    workspace: Workspace,
    meeting_id: MeetingId,
    only: Sequence[str] = (),
    formats: Sequence[str] = USUAL,
    step: Step = lambda text: None,
    office: pdf.Office | None = None,
    ready: Ready = lambda files: None,
    processes: int | None = None,
) -> Report:
    """Builds the packet; with errors in the inputs nothing is built and nothing that lies in output/ is touched.

    Where the last build was of the same inputs and its files are all there, nothing is done again.

    Raises what ``make`` raises, and OSError when output/ cannot be written.
    """
    outputs.refuse_bad(workspace.output(meeting_id))
    # Also where nothing is to be written.
    temporary.clear(outputs.state(workspace.output(meeting_id)))
    with logged("build", "核對上次產生之後有無變動"):
        inputs = unchanged.digest(unchanged.contents(workspace, meeting_id))
        before = unchanged.recall(workspace, meeting_id, unchanged.key(inputs, meeting_id, only, formats))
    if before:
        return before
    from generator.build import making, writing

    stamps = unchanged.stamps(workspace)
    # Once more and fresh, after the stamps: what is hashed is what is read, or else the stamps differ in the end.
    inputs = unchanged.digest(unchanged.contents(workspace, meeting_id, True))
    known = unchanged.key(inputs, meeting_id, only, formats)
    built = making.make(workspace, meeting_id, only, formats, step, office, ready=ready, processes=processes)
    if built.examined.meeting is None or built.stopped:
        problems, folder = built.examined.problems, workspace.output(meeting_id)
        return Report(folder, problems, stopped=True, failures=built.failures, inputs=inputs)
    report = writing.write(workspace, built.examined.meeting, built, only, step, inputs)
    if unchanged.stamps(workspace) != stamps:
        # What was hashed may not be what was read: this build is no proof that nothing has changed.
        report.remarks.append(SAVED_MEANWHILE)
    elif not built.late:
        unchanged.remember(known, report)
    return report
