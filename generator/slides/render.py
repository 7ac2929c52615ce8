"""The only module that imports python-pptx: a template of sample slides and a deck → the bytes of a .pptx.

The template has a sample slide for each 版面, with its name as the title; on it, texts say what stands where: 「內容」,
「頁籤」, 「架構圖」 and so on. Slides are made like the samples, so that what PowerPoint or Impress can do to a slide
restyles the deck. Layouts alone would not do: Impress drops their names when it saves.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from generator.basic.package import UNIX, Package, Properties, proved, rewritten
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, problem
from generator.basic.relationships import without_comments
from generator.documents.deck import Box, Deck, Line, Page
from generator.meeting.sheets import CHART, LAYOUTS, TABS
from generator.slides import drawing, drawingml, fitting
from generator.slides import samples as slide_samples
from generator.slides.drawing import Group, Place
from generator.slides.drawingml import A, Inherited, P, Run, Setting
from generator.slides.fitting import Fitted
from generator.slides.samples import BAR, CONTENT, DRAWING, FOOT, MOTTO, NAMES, NEEDED, NUMBER, PRESENT
from generator.workbook.books import BookCode


class SlideCode(Code):
    """The problems that this module finds."""

    SLIDES_OVERFLOW = error(
        "內容太多，字縮到 {size} 點仍放不下一張投影片", "請精簡文字，或由此列起分成兩張（增加一列，填版面與標題）。"
    )
    SLIDES_TITLE_LONG = error("標題太長，字縮到 {size} 點仍放不下", "請精簡標題。")
    SLIDES_BOX_LONG = error("文字太長，字縮到 {size} 點仍放不進方塊或頁籤", "請精簡文字。")
    SLIDES_FOOT_LONG = error("文字太長，字縮到 {size} 點仍放不進投影片的頁尾", "請精簡文字，或在範本加寬頁尾。")
    SLIDES_NO_ROOM_FOR_IT = error(
        "版面「{layout}」沒有放內容的地方", "請刪除內容、改用別的版面，或在 {template} 的樣張加上「內容」的文字方塊。"
    )
    SLIDES_UNREADABLE = error(
        "不是可讀的 .pptx（可能已損壞、設有密碼，或是改了副檔名的別種檔案）",
        "請用 PowerPoint 開啟，另存成沒有密碼的 .pptx。",
    )
    SLIDES_FAILED = error("簡報範本無法套用（{detail}）", "請改用標準範本的樣張，再逐步更改樣子。")


_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LAYOUT_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/slideLayout"
# The name of the deck in a context.
DECK = "簡報"
_SLIDE = compile_late(r"ppt/slides/slide(\d+)\.xml")
_ABOUT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
    'officeDocument/2006/extended-properties"><Application>packet</Application></Properties>'
)


def render(template: Path, context: Mapping[str, Any], properties: Properties, problems: list[Problem]) -> bytes | None:
    """The deck ``context[DECK]`` as a .pptx, or None with problems that name the cell or the sample.

    The same template and context give the same bytes.
    """
    presentation = _opened(template, problems)
    if presentation is None:
        return None
    deck: Deck = context[DECK]
    before = len(problems)
    try:
        _Maker(template.name, presentation, deck, problems).make()
        if len(problems) > before:
            return None
        _set_properties(presentation, properties)
        result = io.BytesIO()
        presentation.save(result)
        return rewritten(result.getvalue(), system=UNIX)
    except Exception as error:
        # python-pptx raises a dozen kinds of errors on what is damaged inside; each means the same to the user.
        problems.append(problem(SlideCode.SLIDES_FAILED, Location(template.name), detail=type(error).__name__))
    return None


def check_template(path: Path, faces: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a template: samples and places that are missing, typefaces other than ``faces`` (where any are
    given), and what keeps a short deck from going through it."""
    found: list[Problem] = []
    presentation = _opened(path, found)
    if presentation is None:
        return found
    try:
        samples = slide_samples.samples(presentation)
        for layout in LAYOUTS:
            found += slide_samples.lacking(path.name, layout, samples, NEEDED[layout])
            if faces and layout in samples:
                found += slide_samples.other_faces(path.name, layout, samples[layout], faces)
    except Exception as error:
        found.append(problem(SlideCode.SLIDES_FAILED, Location(path.name), detail=type(error).__name__))
    if not found:
        render(path, {DECK: _trial()}, Properties("試印", "試印", dt.date(2024, 1, 1)), found)
    return found


def has_comments(path: Path) -> bool:
    """Whether there are comments in a template, which are dropped when it is filled."""
    try:
        content = path.read_bytes()
        return without_comments(content) != content
    except Exception:
        # What cannot be read is a problem of its own (check_template).
        return False


def for_conversion(content: bytes) -> bytes:
    """A copy of a .pptx for LibreOffice: the numbers of slides as text, since it counts the cover as well."""
    return rewritten(content, lambda name, part: _numbered(part) if _SLIDE.fullmatch(name) else part, UNIX)


def _numbered(slide: bytes) -> bytes:
    root = etree.fromstring(slide)
    if not drawingml.with_fixed_numbers(root):
        return slide
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def drawings(content: bytes) -> list[list[tuple[str, int]]]:
    """For each slide its drawings, charts and bars of tabs: the text that describes each, and how many lines it has."""
    return [
        [
            (group.find(f"{P}nvGrpSpPr/{P}cNvPr").get("descr") or "", len(group.findall(f"{P}cxnSp")))
            for group in root.iter(f"{P}grpSp")
        ]
        for root in _slide_parts(content)
    ]


def _slide_parts(content: bytes) -> Iterator[Any]:
    with Package(content) as archive:
        numbers = sorted(int(found[1]) for name in archive.namelist() if (found := _SLIDE.fullmatch(name)))
        for number in numbers:
            yield etree.fromstring(archive.read(f"ppt/slides/slide{number}.xml"))


def _opened(path: Path, problems: list[Problem]) -> Any | None:
    from pptx import Presentation

    try:
        return Presentation(proved(without_comments(path.read_bytes())))
    except PermissionError:
        problems.append(problem(BookCode.WORKBOOK_LOCKED, Location(path.name)))
    except Exception:
        problems.append(problem(SlideCode.SLIDES_UNREADABLE, Location(path.name)))
    return None


class _Maker:
    """Makes the slides of a deck in a presentation that holds the samples, and takes the samples out."""

    def __init__(self, template: str, presentation: Any, deck: Deck, problems: list[Problem]) -> None:
        self._template = template
        self._presentation = presentation
        self._deck = deck
        self._problems = problems
        self._samples = slide_samples.samples(presentation)

    def make(self) -> None:
        layouts = dict.fromkeys(page.layout for page in self._deck.pages)
        faults = [
            fault
            for layout in layouts
            for fault in slide_samples.lacking(self._template, layout, self._samples, NEEDED[layout])
        ]
        self._problems += faults
        if faults:
            return
        old = list(self._presentation.slides._sldIdLst)
        # A cover without a number does not count.
        numbered = NUMBER in slide_samples.places(self._samples[next(iter(layouts))]) if layouts else True
        for number, page in enumerate(self._deck.pages, start=int(numbered)):
            self._slide(page, number)
        self._tidy(old, int(numbered))

    def _slide(self, page: Page, number: int) -> None:
        sample = self._samples[page.layout]
        slide = self._presentation.slides.add_slide(sample.slide_layout)
        _copy(sample, slide)
        places = {name: shape for name, shape in slide_samples.places(slide).items() if name in NAMES}
        for name, shape in places.items():
            # Impress forgets the names; they are what the list of a slide's objects shows.
            shape.name = name
        self._title(slide, page)
        if CONTENT in places and page.lines:
            self._content(slide, places.pop(CONTENT), page)
        elif page.lines:
            at = page.lines[0].at
            self._problems.append(
                problem(SlideCode.SLIDES_NO_ROOM_FOR_IT, at, layout=page.layout, template=self._template)
            )
        if page.tabs and page.tab is not None and PRESENT in places and BAR in places:
            self._bar(slide, places[PRESENT], places[BAR], page.tabs, page.tab)
        if page.tiers and DRAWING in places:
            self._chart(slide, places[DRAWING], page)
        for name, line in ((MOTTO, self._deck.motto), (FOOT, self._deck.agency)):
            if name in places and line.text:
                self._foot(slide, places.pop(name), line)
        for field in places.pop(NUMBER)._element.iter(f"{A}fld") if NUMBER in places else ():
            if (text := field.find(f"{A}t")) is not None:
                text.text = str(number)
        for shape in places.values():
            # What has no text here, or was only there to be drawn after.
            shape._element.getparent().remove(shape._element)

    def _title(self, slide: Any, page: Page) -> None:
        shape = slide.shapes.title
        shape.name = "標題"
        # What reads a slide aloud goes by the order of its shapes.
        tree = shape._element.getparent()
        tree.remove(shape._element)
        tree.insert(2, shape._element)
        look = slide_samples.inherited(slide, shape)
        fitted = fitting.fit([(page.title, look.look(0))], look, shape.width, shape.height)
        self._mind(SlideCode.SLIDES_TITLE_LONG, fitted)
        size = fitting.changed(look.look(0).size, fitted.shrunk)
        drawingml.write(shape._element, [Setting([Run(page.title.text)], size=size)])

    def _content(self, slide: Any, shape: Any, page: Page) -> None:
        inherited = slide_samples.inherited(slide, shape)
        looks = [inherited.look(0), inherited.look(1)]
        given = [(line, looks[line.level == 2]) for line in page.lines]
        fitted = fitting.fit(given, inherited, shape.width, shape.height)
        self._mind(SlideCode.SLIDES_OVERFLOW, fitted)
        settings = []
        for line, look in given:
            left, first = fitting.margins(line, look, fitting.sized(look.size, fitted.shrunk), page.lines)
            runs = [
                Run(line.label, line.strong, label=True),
                Run(line.lead, True),
                Run(line.text, line.strong),
            ]
            size = fitting.changed(look.size, fitted.shrunk)
            settings.append(Setting(runs, int(line.level == 2), left, first - left, size))
        drawingml.write(shape._element, settings)

    def _foot(self, slide: Any, shape: Any, line: Line) -> None:
        inherited = slide_samples.inherited(slide, shape)
        look = inherited.look(0)
        fitted = fitting.fit([(line, look)], inherited, shape.width, shape.height, fitting.LEAST_FOOT, single=True)
        self._mind(SlideCode.SLIDES_FOOT_LONG, fitted)
        size = fitting.changed(look.size, fitted.shrunk, fitting.LEAST_FOOT)
        drawingml.write(shape._element, [Setting([Run(line.text)], size=size)])

    def _bar(self, slide: Any, present: Any, other: Any, tabs: Sequence[str], tab: Line) -> None:
        """The tabs side by side over the room of both samples; the present one looks like its own."""
        looks = {True: slide_samples.inherited(slide, present), False: slide_samples.inherited(slide, other)}
        group = Group(present._element, "頁籤")
        names = []
        for name, place in zip(tabs, drawing.side_by_side(_place(present), _place(other), len(tabs)), strict=True):
            now = name == tab.text
            names.append(f"{name}（目前）" if now else name)
            box = group.box(place, looks[now], f"頁籤 {names[-1]}")
            self._into(box, place, looks[now], [Line(name, tab.at)])
        group.close(f"頁籤：{'、'.join(names)}")

    def _chart(self, slide: Any, sample: Any, page: Page) -> None:
        """The boxes tier below tier in the room of the sample, each joined to all of the tier below."""
        look = slide_samples.inherited(slide, sample)
        group = Group(sample._element, "架構圖")
        drawn = []
        places = drawing.tiers(_place(sample), [len(tier) for tier in page.tiers])
        for tier, row in zip(page.tiers, places, strict=True):
            drawn.append([(box.name, group.box(place, look, box.name)) for box, place in zip(tier, row, strict=True)])
            for box, place, (_, element) in zip(tier, row, drawn[-1], strict=True):
                detail = [Line(box.detail, box.at, level=2)] if box.detail else []
                self._into(element, place, look, [Line(box.name, box.at), *detail])
        drawing.join_tiers(group, drawn, look.line())
        group.close(_chart_text(page.tiers))

    def _into(self, box: Any, place: Place, look: Inherited, lines: Sequence[Line]) -> None:
        """Sets the lines in a box that was drawn, each on its level."""
        looks = [look.look(0), look.look(1)]
        given = [(line, looks[line.level == 2]) for line in lines]
        fitted = fitting.fit(given, look, place.width, place.height, single=len(lines) == 1)
        self._mind(SlideCode.SLIDES_BOX_LONG, fitted)
        drawingml.write(
            box,
            [
                Setting([Run(line.text)], int(line.level == 2), size=fitting.changed(look_of_line.size, fitted.shrunk))
                for line, look_of_line in given
            ],
        )

    def _mind(self, code: Code, fitted: Fitted) -> None:
        if fitted.over is not None:
            least = fitting.LEAST_FOOT if code == SlideCode.SLIDES_FOOT_LONG else fitting.LEAST
            fault = problem(code, fitted.over.at, size=f"{least:g}")
            # A fault on every slide is reported once.
            self._problems += [fault] if fault not in self._problems else []

    def _tidy(self, old: Sequence[Any], first: int) -> None:
        """Takes out the samples and what the template's author left: sections, shows, the picture of the file."""
        part = self._presentation.part
        for slide_id in old:
            part.drop_rel(slide_id.rId)
            slide_id.getparent().remove(slide_id)
        part.rename_slide_parts([slide_id.rId for slide_id in self._presentation.slides._sldIdLst])
        self._clear_layouts()
        root = self._presentation._element
        for tag in ("custShowLst", "extLst"):
            for element in root.findall(f"{P}{tag}"):
                root.remove(element)
        root.set("firstSlideNum", str(first))
        relations = part.package._rels
        for identity, relation in list(relations.items()):
            if relation.reltype.endswith(("/thumbnail", "/custom-properties")):
                relations.pop(identity)
            elif relation.reltype.endswith("/extended-properties"):
                relation.target_part._blob = _ABOUT.encode()

    def _clear_layouts(self) -> None:
        """Gives each slide a layout without what the slide lacks: LibreOffice 25.2 shows it behind the slide.

        Slides that have the same of a layout share it. For others it is copied: each takes its looks from its own.
        """
        alike: dict[tuple[Any, frozenset[int]], list[Any]] = {}
        for slide in self._presentation.slides:
            layout = slide.slide_layout
            have = {placeholder.placeholder_format.idx for placeholder in slide.placeholders}
            known = frozenset(placeholder.placeholder_format.idx for placeholder in layout.placeholders)
            alike.setdefault((layout.part, known & have), []).append(slide)
        spare = {part: part.blob for part, _ in alike}
        taken: set[Any] = set()
        for (part, kept), slides in alike.items():
            own = _copied(part, spare[part]) if part in taken else part
            taken.add(part)
            for slide in slides if own is not part else ():
                relation = next(found for found in slide.part.rels.values() if found.reltype.endswith("/slideLayout"))
                relation._target = own
            for shape in list(own.slide_layout.placeholders):
                if shape.placeholder_format.idx not in kept:
                    shape._element.getparent().remove(shape._element)


def _copied(part: Any, content: bytes) -> Any:
    """A copy of a layout as it was before anything was taken out of it, known to its master."""
    master = part.slide_layout.slide_master
    name = part.package.next_partname("/ppt/slideLayouts/slideLayout%d.xml")
    layout = type(part).load(name, part.content_type, part.package, content)
    known = {identity: _related(layout, relation) for identity, relation in part.rels.items()}
    for element in layout._element.iter():
        for attribute, value in element.attrib.items():
            if attribute.startswith(_R) and value in known:
                element.set(attribute, known[value])
    listed = master._element.find(f"{P}sldLayoutIdLst")
    numbers = [int(found.get("id") or 0) for found in listed] + [
        int(found.get("id") or 0) for found in part.package.presentation_part._element.iter(f"{P}sldMasterId")
    ]
    entry = listed.makeelement(f"{P}sldLayoutId", {"id": str(max(numbers) + 1)})
    entry.set(f"{_R}id", master.part.relate_to(layout, _LAYOUT_RELATION))
    listed.append(entry)
    return layout


def _place(shape: Any) -> Place:
    return Place(shape.left, shape.top, shape.width, shape.height)


def _copy(sample: Any, slide: Any) -> None:
    """Makes a new slide the sample's image: its shapes, its background, and what these take from other parts."""
    tree = slide.shapes._spTree
    for child in list(tree)[2:]:
        tree.remove(child)
    added = [copy.deepcopy(child) for child in list(sample.shapes._spTree)[2:] if child.tag != f"{P}extLst"]
    tree.extend(added)
    background = sample._element.find(f"{P}cSld/{P}bg")
    if background is not None:
        added.append(copy.deepcopy(background))
        slide._element.find(f"{P}cSld").insert(0, added[-1])
    known: dict[str, str] = {}
    for element in (below for root in added for below in root.iter()):
        for name, value in element.attrib.items():
            if name.startswith(_R) and value in sample.part.rels:
                if value not in known:
                    known[value] = _related(slide.part, sample.part.rels[value])
                element.set(name, known[value])


def _related(part: Any, relation: Any) -> str:
    target = relation.target_ref if relation.is_external else relation.target_part
    return str(part.relate_to(target, relation.reltype, is_external=relation.is_external))


def _chart_text(tiers: Sequence[Sequence[Box]]) -> str:
    """The chart in words: 組織圖，由上而下：召集人；機關代表7人、民間代表5人；幕僚單位主計資訊處。"""
    rows = ["、".join(f"{box.name}{box.detail}" for box in tier) for tier in tiers]
    return f"組織圖，由上而下：{'；'.join(rows)}。".replace("\n", "")


def _set_properties(presentation: Any, properties: Properties) -> None:
    core = presentation.core_properties
    core.title = properties.title[:255]
    core.author = core.last_modified_by = properties.author[:255]
    core.created = core.modified = dt.datetime.combine(properties.created, dt.time())
    core.language = "zh-TW"
    core.revision = 1
    for name in ("category", "comments", "content_status", "identifier", "keywords", "subject", "version"):
        setattr(core, name, "")


def _trial() -> Deck:
    """A short deck with a slide of each kind."""
    at = Location("試印")
    points = (Line("範例", at, level=1, label="一、"), Line("範例", at, level=2))
    tiers = ((Box("範例", "", at),), (Box("範例", "1人", at), Box("範例", "1人", at)))
    pages = [
        Page(
            layout,
            Line("範例", at),
            points if CONTENT in NEEDED[layout] else (),
            ("範例一", "範例二") if layout == TABS else (),
            Line("範例一", at) if layout == TABS else None,
            tiers if layout == CHART else (),
        )
        for layout in LAYOUTS
    ]
    return Deck(tuple(pages), Line("範例", at), Line("範例", at))
