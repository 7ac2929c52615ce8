"""Layers of a PDF that are off when it is opened on a screen: what is drawn on them is taken out, not only hidden.

ISO 32000-1, 8.11. pikepdf takes a while to load: it is imported where it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any

# What paints; all else (colours, fonts, positions, clipping) counts for what comes after it too.
_PATHS = ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*")
_PAINTS = ("sh", "Do", "Tj", "TJ", "INLINE IMAGE")
_DEEPEST = 20


def off(root: Any) -> list[Any]:
    """The layers that are off when a PDF with this catalogue is opened on a screen (ISO 32000-1, 8.11.4)."""
    from pikepdf import Array, Dictionary, Name

    layers = root.get("/OCProperties", Dictionary())
    setting = layers.get("/D", Dictionary())
    if setting.get("/BaseState") == Name.OFF:
        shown = {layer.objgen for layer in setting.get("/ON", Array())}
        hidden = {layer.objgen: layer for layer in layers.get("/OCGs", Array()) if layer.objgen not in shown}
    else:
        hidden = {layer.objgen: layer for layer in setting.get("/OFF", Array())}
    for rule in setting.get("/AS", Array()):
        if rule.get("/Event") != Name.View or Name.View not in list(rule.get("/Category", Array())):
            continue
        for layer in rule.get("/OCGs", Array()):
            state = layer.get("/Usage", Dictionary()).get("/View", Dictionary()).get("/ViewState")
            if state == Name.OFF:
                hidden[layer.objgen] = layer
            elif state == Name.ON:
                hidden.pop(layer.objgen, None)
    return list(hidden.values())


def take_out(document: Any) -> None:
    """Takes out what pages, forms and notes draw on layers that are off. Raises what pikepdf raises on damaged ones."""
    import pikepdf

    hidden = {layer.objgen for layer in off(document.Root)}
    if not hidden:
        return
    for page in document.pages:
        notes = page.obj.get("/Annots")
        if isinstance(notes, pikepdf.Array):
            seen = [note for note in notes if not _is_off(note.get("/OC"), hidden)]
            if len(seen) < len(notes):
                page.obj.Annots = pikepdf.Array(seen)
        if "/Contents" in page.obj:
            resources = page.resources
            instructions = pikepdf.parse_content_stream(page)
            kept, changed = _seen(instructions, resources, hidden)
            if changed:
                page.obj.Contents = document.make_stream(pikepdf.unparse_content_stream(kept))
            resources_seen: set[Any] = set()
            _forms(resources, hidden, resources, resources_seen, 0)


def _forms(resources: Any, hidden: Set[Any], of_page: Any, done: set[Any], depth: int) -> None:
    """The same for the forms and patterns that are drawn; those that are off altogether lose all they draw."""
    import pikepdf

    if depth > _DEEPEST or not isinstance(resources, pikepdf.Dictionary):
        return
    for kind in ("/XObject", "/Pattern"):
        things: Any = resources.get(kind)
        for name in list(things.keys()) if isinstance(things, pikepdf.Dictionary) else ():
            thing = things[name]
            if not isinstance(thing, pikepdf.Stream) or thing.objgen in done:
                continue
            done.add(thing.objgen)
            if _is_off(thing.get("/OC"), hidden):
                # Nothing draws it any more; a program that lists all pictures of a page would still show it.
                del things[name]
                continue
            if thing.get("/Subtype") == pikepdf.Name.Image:
                continue
            own = thing.get("/Resources", of_page)
            kept, changed = _seen(pikepdf.parse_content_stream(thing), own, hidden)
            if changed:
                thing.write(pikepdf.unparse_content_stream(kept))
            _forms(own, hidden, of_page, done, depth + 1)


def _seen(instructions: Iterable[Any], resources: Any, hidden: Set[Any]) -> tuple[list[Any], bool]:
    """The instructions without what they paint on hidden layers; and whether that changed anything."""
    import pikepdf

    kept: list[Any] = []
    # Of each marked content that is open: whether it is on a layer that is off.
    marked: list[bool] = []
    changed = False
    for instruction in instructions:
        operator, operands = str(instruction.operator), list(instruction.operands)
        unseen = any(marked)
        if operator in ("BDC", "BMC"):
            layer = operator == "BDC" and len(operands) > 1 and str(operands[0]) == "/OC"
            marked.append(bool(layer) and _is_off(_property(operands[1], resources), hidden))
            if unseen and operator == "BDC":
                # What is said of hidden content (/ActualText, /Alt) goes with it; its number is for the tags.
                changed = True
                kept.append(
                    pikepdf.ContentStreamInstruction([operands[0], _numbered(operands[1])], instruction.operator)
                )
                continue
        elif operator == "EMC" and marked:
            marked.pop()
        elif not unseen and operator == "Do" and _is_off(_drawn(operands, resources).get("/OC"), hidden):
            changed = True
            continue
        elif unseen and operator in _PATHS:
            changed = True
            kept.append(pikepdf.ContentStreamInstruction([], pikepdf.Operator("n")))
            continue
        elif unseen and operator in ("'", '"'):
            changed = True
            if operator == '"':
                for value, setting in zip(operands, ("Tw", "Tc"), strict=False):
                    kept.append(pikepdf.ContentStreamInstruction([value], pikepdf.Operator(setting)))
            kept.append(pikepdf.ContentStreamInstruction([], pikepdf.Operator("T*")))
            continue
        elif unseen and operator in _PAINTS:
            changed = True
            continue
        kept.append(instruction)
    return kept, changed


def _numbered(properties: Any) -> Any:
    from pikepdf import Dictionary

    number = properties.get("/MCID") if isinstance(properties, Dictionary) else None
    return Dictionary() if number is None else Dictionary(MCID=number)


def _property(operand: Any, resources: Any) -> Any:
    from pikepdf import Dictionary, Name

    if isinstance(operand, Name):
        return resources.get("/Properties", Dictionary()).get(str(operand))
    return operand


def _drawn(operands: list[Any], resources: Any) -> Any:
    from pikepdf import Dictionary, Stream

    thing = resources.get("/XObject", Dictionary()).get(str(operands[0])) if operands else None
    return thing if isinstance(thing, Dictionary | Stream) else Dictionary()


def _is_off(layer: Any, hidden: Set[Any]) -> bool:
    """Whether what belongs to a layer, or to several by a rule, is not shown."""
    from pikepdf import Array, Dictionary, Name

    if not isinstance(layer, Dictionary):
        return False
    if layer.get("/Type") != Name.OCMD:
        return layer.objgen in hidden
    if isinstance(layer.get("/VE"), Array):
        return not _holds(layer.VE, hidden, 0)
    named = layer.get("/OCGs")
    groups = list(named) if isinstance(named, Array) else [named]
    states = [group.objgen not in hidden for group in groups if isinstance(group, Dictionary)]
    if not states:
        return False
    rule = str(layer.get("/P", "/AnyOn"))
    shown = {"/AllOn": all(states), "/AnyOff": not all(states), "/AllOff": not any(states)}.get(rule, any(states))
    return not shown


def _holds(expression: Any, hidden: Set[Any], depth: int) -> bool:
    from pikepdf import Array

    if not isinstance(expression, Array):
        return not (hasattr(expression, "objgen") and expression.objgen in hidden)
    values = [_holds(part, hidden, depth + 1) for part in list(expression)[1:]] if depth < _DEEPEST else [True]
    word = str(expression[0]) if len(expression) else ""
    if word == "/Not":
        return not all(values)
    return any(values) if word == "/Or" else all(values)
