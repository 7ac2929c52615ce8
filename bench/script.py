"""What a user would write instead: docxtpl for each document, one call of LibreOffice for each, pypdf to join.

The reading of the workbooks is packet's own, which is a gift to this script. Usage: script.py WORKSPACE MEETING INTO
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from docxtpl import DocxTemplate
from pypdf import PdfWriter

from generator.basic.workspace import MeetingId, Workspace
from generator.build import examine
from generator.pdf import office as pdf
from generator.prose import language
from generator.word import render


def main(root: str, meeting: str, into: str) -> None:
    workspace, folder = Workspace(Path(root)), Path(into)
    examined = examine.examine_all(workspace, MeetingId.parse(meeting))
    office = pdf.find_office()
    assert office is not None
    writer = PdfWriter()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        for document in examined.documents:
            if document.ending != "docx":
                continue
            template = DocxTemplate(workspace.templates / document.template_file)
            template.render({**document.context, **render.MARKS}, language.environment(True), autoescape=True)
            made = folder / f"{document.name}.docx"
            template.save(made)
            options = [f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "pdf"]
            subprocess.run(
                [str(office), *options, "--outdir", str(folder), str(made)],
                check=True,
                capture_output=True,
                env=pdf.font_environment(),
            )
            if document.joined:
                writer.append(folder / f"{document.name}.pdf", outline_item=document.bookmark)
    with (folder / "會議資料.pdf").open("wb") as stream:
        writer.write(stream)


if __name__ == "__main__":
    main(*sys.argv[1:])
