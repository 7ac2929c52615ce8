"""PDFs that are filled in or annotated: what a person sees in a reader is printed, and the row says what is not."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from conftest import Desk
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL.Image import Image
from test_enclosures import attached, opened, pdf_of, put, saved

from generator.pdf.from_elsewhere import pages, remarks
from generator.pdf.from_elsewhere.overlays import Letters
from generator.pdf.glyphs import text_document

MULTILINE, PASSWORD, RADIO, COMBO, COMB = (1 << bit for bit in (12, 13, 15, 17, 24))
ROW = "| 討1 | 申請表 | 檔案:表.pdf | |"
PRINTED, HIDDEN = 4, 2


def form(*notes: dict[str, Any], fields: bool = True, **more: Any) -> Pdf:
    """A page of A4 with these annotations, which are the fields of its form too."""
    made = opened(pdf_of((595, 842), text="form"))
    kept = [made.make_indirect(Dictionary({"/Type": Name.Annot, **note})) for note in notes]
    made.pages[0].obj.Annots = Array(kept)
    if fields:
        font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        resources = Dictionary(Font=Dictionary(Helv=font))
        made.Root.AcroForm = Dictionary(Fields=Array(kept), DR=resources, DA=String("/Helv 0 Tf 0 g"), **more)
    return made


def box(number: int, tall: float = 22, wide: float = 200) -> Array:
    """A place of its own for each."""
    return Array([60, 700 - 40 * number, 60 + wide, 700 - 40 * number + tall])


def field(number: int, value: Any = None, kind: Name = Name.Tx, **more: Any) -> dict[str, Any]:
    entries = {"/Subtype": Name.Widget, "/FT": kind, "/T": String(f"欄{number}"), "/Rect": box(number), "/F": PRINTED}
    entries |= {"/DA": String("/Helv 11 Tf 0 g")} | {f"/{key}": value for key, value in more.items()}
    return entries | ({"/V": String(value) if isinstance(value, str) else value} if value is not None else {})


def look(made: Pdf, text: str, wide: float = 200, tall: float = 22) -> Dictionary:
    """An appearance with this text in Helvetica."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    drawn = f"/Tx BMC BT /Helv 11 Tf 2 6 Td ({text}) Tj ET EMC".encode()
    resources = Dictionary(Font=Dictionary(Helv=made.make_indirect(font)))
    return Dictionary(
        N=made.make_stream(
            drawn, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, wide, tall]), Resources=resources
        )
    )


def note(subtype: str, number: int = 0, **more: Any) -> dict[str, Any]:
    entries = {f"/{key}": String(value) if isinstance(value, str) else value for key, value in more.items()}
    return {"/Subtype": Name(f"/{subtype}"), "/Rect": box(number), "/F": PRINTED} | entries


def built(desk: Desk, made: Pdf) -> str:
    """The text of the finished attachment, without spaces."""
    attached(desk, ROW, 表_pdf=saved(made))
    result = desk.run("build", "113-1", "--format", "pdf")
    assert result.exit_code == 0, result.output
    with pypdfium2.PdfDocument(finished(desk)) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return "".join("".join(texts).split())


def finished(desk: Desk) -> Path:
    [path] = desk.output().glob("*申請表.pdf")
    return path


def said(desk: Desk, made: Pdf) -> dict[str, str]:
    """The remarks at the row, by their code, as check says them."""
    attached(desk, ROW, 表_pdf=saved(made))
    found = [one for one in desk.problems() if one["code"].startswith("pdf-")]
    assert {(one["sheet"], one["cell"]) for one in found} <= {("附件", "C2")}
    return {one["code"]: one["text"] for one in found}


def drawn(made: Pdf) -> Image:
    """The page of a PDF with no text that letters are wanted for, as it comes into the packet."""
    content = pages.fitted(saved(made))
    with pypdfium2.PdfDocument(content) as document:
        return document[0].render(scale=2).to_pil().convert("RGB")


def colours(picture: Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in picture.getcolors(1 << 24) or () if isinstance(colour, tuple)}


def has_colour(picture: Image, red: int, green: int, blue: int) -> bool:
    near = ((r, g, b) for r, g, b in colours(picture))
    return any(abs(r - red) + abs(g - green) + abs(b - blue) < 30 for r, g, b in near)


# --- forms ------------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_a_value_is_printed_as_filled_in_whatever_was_drawn_of_it(desk: Desk) -> None:
    made = form(
        field(0, "王大明"),
        field(1, "new value"),
        field(2, "第一行\r\n第二行很長很長很長很長很長很長很長很長", Ff=MULTILINE, Rect=box(2, tall=38)),
        field(3, "A123456789", Ff=COMB, MaxLen=10),
        field(4, "b", Name.Ch, Ff=COMBO, Opt=Array([Array([String("a"), String("甲案")]),
                                                     Array([String("b"), String("乙案")])])),
        field(5, Array([String("二"), String("三")]), Name.Ch, Opt=Array([String(word) for word in "一二三"]),
              Rect=box(5, tall=38)),
        field(6, "", Rect=box(6)),
        field(7, "太長的內容太長的內容太長的內容太長的內容太長的內容", Rect=box(7, wide=120)),
        NeedAppearances=True,
    )  # fmt: skip
    made.pages[0].obj.Annots[1].AP = look(made, "old value")
    made.pages[0].obj.Annots[6].AP = look(made, "cleared")
    text = built(desk, made)
    for filled in ("王大明", "newvalue", "第一行第二行很長", "A123456789", "乙案", "一二三", "太長的內容" * 5):
        assert filled in text
    for stale in ("oldvalue", "cleared", "甲案"):
        assert stale not in text


@pytest.mark.office
def test_a_chinese_value_in_a_font_without_chinese_is_printed_in_one_that_has_it(desk: Desk) -> None:
    made = form(field(0, "臺灣高雄"))
    entry = made.pages[0].obj.Annots[0]
    entry.AP = look(made, "????")
    assert "臺灣高雄" in built(desk, made)
    embedded = subprocess.run(["pdffonts", str(finished(desk))], capture_output=True, check=True).stdout.decode()
    assert [line for line in embedded.splitlines()[2:] if " yes yes yes " not in line and "Helvetica" not in line] == []
    with Pdf.open(finished(desk)) as pdf:
        [shown] = [thing for thing in pdf.pages[0].resources.XObject.values() if b"/Tx BMC" in thing.read_bytes()]
        assert b"/Helv" not in shown.read_bytes()


def test_an_appearance_that_shows_the_value_stays_as_it_is(desk: Desk) -> None:
    made = form(field(0, "x y"), field(1, "1234", AA=Dictionary(F=Dictionary(S=Name.JavaScript, JS=String("f()")))))
    for number, shown in enumerate(("x  y", "1,234.00")):
        made.pages[0].obj.Annots[number].AP = look(made, shown)
    assert said(desk, made) == {}
    page = opened(pages.fitted(saved(made))).pages[0]
    assert sorted(b"Td (" in one.read_bytes() for one in page.resources.XObject.values()) == [True, True]


def ticked(state: str, value: str | None, **more: Any) -> dict[str, Any]:
    return field(0, None if value is None else Name(f"/{value}"), Name.Btn, AS=Name(f"/{state}"),
                 Rect=Array([60, 700, 80, 720]), **more)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "value", "states", "seen"),
    [
        ("Off", "Yes", ("Yes", "Off"), True),
        ("Yes", "Off", ("Yes", "Off"), False),
        ("Off", "Yes", (), True),
        ("Off", "Off", (), False),
        ("Off", "Yes", ("On", "Off"), True),
        ("Yes", None, ("Yes", "Off"), True),
    ],
)
def test_a_box_is_ticked_as_the_field_says(state: str, value: str | None, states: tuple[str, ...], seen: bool) -> None:
    made = form(ticked(state, value))
    ground = {"Off": b"", "On": b"0 g 0 0 20 20 re f", "Yes": b"0 g 0 0 20 20 re f"}
    if states:
        shown = {f"/{name}": made.make_stream(ground[name], Subtype=Name.Form, BBox=Array([0, 0, 20, 20]))
                 for name in states}  # fmt: skip
        made.pages[0].obj.Annots[0].AP = Dictionary(N=Dictionary(shown))
    blank = drawn(form())
    assert (drawn(made).histogram()[0] > blank.histogram()[0]) == seen


def test_of_radio_buttons_the_chosen_is_printed(desk: Desk) -> None:
    made = form(*[{"/Subtype": Name.Widget, "/Rect": box(number, 20, 20), "/F": PRINTED, "/AS": Name.Off}
                  for number in range(3)])  # fmt: skip
    parent = made.make_indirect(Dictionary(FT=Name.Btn, Ff=RADIO, T=String("性別"), V=Name("/乙"), Kids=Array()))
    for name, button in zip("甲乙丙", made.pages[0].obj.Annots, strict=True):
        black = made.make_stream(b"0 g 0 0 20 20 re f", Subtype=Name.Form, BBox=Array([0, 0, 20, 20]))
        button.Parent, button.AP = parent, Dictionary(N=Dictionary({f"/{name}": black}))
        parent.Kids.append(button)
    made.Root.AcroForm.Fields = Array([parent])
    shown = opened(pages.fitted(saved(made))).pages[0]
    assert [bytes(one.read_bytes()) for one in shown.resources.XObject.values()] == [b"0 g 0 0 20 20 re f"]
    assert said(desk, made) == {
        "pdf-filled": "「表.pdf」第 1 頁的表單欄位（性別）存下的樣子不是填寫的值，依填寫的值印出"
    }
    parent.V = Name("/丁")
    assert "性別" in said(desk, made)["pdf-undrawn"]


def test_a_password_is_not_printed(desk: Desk) -> None:
    made = form(field(0, "secret", Ff=PASSWORD))
    content = saved(made)
    path = put(desk.root, "x.pdf", content)
    assert pages.annotated(path)[1] == {"*"}


def test_what_is_to_be_said_of_a_form_stands_at_its_row(desk: Desk) -> None:
    signed = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"))
    made = form(
        field(0, "王大明"),
        field(1, "不印", F=HIDDEN),
        field(2, "看得到但不印", F=0),
        field(3, signed, Name.Sig),
        field(4, None, Name.Sig),
        field(5, "", F=HIDDEN),
        field(6, "放不下" * 99),
        XFA=String("<xdp/>"),
    )
    found = said(desk, made)
    assert set(found) == {"pdf-filled", "pdf-hidden", "pdf-signed", "pdf-xfa", "pdf-tight"}
    assert "第 1 頁的表單欄位（欄0、欄6）" in found["pdf-filled"]
    assert "表單欄位（欄1）、表單欄位（欄2）" in found["pdf-hidden"]
    assert "欄3，頁面上看不到" in found["pdf-signed"]


def test_a_form_of_xfa_alone_is_refused(desk: Desk) -> None:
    made = form(XFA=String("<xdp/>"))
    attached(desk, ROW, 表_pdf=saved(made))
    assert "file-not-pages" in [one["code"] for one in desk.problems()]


# --- notes ------------------------------------------------------------------------------------------------------

MARKS = (
    "Highlight",
    "Underline",
    "StrikeOut",
    "Squiggly",
    "Ink",
    "Line",
    "Square",
    "Circle",
    "Polygon",
    "PolyLine",
    "Caret",
)


def mark(kind: str, **more: Any) -> dict[str, Any]:
    """A red one without appearance."""
    entries = {
        "QuadPoints": Array([60, 720, 160, 720, 60, 700, 160, 700]),
        "InkList": Array([Array([60, 700, 100, 720, 160, 700])]),
        "L": Array([60, 700, 160, 720]),
        "LE": Array([Name("/None"), Name.OpenArrow]),
        "Vertices": Array([60, 700, 160, 700, 110, 720]),
        "BS": Dictionary(W=3),
    }
    wanted = {"Ink": ["InkList", "BS"], "Line": ["L", "LE"], "Square": ["BS"], "Circle": []}
    wanted |= {"Polygon": ["Vertices"], "PolyLine": ["Vertices"], "Caret": []}
    return note(kind, C=Array([1, 0, 0]), **{key: entries[key] for key in wanted.get(kind, ["QuadPoints"])} | more)


@pytest.mark.slow
@pytest.mark.parametrize("kind", MARKS)
def test_a_mark_without_appearance_is_drawn(kind: str) -> None:
    without_flags = {key: value for key, value in mark(kind).items() if key != "/F"}
    for entries in (mark(kind), without_flags):
        assert has_colour(drawn(form(entries, fields=False)), 255, 0, 0)
    assert not has_colour(drawn(form(mark(kind, F=HIDDEN), fields=False)), 255, 0, 0)


def test_a_mark_with_an_empty_appearance_is_drawn() -> None:
    made = form(mark("Highlight"), fields=False)
    empty = made.make_stream(b"", Subtype=Name.Form, BBox=Array([0, 0, 0, 0]))
    made.pages[0].obj.Annots[0].AP = Dictionary(N=empty)
    assert has_colour(drawn(made), 255, 0, 0)


@pytest.mark.slow
def test_text_under_a_highlight_can_be_read() -> None:
    made = form(note("Highlight", QuadPoints=Array([10, 830, 300, 830, 10, 780, 300, 780]), C=Array([1, 1, 0])),
                fields=False)  # fmt: skip
    picture = drawn(made)
    assert has_colour(picture, 255, 255, 0)
    assert has_colour(picture, 0, 0, 0)


@pytest.mark.office
def test_a_text_on_the_page_is_printed(desk: Desk) -> None:
    made = form(
        note("FreeText", Contents="請於六月底前補正", DA="1 0 0 rg /Helv 14 Tf", Rect=Array([60, 600, 300, 640])),
        note("FreeText", 3, RC="<body><p>豐富<b>的</b>字</p></body>", DA="/Helv 10 Tf"),
        fields=False,
    )
    text = built(desk, made)
    assert "請於六月底前補正" in text
    assert "豐富的字" in text
    with pypdfium2.PdfDocument(finished(desk)) as document:
        assert has_colour(document[0].render(scale=3).to_pil().convert("RGB"), 255, 0, 0)


def test_what_only_a_reader_shows_is_named_at_the_row(desk: Desk) -> None:
    made = form(
        note("Text", 0, Contents="這裡要再確認"),
        note("Text", 1, Contents="另一則"),
        mark("Highlight", Contents="為什麼"),
        note("Popup", 2, Contents="這裡要再確認"),
        note("Stamp", 3, Name=Name.Approved),
        note("FreeText", 4, Contents="藏起來的", F=HIDDEN),
        note("Text", 5, Contents="審閱", F=HIDDEN, StateModel="Review", State="Accepted"),
        note("Ink", 6, InkList=Array([Array([1, 1, 2, 2])]), F=0),
        note("Highlight", 7, F=HIDDEN),
        note("FileAttachment", 8, FS=Dictionary(F=String("明細.xlsx"))),
        note("Redact", 9, Contents=""),
        note("Screen", 10),
        fields=False,
    )
    found = said(desk, made)
    assert {code: text.removeprefix("「表.pdf」") for code, text in found.items()} == {
        "pdf-remarks": "第 1 頁的註解（便利貼 2 個、螢光標示）另有文字，不會印出",
        "pdf-undrawn": "第 1 頁有沒有樣子可印的內容（圖章、影音），不會印出",
        "pdf-hidden": "第 1 頁有隱藏或不列印的內容（文字方塊、手繪），不會印出",
        "pdf-carries": "第 1 頁夾帶檔案（明細.xlsx），不會併入會議資料",
        "pdf-redaction": "第 1 頁標記了要遮蔽的範圍（遮蔽標記），還沒有套用，底下的內容仍會印出",
    }


def test_hidden_notes_do_not_leave_in_the_file() -> None:
    made = form(note("Text", Contents="secret"), note("FreeText", 1, Contents="secret", F=HIDDEN), fields=False)
    content = pages.fitted(saved(made))
    plain = saved(opened(content), object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    assert b"secret" not in plain
    assert b"s\0e\0c" not in plain


def test_remarks_name_many_pages_shortly() -> None:
    made = [remarks.Remark(remarks.RemarkCode.PDF_REMARKS, number, "便利貼") for number in range(1, 8)]
    from test_enclosures import PLACE

    [found] = remarks.problems(made, "表.pdf", PLACE)
    assert found.text == "「表.pdf」第 1、2、3、4、5 等 7 頁的註解（便利貼 7 個）另有文字，不會印出"


def test_without_letters_a_filled_form_is_refused_and_not_printed_without_its_values() -> None:
    with pytest.raises(pages.Unfit):
        pages.fitted(saved(form(field(0, "王大明"))))
    assert text_document(["x"])


def test_nothing_is_left_of_a_field_or_a_note_to_which_tags_lead() -> None:
    made = form(field(0, "seen", TU=String("secret")), note("Square", 1, Contents="secret", T="secret"))
    made.pages[0].obj.Annots[0].AP = look(made, "seen")
    root = made.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    kids = [Dictionary(Type=Name.OBJR, Obj=one, Pg=made.pages[0].obj) for one in made.pages[0].obj.Annots]
    root.K = made.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, P=root, K=Array(kids)))
    made.Root.StructTreeRoot, made.Root.MarkInfo = root, Dictionary(Marked=True)
    plain = saved(opened(pages.fitted(saved(made))), compress_streams=False)
    assert b"/StructTreeRoot" in plain
    assert b"secret" not in plain


def test_an_appearance_in_which_nothing_is_drawn_does_not_count() -> None:
    made = form(field(0, "x"), field(1, "y"))
    made.pages[0].obj.Annots[0].AP = look(made, "x", 0, 0)
    made.pages[0].obj.Annots[1].AP = look(made, "y")
    del made.pages[0].obj.Annots[1].AP.N["/BBox"]
    with pytest.raises(pages.Unfit):
        pages.fitted(saved(made))


@pytest.mark.office
def test_a_form_without_a_list_of_its_fields_prints_its_values(desk: Desk) -> None:
    made = form(field(0, 2024), field(1, "值"), fields=False)
    made.pages[0].obj.Rotate = 90
    assert "2024" in (text := built(desk, made))
    assert "值" in text


@pytest.mark.slow
def test_an_empty_field_without_appearance_shows_its_border_alone() -> None:
    def blue() -> Dictionary:
        return Dictionary(BC=Array([0, 0, 1]))

    for entries in (field(0, MK=blue()), ticked("Off", "Off", MK=blue()), ticked("Off", None, MK=blue())):
        assert has_colour(drawn(form(entries)), 0, 0, 255)


def test_letters_that_everyone_defines_for_himself_are_named(desk: Desk) -> None:
    assert "（U+E000、U+F8FF）" in said(desk, form(field(0, "王\ue000\uf8ff")))["pdf-letters"]


def test_a_word_of_any_length_is_broken_into_lines() -> None:
    letters = Letters()
    assert letters.lines("ab cd\n甲乙丙。丁", 22, 10) == ["ab", "cd", "甲乙", "丙。", "丁"]
    assert letters.lines("w" * 9 + " x", 22, 10) == ["wwww", "wwww", "w x"]
    assert len(letters.lines("w" * 20_000, 22, 10)) == 5_000
