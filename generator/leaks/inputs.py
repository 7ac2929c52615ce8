"""What may not be published, found in the cells and attached files before anything is made of them.

Protected names in the minutes are errors; names in papers that will be published, and personal data, are warnings,
because the papers are for the members first: ``publish`` refuses them. No message says a name.
"""

from __future__ import annotations

import contextlib
import html
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from generator.basic.package import DAMAGED, Budget, Package
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, problem, warning
from generator.documents.access import sees
from generator.documents.document import EDITIONS, FOR_MEETING, FOR_PUBLIC
from generator.leaks import hints, names, personal, titles
from generator.leaks.names import Sought, key
from generator.meeting.model import Meeting
from generator.meeting.sheets import OPINION
from generator.meeting.sheets.agenda import USUAL, Section
from generator.meeting.sheets.lists import COUNTED, Total
from generator.meeting.sheets.meeting import SIGNED, Attachment
from generator.pdf.from_elsewhere import confined
from generator.pdf.from_elsewhere.problems import Unfit
from generator.prose.vocabulary import Vocabulary
from generator.rules.prose import prose_of
from generator.workbook.record import Kind, Record
from generator.workbook.values import folded

_CLEARING = "不是姓名時，請在〔非姓名〕的「文字」填入整個詞（例如前後各多一個字）。"


class LeakCode(Code):
    """The problems that this module finds."""

    PROTECTED_NAME = error(
        "內容出現須保護的姓名（該委員聲明不記名或不公開）{quote}", f"請改為「委員」或其他不指名的寫法。{_CLEARING}"
    )
    PROTECTED_TITLE = error(
        "以姓氏加稱謂指出須保護的委員（出席者沒有其他同姓的人）{quote}",
        f"請改為「委員」或其他不指名的寫法。{_CLEARING}",
    )
    SHARED_TITLE = warning(
        "以姓氏加稱謂指出的，可能是須保護的委員（另有同姓的人出席）{quote}",
        f"指的是該委員時，請改為不指名的寫法；是別人時可不理會。{_CLEARING}",
    )
    HINTED = warning(
        "以機關、職務、座次或拼音指出的，可能是須保護的委員{quote}",
        f"指的是該委員時，請改為不指名的寫法；是別人時可不理會。{_CLEARING}",
    )
    PROTECTED_IN_PAPERS = warning(
        "要公開的內容有須保護的姓名{quote}，packet publish 會拒絕公開", f"請改為不指名的寫法。{_CLEARING}"
    )
    TITLE_IN_PAPERS = warning(
        "要公開的內容以姓氏加稱謂指出須保護的委員（出席者沒有其他同姓的人）{quote}，packet publish 會拒絕公開",
        f"請改為不指名的寫法。{_CLEARING}",
    )
    NAME_IN_PAPERS = warning(
        "要公開的內容有與委員姓名相同的字{quote}，該委員發言如不記名或不公開，就不能公開",
        f"是姓名時，請改為不指名的寫法。{_CLEARING}",
    )
    PERSONAL_DATA = warning(
        "要公開的內容有{what}{quote}，packet publish 會拒絕公開",
        "請刪去；確定可以公開時（例如服務信箱、機關電話），請照原文填入〔非姓名〕的「文字」。",
    )
    CLEARS_A_NAME = error(
        "這一列放行的就是委員的姓名，不能只填姓名", "請填含前後文的整個詞；如果指的就是該委員，請刪除這一列。"
    )
    QUOTES_CLOSED = warning(
        "要公開的內容有與不公開的發言相同的文字", "請確認可以公開；不能公開時，請改寫或刪去。回應可填「併同不公開」。"
    )
    ORIGINAL_PATHS = warning(
        "附原檔的檔案有連到電腦或伺服器路徑的連結（{path}），寄出時會一併帶出",
        "請在原檔移除連結再放入，或清空「附原檔」只附 PDF。",
    )
    ATTACHMENT_UNREAD = warning("附件的內容無法讀取，沒有檢查有無須保護的姓名與個人資料", "請自行確認，或換一份檔案。")


# Warnings of a check that stop a publication.
REFUSED_BY_PUBLISH = (LeakCode.PROTECTED_IN_PAPERS, LeakCode.TITLE_IN_PAPERS, LeakCode.PERSONAL_DATA)
_PRINTED_PARTS = compile_late(
    r"(?:word/(?:document|header\d*|footer\d*|footnotes|endnotes)|xl/sharedStrings|xl/worksheets/[^/]+|ppt/slides/[^/]+"
    r"|(?:word|xl|ppt)/(?:charts/chart|diagrams/data|drawings/drawing)\d*|(?:Object ?[^/]*/)?content|styles)\.xml"
)
# What ends a paragraph or cell; other tags stand within words.
_ENDS = compile_late(r"</(?:\w+:(?:p|h|tc|table-cell|pt)|si|c)>|<(?:w:|a:|text:)(?:br|line-break)\b[^>]*>")
_TAG = compile_late(r"<[^>]*>")
# Who reads a file, by a sign at its beginning.
_TASKS = {b"%PDF-": "read pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "read old", rb"{\rtf": "read old"}
# A link to a path of a machine in the XML of a package.
_PATH = compile_late(rb"""(?:Target|href)\s*=\s*["']\s*((?:file:|\\\\|[A-Za-z]:[\\/])[^"']*)""", re.IGNORECASE)
_MOST_SHOWN = 80
_SENTENCE = compile_late(r"[。！？；!?;\n]")
_TELLING = 9
# Stands between texts that are looked through together; no key drops it.
_BOUNDARY = "\ue000"


class Printed(Struct, frozen=True):
    """A text that is printed, and its cell. ``editions`` are those of the minutes; ``paper``: it is in public papers.

    ``case`` is the 案號 that it belongs to, empty for none. ``names_people``: who attended and who speaks may stand
    there by name.
    """

    text: str
    at: Location
    editions: tuple[str, ...] = ()
    paper: bool = False
    case: str = ""
    names_people: bool = False

    @property
    def public(self) -> bool:
        return self.paper or FOR_PUBLIC in self.editions


def check(meeting: Meeting, vocabulary: Vocabulary) -> list[Problem]:
    """Everything in the workbooks and attached files that an edition of the minutes or the public may not have."""
    found = _clearing_rows(meeting)
    cleared = [entry.text for entry in meeting.cleared]
    hidden = Sought.of(names.protected(meeting, FOR_PUBLIC), cleared)
    roster = Sought.of([member.name for member in meeting.members if len(key(member.name)) > 1], cleared)
    printed = [
        *_of_papers(meeting, vocabulary),
        *_of_lists(meeting, hidden if meeting.minutes is not None else roster),
        *_of_files(meeting, found),
    ]
    papers = [item for item in printed if item.paper]
    minuted = list(_of_minutes(meeting, vocabulary))
    if meeting.minutes is not None:
        for edition in EDITIONS:
            there = [item for item in minuted if edition in item.editions and not item.names_people]
            own = Sought.of(names.protected(meeting, edition), cleared)
            found += _names(there, own, LeakCode.PROTECTED_NAME, hidden)
            found += _titles(there, titles.bearers(meeting, edition), own, LeakCode.PROTECTED_TITLE)
            found += _titles(there, hints.by_office(meeting, edition), own, LeakCode.HINTED, LeakCode.HINTED)
            found += _in_latin(there, meeting, edition, own)
        found += _names(papers, hidden, LeakCode.PROTECTED_IN_PAPERS, hidden)
        found += _titles(papers, titles.bearers(meeting, FOR_PUBLIC), hidden, LeakCode.TITLE_IN_PAPERS)
    else:
        found += _names(papers, roster, LeakCode.NAME_IN_PAPERS, roster)
    public = [item for item in (*papers, *minuted) if item.public]
    found += _quotes(public, meeting)
    found += _paths_of_originals(meeting)
    found += _personal([*public, *_of_people(meeting)], meeting)
    return list(dict.fromkeys(found))


def of_texts(meeting: Meeting, texts: Iterable[tuple[str, Location]]) -> list[Problem]:
    """Who is protected in any edition, named or pointed at in texts that go out by themselves, as those of mails."""
    own = Sought.of(names.protected(meeting, FOR_PUBLIC), [entry.text for entry in meeting.cleared])
    items = [Printed(text, at, EDITIONS) for text, at in texts]
    return [
        *_names(items, own, LeakCode.PROTECTED_NAME, own),
        *_titles(items, titles.bearers(meeting, FOR_PUBLIC), own, LeakCode.PROTECTED_TITLE),
        *_titles(items, hints.by_office(meeting, FOR_PUBLIC), own, LeakCode.HINTED, LeakCode.HINTED),
        *_in_latin(items, meeting, FOR_PUBLIC, own),
    ]


def _names(items: list[Printed], sought: Sought, code: Code, hidden: Sought) -> Iterator[Problem]:
    if not items or not sought.may_be_in(key(_BOUNDARY.join(item.text for item in items))):
        return
    for item in items:
        text = key(item.text)
        if places := sought.places(text):
            around = names.surroundings(item.text, places[0], [*places, *hidden.places(text)])
            yield problem(code, item.at, quote=around)


def _titles(
    items: list[Printed],
    bearers: Iterable[titles.Bearer],
    own: Sought,
    unshared: LeakCode,
    shared: LeakCode = LeakCode.SHARED_TITLE,
) -> Iterator[Problem]:
    whole = key(_BOUNDARY.join(item.text for item in items))
    for bearer in bearers:
        sought = own.with_patterns([bearer.pattern])
        code = shared if bearer.shared else unshared
        for item in items if sought.may_be_in(whole) else ():
            if item.case and folded(item.case) not in bearer.cases:
                continue
            text = key(item.text)
            if places := sought.places(text):
                if bearer.surname:
                    starts = [text.index(bearer.surname, start) for start, _ in places]
                    places = [(start, start + len(bearer.surname)) for start in starts]
                around = names.surroundings(item.text, places[0], [*places, *own.places(text)])
                yield problem(code, item.at, quote=around)


def _in_latin(items: list[Printed], meeting: Meeting, edition: str, own: Sought) -> Iterator[Problem]:
    people = dict(titles.protected_people(meeting, edition))
    for item in items if people else ():
        concerned = [name for name, cases in people.items() if not item.case or folded(item.case) in cases]
        text = unicodedata.normalize("NFKC", item.text)
        if any(not own.clears(text, place) for place in hints.in_latin(text, concerned)):
            yield problem(LeakCode.HINTED, item.at, quote="")


def _quotes(items: list[Printed], meeting: Meeting) -> Iterator[Problem]:
    """Sentences of closed remarks that stand elsewhere; short ones are in any text."""
    closed = (
        [text for remark in meeting.minutes.remarks if remark.closed for text in remark.texts]
        if meeting.minutes
        else []
    )
    sentences = {
        sentence for text in closed for part in _SENTENCE.split(text) if len(sentence := key(part)) >= _TELLING
    }
    for item in items if sentences else ():
        text = key(item.text)
        if any(sentence in text for sentence in sentences):
            yield problem(LeakCode.QUOTES_CLOSED, item.at)


def _personal(items: list[Printed], meeting: Meeting) -> Iterator[Problem]:
    allowed = personal.Allowed.of(meeting)
    hidden = Sought.of(names.protected(meeting, FOR_PUBLIC))
    # Most meetings have none: all texts are looked through at once first.
    if not any(True for _ in personal.find(personal.plain(_BOUNDARY.join(item.text for item in items)), allowed)):
        return
    for item in items:
        text = personal.plain(item.text)
        hits = list(personal.find(text, allowed))
        for what in dict.fromkeys(what for what, _ in hits):
            shown = next(place for kind, place in hits if kind == what)
            around = personal.surroundings(text, shown, [place for _, place in hits])
            yield problem(
                LeakCode.PERSONAL_DATA, item.at, what=what, quote="" if hidden.places(key(around)) else around
            )


def _clearing_rows(meeting: Meeting) -> list[Problem]:
    """A row of 〔非姓名〕 that clears a name itself, alone or with a title, would clear every place."""
    people = [member.name for member in meeting.members]
    people += [entry.name for entry in meeting.minutes.attendance] if meeting.minutes else []
    bearers = [bearer.pattern for edition in EDITIONS for bearer in titles.bearers(meeting, edition)]
    found = []
    for entry in meeting.cleared:
        rest = key(entry.text)
        if any(re.fullmatch(pattern, rest) for pattern in bearers) or any(
            key(name) and titles.without_titles(rest.replace(key(name), "")) == ""
            for name in people
            if key(name) in rest
        ):
            found.append(problem(LeakCode.CLEARS_A_NAME, entry.at("text")))
    return found


def _of_minutes(meeting: Meeting, vocabulary: Vocabulary) -> Iterator[Printed]:
    """Every text that the minutes and the tasks print."""
    minutes = meeting.minutes
    if minutes is None:
        return
    # What is not for anyone is left out of the public edition.
    closed = {folded(case.key) for case in meeting.cases if not sees(FOR_PUBLIC, case.access)}
    yield Printed(minutes.info.opening, minutes.info.at("opening"), EDITIONS)
    for remark in minutes.remarks:
        editions = (FOR_MEETING,) if remark.closed or folded(remark.case) in closed else EDITIONS
        for statement in (remark, *remark.points):
            yield Printed(statement.text, statement.at("text"), editions, case=remark.case)
        if not remark.nameless and remark.kind != OPINION:
            yield Printed(remark.speaker, remark.at("speaker"), editions, case=remark.case)
    for observer in meeting.came:
        yield Printed(observer.unit, observer.at("unit"), EDITIONS)
        yield Printed(observer.title, observer.at("title"), EDITIONS)
    for member in meeting.members:
        yield Printed(member.address, member.at("address"), EDITIONS)
    for attendance in minutes.attendance:
        yield Printed(attendance.deputy_title, attendance.at("deputy_title"), EDITIONS)
    for item in minutes.attachments:
        yield Printed(item.name, item.at("name"), EDITIONS)
    for decision in minutes.decisions:
        editions = (FOR_MEETING,) if folded(decision.case) in closed else EDITIONS
        yield Printed(decision.text, decision.at("text"), editions, case=decision.case)
        yield Printed(decision.unit, decision.at("unit"), editions, case=decision.case)
    for case in meeting.cases:
        subject, public = vocabulary.written(case, "subject", case), folded(case.key) not in closed
        editions = EDITIONS if public else (FOR_MEETING,)
        yield Printed(_both(case.subject, subject), case.at("subject"), editions, public, case.key)
        yield Printed(case.unit, case.at("unit"), editions, public, case.key)
    for name in ("place", "title"):
        yield Printed(getattr(meeting.info, name), meeting.info.at(name), EDITIONS, True)
    for section in meeting.sections if meeting.sections is not USUAL else ():
        for name in _texts_of(Section):
            yield Printed(getattr(section, name), section.at(name), EDITIONS, True)
    left_out = names.protected(meeting, FOR_MEETING)
    for proposal in meeting.proposals:
        # What members wrote is left out where it names someone; what staff write is theirs to mend.
        if proposal.counts:
            for name in ("adopted", "reason"):
                yield Printed(getattr(proposal, name), proposal.at(name), (FOR_MEETING,), case=proposal.case)
        # In another spelling a name is not left out.
        for name in ("member", "place", "old", "new"):
            written = getattr(proposal, name)
            if not any(folded(person) in folded(written) for person in left_out):
                yield Printed(written, proposal.at(name), (FOR_MEETING,), case=proposal.case)
    for item in minutes.attachments:
        yield Printed(item.name, item.at("name"), EDITIONS)
    people: list[tuple[Record, str]] = [(meeting.info, "chair"), (meeting.info, "recorder")]
    people += [(observer, "name") for observer in meeting.came]
    people += [(entry, name) for entry in minutes.attendance for name in ("name", "deputy")]
    for remark in minutes.remarks:
        if not remark.closed and not remark.nameless:
            at = remark.at("speaker")
            yield Printed(remark.speaker, at, EDITIONS, names_people=_is_one_person(remark.speaker, meeting))
    for record, name in people:
        yield Printed(getattr(record, name), record.at(name), EDITIONS, names_people=True)
    for name in ("full_name", "group"):
        yield Printed(getattr(meeting.agency, name), meeting.agency.at(name), EDITIONS, True)


def _is_one_person(speaker: str, meeting: Meeting) -> bool:
    """Whether no protected name stands beside the name of who speaks: a name and a title, and nobody else."""
    assert meeting.minutes is not None
    people = [member.name for member in meeting.members]
    people += [name for entry in meeting.minutes.attendance for name in (entry.name, entry.deputy)]
    rest = key(speaker)
    for name in sorted(filter(None, map(key, people)), key=len, reverse=True):
        if rest.startswith(name):
            rest = rest.removeprefix(name)
            break
    return not Sought.of(names.protected(meeting, FOR_PUBLIC)).places(rest)


def _both(typed: str, rendered: str) -> str:
    """A text as it is printed; as typed too, where that differs."""
    return rendered if typed == rendered else f"{rendered}{_BOUNDARY}{typed}"


def _attached(meeting: Meeting) -> Iterator[tuple[Attachment, str, bool]]:
    """The attachments with the 案號 of each (those of the minutes have none), and whether the public gets them."""
    for case in meeting.cases:
        yield from ((item, case.key, sees(FOR_PUBLIC, item.access)) for item in case.attachments)
    if meeting.minutes is not None:
        listed = meeting.minutes.public_attachments
        yield from ((item, "", item.name in listed) for item in meeting.minutes.attachments)


def _of_papers(meeting: Meeting, vocabulary: Vocabulary) -> Iterator[Printed]:
    """The texts of the public papers that are no lists: prose, names, regulations."""
    for source, case, at in prose_of(meeting):
        faults: list[Problem] = []
        text = vocabulary.render(source, case, at, faults)
        # A text that cannot be rendered is an error already, and is not printed.
        if not faults:
            yield Printed(_both(source, text), at, paper=sees(FOR_PUBLIC, case.access), case=case.key)
    for case in meeting.cases:
        # The headings of the parts: 說明, 擬辦.
        for point in case.explanations:
            yield Printed(point.part, point.at("part"), paper=sees(FOR_PUBLIC, case.access), case=case.key)
    for attachment, case_key, public in _attached(meeting):
        yield Printed(attachment.name, attachment.at("name"), paper=public, case=case_key)
    for slide in meeting.slides if meeting.deck_case else ():
        yield Printed(slide.tab, slide.at("tab"), paper=True)
    for name in ("short_name", "self_name", "english_name", "motto"):
        yield Printed(getattr(meeting.agency, name), meeting.agency.at(name), paper=True)
    if meeting.minutes is None:
        for name in ("place", "title"):
            yield Printed(getattr(meeting.info, name), meeting.info.at(name), paper=True)
    named = {item.target: item.at("origin") for item, _, public in _attached(meeting) if public}
    for name, regulation in meeting.regulations.items():
        if name not in named:
            continue
        for article in regulation.articles:
            yield Printed(article.text, article.at("text"), paper=True)
            yield Printed(article.label, article.at("label"), paper=True)
        # Of these the cell is not known, only who names the regulation.
        yield from (Printed(text, named[name], paper=True) for text in (regulation.name, *regulation.history))


def _of_people(meeting: Meeting) -> Iterator[Printed]:
    """What stands beside names, and where people stand by name: no place for a number of theirs."""
    for case in meeting.cases:
        for name in SIGNED:
            yield Printed(getattr(case, name), case.at(name), paper=sees(FOR_PUBLIC, case.access), case=case.key)
    for member in meeting.members:
        for name in ("name", "title", "organisation"):
            yield Printed(getattr(member, name), member.at(name), paper=True)


def _of_lists(meeting: Meeting, sought: Sought) -> Iterator[Printed]:
    """The texts of lists and other tables, of columns only that have something; a list may have 200,000 rows."""
    allowed = personal.Allowed.of(meeting)

    def is_worth_it(texts: Iterable[str]) -> bool:
        column = _BOUNDARY.join(dict.fromkeys(texts))
        return sought.may_be_in(key(column)) or any(True for _ in personal.find(personal.plain(column), allowed))

    # Of one source all attachments have the same access.
    closed = {folded(item.target) for item, _, public in _attached(meeting) if not public}
    for record in COUNTED:
        listed = meeting.list_of(record) if folded(record.sheet.name) not in closed else ()
        for field_name in _texts_of(record) if listed else ():
            if is_worth_it(getattr(row, field_name) for row in listed):
                yield from (Printed(getattr(row, field_name), row.at(field_name), paper=True) for row in listed)
    for table in (table for name, table in meeting.tables.items() if folded(name) not in closed):
        for caption in filter(None, (table.title, *table.captions, *table.notes)):
            yield Printed(caption.text, caption.at, paper=True)
        for column in range(len(table.headings)):
            if is_worth_it(row[column] for row in table.rows if column < len(row)):
                for row, place in zip(table.rows, table.places, strict=True):
                    if column < len(row):
                        yield Printed(row[column], place.cell(column), paper=True)


def _texts_of(record: type[Record]) -> list[str]:
    """The fields of a list that may hold any wording: also a choice, where a body has words of its own."""
    kinds = (Kind.TEXT, Kind.PROSE, Kind.UNIT, Kind.CHOICE)
    never_printed = {(Total, "source")}
    columns = record.sheet.by_field.items()
    return [name for name, column in columns if column.kind in kinds and (record, name) not in never_printed]


def _of_files(meeting: Meeting, problems: list[Problem]) -> Iterator[Printed]:
    """The texts of attached files, at the cell that names the file."""
    owners = {item.at("origin"): (case, public) for item, case, public in _attached(meeting)}
    for at, enclosure in meeting.files.items():
        case, public = owners.get(at, ("", True))
        yield Printed(enclosure.path.name, at, paper=public, case=case)
        try:
            yield Printed(_printed_text(enclosure.path), at, paper=public, case=case)
        except (Unfit, OSError, *DAMAGED):
            problems.append(problem(LeakCode.ATTACHMENT_UNREAD, at))


def _paths_of_originals(meeting: Meeting) -> Iterator[Problem]:
    """Links of originals to where a file lies: its author's folder, a template, a shared drive."""
    for at, enclosure in meeting.files.items():
        with contextlib.suppress(OSError, *DAMAGED):
            if enclosure.keeps_original and (path := _linked_path(enclosure.path.read_bytes())):
                yield problem(LeakCode.ORIGINAL_PATHS, at, path=path)


def _linked_path(content: bytes) -> str:
    """The first path that a file links to. Packages alone are looked into."""
    if content.startswith(b"PK\x03\x04"):
        with Package(content, Budget()) as archive:
            linking = (name for name in archive.namelist() if name.endswith((".rels", "content.xml", "styles.xml")))
            for name in linking:
                if found := _PATH.search(archive.read(name)):
                    return html.unescape(found[1].decode("utf-8", "replace"))[:_MOST_SHOWN]
    return ""


def _printed_text(path: Path) -> str:
    """What a file prints, as far as it can be read without LibreOffice; what comes of it is searched again.

    Properties and other hidden texts are not published. All but packages are read in the child process, within its
    limits; pictures have no text.
    """
    content = path.read_bytes()
    if content.startswith(b"PK\x03\x04"):
        with Package(content, Budget()) as archive:
            parts = [entry for entry in archive.namelist() if _PRINTED_PARTS.fullmatch(entry)]
            raw = [_ENDS.sub("\n", archive.read(part).decode("utf-8", "replace")) for part in parts]
        return "\n".join(html.unescape(_TAG.sub("", part)) for part in raw)
    task = next((task for sign, task in _TASKS.items() if sign in content[:1024]), "")
    return confined.run(task, content=os.fsencode(path))[1].decode("utf-8") if task else ""
