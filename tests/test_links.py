"""Documents from elsewhere: what they would fetch is cut, and (marked office) LibreOffice fetches and runs nothing."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import re
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pypdf
import pytest

from generator.pdf import links
from generator.pdf import office as pdf

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES = {
    **{name: f"{_ODF}{name}:1.0" for name in ("office", "text", "table", "style", "script")},
    "draw": f"{_ODF}drawing:1.0",
    "svg": f"{_ODF}svg-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "ooo": "http://openoffice.org/2004/office",
    "dom": "http://www.w3.org/2001/xml-events",
    "of": f"{_ODF}of:1.2",
}


def flat(kind: str, body: str, before: str = "") -> bytes:
    """An ODF document in one file; ``kind`` is "text", "spreadsheet" or "presentation"."""
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    mark = f"application/vnd.oasis.opendocument.{kind}"
    return (
        f'<office:document{names} office:version="1.3" office:mimetype="{mark}">{before}'
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    ).encode()


def packed(files: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def frame(inside: str) -> str:
    return f'<draw:frame text:anchor-type="as-char" svg:width="6cm" svg:height="2cm">{inside}</draw:frame>'


def picture(address: str) -> str:
    return frame(f'<draw:image xlink:type="simple" xlink:actuate="onLoad" xlink:href="{address}"/>')


def slide(inside: str) -> str:
    return f'<draw:page draw:name="第一張">{frame(f"<draw:text-box>{inside}</draw:text-box>")}</draw:page>'


def workbook(path: Path, formulas: list[str], values: list[str]) -> Path:
    """An .xlsx whose first row has the formulas with the values that were saved with them."""
    openpyxl.Workbook().save(path)
    cells = "".join(
        f'<c r="{chr(65 + number)}1" t="str"><f>{formula}</f><v>{value}</v></c>'
        for number, (formula, value) in enumerate(zip(formulas, values, strict=True))
    )
    with zipfile.ZipFile(path) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes)
    row = f'<sheetData><row r="1">{cells}</row></sheetData>'
    parts["xl/worksheets/sheet1.xml"] = re.sub("<sheetData ?/>|<sheetData></sheetData>", lambda _: row, sheet.decode())
    assert row in str(parts["xl/worksheets/sheet1.xml"])
    path.write_bytes(packed(parts))
    return path


def linked_picture(path: Path, address: str) -> Path:
    """A .docx that says KEPT and has a picture that lies elsewhere."""
    import docx

    made = docx.Document()
    made.add_paragraph("KEPT")
    pixel = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTjeagAAAABJRU5ErkJggg=="
    )
    made.add_picture(io.BytesIO(pixel))
    (blip,) = made.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip")
    (embed,) = blip.attrib
    del blip.attrib[embed]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    blip.set(embed.replace("embed", "link"), made.part.relate_to(address, kind, is_external=True))
    made.save(str(path))
    return path


def words(path: Path) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


# --- what is cut ------------------------------------------------------------------------------------------------


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


RELATION = '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'


def relationships(kind: str, rest: str) -> bytes:
    names = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    return packed({"word/_rels/a.xml.rels": f"<Relationships {names}>{RELATION.format(kind)} {rest}/></Relationships>"})


def sheet_xml(cells: str) -> bytes:
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return packed({"xl/a.xml": f"<worksheet {names}><sheetData><row>{cells}</row></sheetData></worksheet>"})


@pytest.mark.parametrize(
    "rest",
    [
        'Target="http://a.example/b.png" TargetMode="External"',
        'Target="file:///b.png" TargetMode=" external"',
        'Target="http://a.example/b.png"',
        'Target="&#104;ttp://a.example/b.png"',
        r'Target="\\\\a.example\\b.png"',
    ],
)
def test_a_part_that_lies_elsewhere_is_cut(rest: str) -> None:
    assert "<Relationship " not in part(links.cut(relationships("image", rest)), "word/_rels/a.xml.rels")


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        ("hyperlink", 'Target="http://a.example/" TargetMode="External"'),
        ("image", 'Target="media/b.png"'),
        ("officeDocument", 'Target="/word/document.xml"'),
    ],
)
def test_links_to_click_and_parts_of_the_package_stay(kind: str, rest: str) -> None:
    content = relationships(kind, rest)
    assert links.cut(content) == content


@pytest.mark.parametrize(
    "formula",
    [
        "INDIRECT(A2)",
        "1+indirect(A2)",
        "INDI&#82;ECT(A2)",
        "INDI<![CDATA[RECT]]>(A2)",
        "INDI<!-- -->RECT(A2)",
        '_xlfn.WEBSERVICE("http://a.example")',
        "[1]Sheet1!$A$1",
    ],
)
def test_a_formula_that_reaches_out_of_the_workbook_leaves_its_saved_value(formula: str) -> None:
    made = part(links.cut(sheet_xml(f'<c r="A1" t="str"><f>{formula}</f><v>舊</v></c>')), "xl/a.xml")
    assert "<f>" not in made
    assert "<v>舊</v>" in made


def test_formulas_that_share_such_a_formula_or_use_such_a_name_leave_theirs_too() -> None:
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    book = f'<workbook {names}><definedNames><definedName name="他處">[2]S!A1</definedName></definedNames></workbook>'
    cells = (
        '<c r="A1"><f t="shared" si="0" ref="A1:A2">INDIRECT(B1)</f><v>1</v></c>'
        '<c r="A2"><f t="shared" si="0"/><v>2</v></c>'
        '<c r="A3"><f>SUM(他處)</f><v>3</v></c><c r="A4"><f t="shared" si="1">B4</f><v>4</v></c>'
    )
    sheet = f"<worksheet {names}><sheetData><row>{cells}</row></sheetData></worksheet>"
    made = links.cut(packed({"xl/worksheets/sheet1.xml": sheet, "xl/workbook.xml": book}))
    kept = part(made, "xl/worksheets/sheet1.xml")
    assert re.findall("<f[^>]*>", kept) == ['<f t="shared" si="1">']
    assert re.findall("<v>(.)</v>", kept) == ["1", "2", "3", "4"]
    assert "[2]" not in part(made, "xl/workbook.xml")


def test_usual_formulas_stay_as_they_are() -> None:
    content = sheet_xml('<c r="A1"><f>SUM(B1:B9)&amp;"&#10;"</f><v>1</v></c><c><f>表1[[#This Row],[名稱]]</f></c>')
    assert links.cut(content) == content


@pytest.mark.parametrize(
    "address", ["http://a.example/b.png", "file:///b.svg", "../b.svg", "x/../../b.svg", "%2e%2e/b", "/b"]
)
def test_in_open_documents_what_lies_outside_the_file_is_cut(address: str) -> None:
    made = links.cut(packed({"content.xml": flat("text", f"<text:p>{picture(address)}</text:p>")}))
    assert "href=" not in part(made, "content.xml")


@pytest.mark.parametrize("address", ["Pictures/b.png", "./Object 1", "#表1"])
def test_in_open_documents_what_lies_in_the_file_stays(address: str) -> None:
    link = '<text:a xlink:href="http://a.example/">按</text:a>'
    content = packed({"content.xml": flat("text", f"<text:p>{picture(address)}{link}</text:p>")})
    assert links.cut(content) == content


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{}"/></svg>'
)


def test_in_pictures_only_what_they_carry_themselves_stays() -> None:
    foreign = SVG.format("file:///etc/b.png").encode()
    for kept in ("#a", f"data:image/png;base64,{base64.b64encode(bytes(9)).decode()}"):
        assert links.cut(SVG.format(kept).encode()) == SVG.format(kept).encode()
    for cut in ("b.png", "file:///b.png", f"data:image/png;base64,{base64.b64encode(foreign).decode()}"):
        assert b"href" not in links.cut(SVG.format(cut).encode())
    assert b"href" not in gzip.decompress(links.cut(gzip.compress(foreign)))
    assert "href" not in part(links.cut(packed({"word/media/b.png": foreign})), "word/media/b.png")
    deeper = packed({"a.docx": packed({"word/media/b.svg": foreign})})
    with zipfile.ZipFile(io.BytesIO(links.cut(deeper))) as archive:
        assert "href" not in part(archive.read("a.docx"), "word/media/b.svg")
    shown = f"<office:binary-data>{base64.b64encode(foreign).decode()}</office:binary-data>"
    made = re.search(rb"<office:binary-data>(.*?)</office", links.cut(flat("text", shown)))
    assert made
    assert b"href" not in base64.b64decode(made[1])


def test_text_in_another_encoding_is_read_all_the_same() -> None:
    content = '<?xml version="1.0" encoding="UTF-16"?>' + SVG.format("file:///b.png")
    assert b"href" not in links.cut(content.encode("utf-16"))


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 cut off", b"\x1f\x8b cut off", packed({"a.svg": "<svg href='file:///b'>"}), b"<a href='file:///b'>"],
)
def test_what_cannot_be_read_is_not_let_through(content: bytes) -> None:
    with pytest.raises(links.Unreadable):
        links.cut(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0", b"<html><p>a href='b'<br></html>", b"<!DOCTYPE html><title>src&nbsp;"],
)
def test_other_kinds_are_left_alone(content: bytes) -> None:
    assert links.cut(content) == content


def test_nothing_of_this_machine_comes_in_by_an_entity(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("SECRET")
    document = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "{(tmp_path / "a").as_uri()}">]>{SVG.format("file:///b")}'
    try:
        made = links.cut(document.replace("</svg>", "<text>&a;</text></svg>").encode())
    except links.Unreadable:
        return
    assert b"SECRET" not in made


# --- LibreOffice itself -----------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Path:
    found = pdf.find_office()
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return found


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """An address that is listened to, and what was asked for there."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.settimeout(30)
                        asked.append(caller.recv(1000).decode("latin-1").partition("\r")[0])
                        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nFOREIGN"[:-1])

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked


@pytest.mark.office
def test_nothing_that_a_document_links_to_is_fetched_and_no_macro_runs(
    office: Path, visited: tuple[str, list[str]], tmp_path: Path
) -> None:
    web, asked = visited
    home = tmp_path / "home"
    home.mkdir()
    (home / "a.fodt").write_bytes(flat("text", "<text:p>SECRET</text:p>"))
    (home / "a.fods").write_bytes(
        flat(
            "spreadsheet",
            '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="string">'
            "<text:p>SECRET</text:p></table:table-cell></table:table-row></table:table>",
        )
    )
    (home / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">SECRET</text></svg>')
    ran, near = home / "ran", home.as_uri()
    source_of = 'xlink:type="simple" xlink:href'
    macro = (
        '<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries><ooo:library-embedded'
        ' ooo:name="Standard"><ooo:module ooo:name="M"><ooo:source-code>Sub Main\n'
        f'Open "{ran}" For Output As #1\nPrint #1, "x"\nClose #1\nEnd Sub'
        "</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script><office:event-listeners>"
        '<script:event-listener script:language="ooo:script" script:event-name="dom:load"'
        f' {source_of}="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"/>'
        "</office:event-listeners></office:scripts>"
    )
    backdrop = (
        '<office:automatic-styles><style:style style:name="P" style:family="paragraph"><style:paragraph-properties>'
        f'<style:background-image {source_of}="{{}}"/></style:paragraph-properties></style:style>'
        "</office:automatic-styles>"
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{near}/a.svg" width="90" height="40"/></svg>'
    kept = "<text:p>KEPT</text:p>"

    def section(inside: str) -> bytes:
        return flat("text", f'<text:section text:name="s">{inside}{kept}</text:section>')

    def sheet(formula: str) -> bytes:
        cell = f'<table:table-cell table:formula="{formula}"/><table:table-cell office:value-type="string">{kept}'
        row = f"<table:table-row>{cell}</table:table-cell></table:table-row>"
        return flat("spreadsheet", f'<table:table table:name="T">{row}</table:table>')

    contents = {
        "section.odt": section(f'<text:section-source {source_of}="{near}/a.fodt"/>'),
        "web section.odt": section(f'<text:section-source {source_of}="{web}/section"/>'),
        "dde.odt": section(
            f'<office:dde-source office:dde-application="soffice" office:dde-topic="{home}/a.fodt"'
            ' office:dde-item="s" office:automatic-update="true"/>'
        ),
        "picture.odt": flat("text", f"<text:p>{picture(web + '/a.png')}{picture(near + '/a.svg')}</text:p>{kept}"),
        "object.odt": flat(
            "text", f'<text:p>{frame(f"""<draw:object {source_of}="{near}/a.fods"/>""")}</text:p>{kept}'
        ),
        "backdrop.odt": flat("text", f'<text:p text:style-name="P"/>{kept}', backdrop.format(f"{web}/back.png")),
        "near backdrop.odt": flat(
            "text", f'<text:p text:style-name="P">x</text:p>{kept}', backdrop.format(f"{near}/a.svg")
        ),
        "svg.odt": flat(
            "text",
            "<text:p>"
            + frame(
                f"<draw:image><office:binary-data>{base64.b64encode(svg.encode()).decode()}</office:binary-data></draw:image>"
            )
            + f"</text:p>{kept}",
        ),
        "macro.odt": flat("text", kept, macro),
        "object.odp": flat(
            "presentation",
            slide(kept).replace("</draw:page>", frame(f'<draw:object {source_of}="{near}/a.fods"/>') + "</draw:page>"),
        ),
        "web.ods": sheet(f"of:=COM.MICROSOFT.WEBSERVICE(&quot;{web}/service&quot;)"),
        "dde.ods": sheet(f"of:=DDE(&quot;soffice&quot;;&quot;{home}/a.fods&quot;;&quot;S.A1&quot;)"),
        "cell.ods": sheet(f"of:=['{near}/a.fods'#$S.A1]"),
        "style.docx": (
            f'<html><link rel="stylesheet" href="{web}/a.css"><body><p>KEPT</p><img src="{near}/a.svg"></html>'.encode()
        ),
    }
    sources = []
    for name, content in contents.items():
        sources.append(tmp_path / f"{name.partition('.')[0]} {name.rpartition('.')[2]}{Path(name).suffix}")
        sources[-1].write_bytes(content)
    formulas = [
        f"_xlfn.WEBSERVICE(&quot;{web}/service&quot;)",
        f"INDIRECT(&quot;&apos;{near}/a.fods&apos;#$S.A1&quot;)",
    ]
    sources.append(workbook(tmp_path / "formulas.xlsx", formulas, ["KEPT", "KEPT"]))
    sources.append(linked_picture(tmp_path / "picture.docx", f"{web}/a.png"))
    sources.append(linked_picture(tmp_path / "near picture.docx", f"{near}/a.svg"))
    done = pdf.convert(sources, "pdf", tmp_path / "出", timeout=120, office=office)
    seen = {source.name: words(made) for source, made in done.items()}
    assert asked == []
    assert not ran.exists()
    assert [name for name, text in seen.items() if "SECRET" in text or "FOREIG" in text] == []
    # Of a web page LibreOffice 7.4 shows nothing.
    assert [name for name, text in seen.items() if "KEPT" not in text and not name.startswith("style")] == []
