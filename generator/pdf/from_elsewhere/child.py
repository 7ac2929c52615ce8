"""The child process of confined: it does one task after another on files from elsewhere, within limits."""

from __future__ import annotations

import json
import os
import struct
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from generator.basic import parent
from generator.pdf.from_elsewhere.problems import FileCode, Unfit
from generator.pdf.from_elsewhere.remarks import Remark


def serve(memory: int, seconds: int) -> None:
    """Answers until there is nothing more to read. ``memory`` in bytes; ``seconds`` of processor time for each task."""
    _limit_memory(memory)
    # The pipe tells of its end only once a task is done.
    parent.end_with(os.getppid())
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        asked = json.loads(line)
        began = time.process_time()
        _limit_time(seconds)
        answer, more = _answer(asked, source.read(asked["size"]))
        answer |= {"seconds": time.process_time() - began, "size": len(more)}
        target.write(json.dumps(answer).encode() + b"\n")
        target.write(more)
        target.flush()


def _answer(asked: dict[str, object], content: bytes) -> tuple[dict[str, object], bytes]:
    arguments = asked["arguments"]
    assert isinstance(arguments, list)
    try:
        result, more = _TASKS[str(asked["task"])](content, *arguments)
    except Unfit as unfit:
        return {"code": unfit.code.name, "values": unfit.values}, b""
    except OSError as error:
        return {"error": error.errno or 5}, b""
    except MemoryError:
        return {"code": None, "values": {}}, b""
    except RecursionError:
        return {"code": FileCode.FILE_DAMAGED.name, "values": {}}, b""
    return {"result": result}, more


def _limit_memory(memory: int) -> None:
    """Where the system has such a limit; macOS takes no notice of it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _limit_time(seconds: int) -> None:
    if sys.platform != "win32":
        import resource

        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))


# --- tasks ------------------------------------------------------------------------------------------------------


def _examine_pdf(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere import pages

    return str(pages.examine(Path(os.fsdecode(content)))), b""


def _examine_picture(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere import pictures

    try:
        return pictures.examine(Path(os.fsdecode(content))), b""
    except pictures.TooLarge as large:
        raise Unfit(FileCode.FILE_TOO_LARGE, what=f"{large.millions:,} 百萬像素") from large
    except pictures.Damaged as damaged:
        raise Unfit(FileCode.FILE_DAMAGED) from damaged


def _examine_compound(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere import compound_kinds

    return compound_kinds.examine(Path(os.fsdecode(content))), b""


def _remark_pdf(content: bytes) -> tuple[str, bytes]:
    """The remarks as JSON, and the letters that are wanted."""
    from generator.pdf.from_elsewhere import pages

    remarks, wanted = pages.annotated(Path(os.fsdecode(content)))
    return _as_json(remarks), "".join(sorted(wanted)).encode()


def _fit_pdf(content: bytes, letters_from: str, heading_from: str, heading: str) -> tuple[str, bytes]:
    """After the PDF, from these places on, come the PDF with letters and that of its heading; either may be empty."""
    from generator.pdf.from_elsewhere import headings, pages

    first, second = int(letters_from), int(heading_from)
    pdf, letters, title_page = content[:first], content[first:second], content[second:]
    if not title_page or headings.stands_already(pdf, heading):
        return "", pages.fitted(pdf, letters=letters or None)
    fitted = pages.fitted(pdf, letters=letters or None, above=headings.room(heading))
    return "", headings.put(fitted, heading, title_page)


def _fit_picture(content: bytes, title: str, heading_from: str, heading: str) -> tuple[str, bytes]:
    """After the picture comes, from that place on, the PDF of its heading."""
    from generator.pdf.from_elsewhere import headings, pages, pictures

    picture, title_page = content[: int(heading_from)], content[int(heading_from) :]
    above = headings.room(heading) if title_page else 0.0
    try:
        pages_of_picture = pages.as_figures(pages.fitted(pictures.to_pdf(picture), above=above), title)
        return "", headings.put(pages_of_picture, heading, title_page) if title_page else pages_of_picture
    except pictures.Damaged as damaged:
        raise Unfit(FileCode.FILE_DAMAGED) from damaged


def _remark_picture(content: bytes) -> tuple[str, bytes]:
    """The remarks as JSON."""
    from generator.pdf.from_elsewhere import pictures
    from generator.pdf.from_elsewhere.remarks import Remark, RemarkCode

    moves = pictures.moves(Path(os.fsdecode(content)))
    return _as_json([Remark(RemarkCode.PICTURE_MOVES)] if moves else []), b""


def _remark_office(content: bytes) -> tuple[str, bytes]:
    """The remarks as JSON."""
    from generator.pdf.from_elsewhere import compound_kinds, office_remarks, old_remarks

    file = compound_kinds.deciphered(Path(os.fsdecode(content)).read_bytes())
    return _as_json([*office_remarks.examine(file), *old_remarks.examine(file)]), b""


def _as_json(remarks: Iterable[Remark]) -> str:
    return json.dumps([[remark.code.name, remark.page, remark.what] for remark in remarks])


def _make_ready(content: bytes, name: str) -> tuple[str, bytes]:
    """For LibreOffice: with what was saved in fields and formulas, and without links."""
    from generator.pdf import links
    from generator.pdf.from_elsewhere import compound_kinds, revisions, saved
    from generator.pdf.from_elsewhere.sheets import trimming

    try:
        # What was deleted may be half of a field.
        plain = compound_kinds.deciphered(content)
        after = links.cut(saved.frozen(revisions.accepted(plain), name))
        after = trimming.trimmed(after) if after.startswith(b"PK") else after
    except (revisions.Unreadable, saved.Unreadable) as unreadable:
        raise Unfit(FileCode.FILE_DAMAGED) from unreadable
    except links.Unreadable as unreadable:
        if unreadable.reaches_out:
            raise Unfit(FileCode.FILE_REACHES_OUT, what=unreadable.reaches_out) from unreadable
        if unreadable.large:
            raise Unfit(FileCode.FILE_TOO_LARGE, what="其中的內容太多") from unreadable
        raise Unfit(FileCode.FILE_DAMAGED) from unreadable
    return ("same", b"") if after == content else ("other", after)


def _fit_sheets(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere.sheets import fitting

    after, facts = fitting.fitted(content)
    return json.dumps({"changed": after != content, "sheets": json.loads(facts)}), after if after != content else b""


def _look_at_sheets(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere.sheets import pages

    after, facts = pages.looked_at(content)
    return facts, after


def _read_pdf(content: bytes) -> tuple[str, bytes]:
    import pikepdf

    from generator.pdf import pdfium, reading

    pdf = Path(os.fsdecode(content)).read_bytes()
    try:
        return "", f"{reading.all_text(pdf)}\n{reading.spoken(pdf)}".encode("utf-8", "replace")
    except (pdfium.Unreadable, pikepdf.PdfError, pikepdf.DependencyError) as unreadable:
        raise Unfit(FileCode.FILE_DAMAGED) from unreadable


def _read_old(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere import old_texts

    file = Path(os.fsdecode(content)).read_bytes()
    try:
        return "", old_texts.read(file).encode("utf-8", "replace")
    except (OSError, ValueError, LookupError, struct.error) as damaged:
        raise Unfit(FileCode.FILE_DAMAGED) from damaged


def _read_notes(content: bytes) -> tuple[str, bytes]:
    import pikepdf

    from generator.pdf import pdfium
    from generator.pdf.from_elsewhere import notes

    try:
        return "", notes.as_bytes(Path(os.fsdecode(content)).read_bytes())
    except (pdfium.Unreadable, pikepdf.PdfError, pikepdf.DependencyError) as unreadable:
        raise Unfit(FileCode.FILE_DAMAGED) from unreadable


def _read_outlook(content: bytes) -> tuple[str, bytes]:
    from generator.pdf.from_elsewhere import outlook

    file = Path(os.fsdecode(content)).read_bytes()
    try:
        return "", outlook.as_eml(file)
    except (OSError, ValueError, LookupError, struct.error, TypeError, AttributeError) as damaged:
        raise Unfit(FileCode.FILE_DAMAGED) from damaged


_TASKS: dict[str, Callable[..., tuple[str, bytes]]] = {
    "examine pdf": _examine_pdf,
    "examine picture": _examine_picture,
    "examine compound": _examine_compound,
    "read pdf": _read_pdf,
    "remark pdf": _remark_pdf,
    "read old": _read_old,
    "read notes": _read_notes,
    "read outlook": _read_outlook,
    "fit pdf": _fit_pdf,
    "fit picture": _fit_picture,
    "fit sheets": _fit_sheets,
    "look at sheets": _look_at_sheets,
    "remark office": _remark_office,
    "remark picture": _remark_picture,
    "make ready": _make_ready,
}
