"""Plain documents of a few lines, whose PDF holds the typefaces that are written on pages afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from generator.basic.package import written

_CHINESE = "第頁，共附件"
LATIN = "0123456789 "


def glyph_document(more: str = "") -> bytes:
    """A .docx with every sign of a page number and a label, and ``more`` Chinese signs of marks.

    Its PDF holds the typefaces that Stamp.from_pdf takes.
    """
    # The space stands between digits, where it is of their typeface.
    latin = LATIN.strip()
    return text_document([f"{latin} {latin}", signs(more)])


def signs(more: str) -> str:
    """Each Chinese sign once."""
    return "".join(dict.fromkeys(_CHINESE + more.replace(" ", "")))


def text_document(lines: Iterable[str]) -> bytes:
    """A .docx with these lines, as XML has them, a paragraph each, in the typefaces of papers."""

    def run(text: str) -> str:
        fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="標楷體"/>'
        return f'<w:r><w:rPr>{fonts}<w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'

    return document("".join(f"<w:p>{run(line)}</w:p>" for line in lines))


def document(body: str) -> bytes:
    """A .docx with this body, as XML has it, and nothing else."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1"'
        f' Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>",
    }
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return written((name, f"{declared}{text}".encode()) for name, text in files.items())
