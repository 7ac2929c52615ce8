"""The template of a deck: its sample slides, what stands where on them, and what is wrong with them.

Works on what python-pptx has read; render is the module that calls it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lxml import etree

from generator.basic.problem import Code, Location, Problem, error, perhaps, problem
from generator.meeting.sheets import CHART, CLOSING, LAYOUTS, TABS
from generator.slides.drawingml import A, Inherited, P, text_of


class SamplesCode(Code):
    """The problems that this module finds."""

    SLIDES_NO_SAMPLE = error(
        "沒有「{layout}」的樣張", "請由標準範本複製這張投影片；樣張的標題要是「{layout}」。{perhaps}"
    )
    SLIDES_NO_PLACE = error("樣張上沒有寫著「{name}」的文字方塊", "請由標準範本複製；位置與樣子可改，文字不可改。")
    SLIDES_FONT = error("範本用了「{face}」", "請改用標楷體與 Times New Roman（佈景主題字型）。")


CONTENT, BAR, PRESENT, DRAWING, MOTTO, FOOT, NUMBER = "內容", "頁籤", "目前頁籤", "架構圖", "標語", "頁尾", "頁碼"
NAMES = (CONTENT, BAR, PRESENT, DRAWING, MOTTO, FOOT, NUMBER)
# What a sample must have besides its title; 標語, 頁尾 and 頁碼 may be left out.
NEEDED = {**dict.fromkeys(LAYOUTS, (CONTENT,)), CHART: (DRAWING,), TABS: (PRESENT, BAR, CONTENT), CLOSING: ()}


def key(text: str) -> str:
    """A text of a sample for comparing: 「01　內容」 is 內容."""
    return re.sub(r"[\s\d]+", "", text)


def samples(presentation: Any) -> dict[str, Any]:
    """The sample slides by the text of their title; of two alike the first."""
    found: dict[str, Any] = {}
    for slide in presentation.slides:
        if slide.shapes.title is not None:
            found.setdefault(key(slide.shapes.title.text_frame.text), slide)
    return found


def places(slide: Any) -> dict[str, Any]:
    """The shapes of a slide by their purpose, which is the text of their first paragraph."""
    found: dict[str, Any] = {}
    for shape in slide.shapes:
        if not shape.has_text_frame or shape == slide.shapes.title:
            continue
        kind, name = _kind(shape._element), key(text_of(shape._element))
        if kind == "sldNum" or any(
            text_field.get("type") == "slidenum" for text_field in shape._element.iter(f"{A}fld")
        ):
            name = NUMBER
        elif kind == "ftr":
            name = FOOT
        found.setdefault(name, shape)
    return found


def inherited(slide: Any, shape: Any) -> Inherited:
    """The shape with the placeholders of layout and master behind it."""
    sp = shape._element
    mark = _mark(sp)
    layout = slide.slide_layout
    styles = layout.slide_master._element.find(f"{P}txStyles")
    if mark is None:
        return Inherited([sp], _style(styles, "otherStyle"))
    kind = _kind(sp)
    below = "title" if kind in ("title", "ctrTitle") else kind if kind in ("ftr", "sldNum", "dt") else "body"
    chain = [sp]
    for placeholder in layout.placeholders:
        found = _mark(placeholder._element)
        if found is not None and found.get("idx", "0") == mark.get("idx", "0"):
            chain.append(placeholder._element)
            break
    chain += [
        placeholder._element for placeholder in layout.slide_master.placeholders if _kind(placeholder._element) == below
    ][:1]
    return Inherited(chain, _style(styles, {"title": "titleStyle", "body": "bodyStyle"}.get(below, "otherStyle")))


def _style(styles: Any, name: str) -> Any:
    return styles.find(f"{P}{name}") if styles is not None else None


def _mark(sp: Any) -> Any:
    return sp.find(f"{P}nvSpPr/{P}nvPr/{P}ph")


def _kind(sp: Any) -> str:
    """The type of a placeholder, empty for any other shape."""
    mark = _mark(sp)
    return "" if mark is None else mark.get("type") or "obj"


def lacking(template: str, layout: str, known: Mapping[str, Any], needed: Iterable[str]) -> list[Problem]:
    """That there is no sample of the layout, or on it no shape for something that is needed."""
    if layout not in known:
        return [
            problem(SamplesCode.SLIDES_NO_SAMPLE, Location(template), layout=layout, perhaps=perhaps(layout, known))
        ]
    have = places(known[layout])
    at = Location(template, f"{layout}樣張")
    return [problem(SamplesCode.SLIDES_NO_PLACE, at, name=name) for name in needed if name not in have]


def other_faces(template: str, layout: str, sample: Any, faces: Collection[str]) -> list[Problem]:
    """Typefaces of a sample's texts other than ``faces``; where it names none, the program that opens it chooses."""
    theme = _theme_faces(sample.slide_layout.slide_master)
    used = [face for shape in sample.shapes if shape.has_text_frame for face in inherited(sample, shape).faces()]
    names = dict.fromkeys(theme.get(face, face) for face in used)
    at = Location(template, f"{layout}樣張")
    return [problem(SamplesCode.SLIDES_FONT, at, face=face) for face in names if face and face not in faces]


def _theme_faces(master: Any) -> dict[str, str]:
    """What +mn-lt, +mj-ea and the like mean."""
    for relation in master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            root = etree.fromstring(relation.target_part.blob)
            return {
                f"+{short}-{script}": face.get("typeface") or ""
                for short, tag in (("mj", "majorFont"), ("mn", "minorFont"))
                for script, kind in (("lt", "latin"), ("ea", "ea"))
                for face in root.iterfind(f".//{A}{tag}/{A}{kind}")
            }
    return {}
