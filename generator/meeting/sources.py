"""Where an attachment comes from: the words before the colon of 〔附件〕來源, and how each finds what stands after it.

A new source is a row of SOURCES and the function that looks its names up. ``sheets.meeting`` takes the words from here:
what a function needs of that module, it imports itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from msgspec import Struct, field

from generator.basic.problem import Code, Location, Problem, error, perhaps, problem
from generator.basic.workspace import MeetingId, Workspace
from generator.meeting.sheets.shared import Article, Regulation, regulation
from generator.workbook import books, plain_tables, typed_rows, values
from generator.workbook.plain_tables import PlainTable
from generator.workbook.raw import RawSheet

SHEET, SHARED, FILE, SEPARATELY = "工作表", "共用", "檔案", "另附"
# The form of a regulation in 共用/, to be copied; it is none itself.
BLANK_REGULATION = "空白條文"


class SourceCode(Code):
    """The problems that this module finds."""

    BAD_SOURCE = error("「{value}」不是附件來源", "請寫成{ways}。")
    NO_SUCH_SHEET = error("找不到工作表〔{sheet}〕", "請改正來源，或增加此工作表。{perhaps}")
    EMPTY_SHEET = error("工作表〔{sheet}〕沒有資料列", "請填入資料，或刪除這個附件。")
    NO_SUCH_SHARED = error("inputs/共用 內沒有「{name}.xlsx」", "請改正來源，或放入該檔。{perhaps}")
    NO_ARTICLES = error("共用「{name}」沒有〔條文〕工作表或條文", "請依層級、條號、內容填入條文。")
    FILE_TWICE = error("inputs/共用 內名稱是「{name}」的檔案有 {files}", "請在來源寫上副檔名，例如「共用:{example}」。")
    FILE_ELSEWHERE = error("「{name}」不是檔名", "請把檔案放進會議的「附件」資料夾，來源只寫「檔案:」加檔名。{perhaps}")
    NO_SUCH_FILE = error("會議的「附件」資料夾內沒有「{name}」", "請改正來源，或放入該檔（不可用連結）。{perhaps}")


class Inputs(Struct):
    """Where sources look: the workspace and the meeting's sheets; and what was found, by name.

    ``present`` are the names of the sheets that are there, ``declared`` those of the sheets that are read anyway.
    ``unread_books`` are workbooks of a format that is not read.
    """

    workspace: Workspace
    meeting: MeetingId
    raw: Sequence[RawSheet]
    present: Collection[str]
    declared: Collection[str]
    unread_books: Sequence[str]
    problems: list[Problem]
    tables: dict[str, PlainTable] = field(default_factory=dict)
    regulations: dict[str, Regulation] = field(default_factory=dict)


class Source(Struct, frozen=True):
    """A source by its word. ``target`` is what stands after the colon, 名稱 or 檔名; empty: nothing.

    ``find`` takes that name and its cell. It returns the path of a file to join; what else it finds it puts into the
    Inputs, and a name that it does not find is a problem there. ``joins``: it may be a file. ``names``: what the form
    offers to choose from.
    """

    word: str
    target: str
    find: Callable[[str, Location, Inputs], Path | None]
    joins: bool = False
    names: Callable[[Workspace], Sequence[str]] = lambda workspace: ()

    @property
    def way(self) -> str:
        """How it is written: 工作表:名稱; 另附."""
        return f"{self.word}:{self.target}" if self.target else self.word


def parts_of(origin: str) -> tuple[str, str]:
    """What a cell 來源 says: 工作表:預定開放 → 工作表 and 預定開放; 另附 → 另附 and nothing."""
    source, _, target = origin.replace("：", ":").partition(":")
    return source.strip(), target.strip()


def check(origin: str, at: Location, problems: list[Problem]) -> None:
    """Adds a problem where a cell does not say a source as it is written."""
    word, target = parts_of(origin)
    source = BY_WORD.get(word)
    if source is None or (source.target and not target):
        problems.append(problem(SourceCode.BAD_SOURCE, at, value=origin, ways=WAYS))


def joins_file(word: str) -> bool:
    """Whether that source may yield a file to join."""
    return word in BY_WORD and BY_WORD[word].joins


def attached_files(folder: Path) -> dict[str, Path]:
    """The files that lie in the folder itself, by name; no links. A name from a cell is looked up here, and never
    made a path of."""
    if folder.is_symlink() or not folder.is_dir():
        return {}
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return {unicodedata.normalize("NFC", books.printable(path.name)): path for path in paths}


def _sheet(name: str, at: Location, inputs: Inputs) -> None:
    """A sheet of the meeting; one that is not declared is read as a table of texts and numbers."""
    sheets = list(books.named(inputs.raw, name))
    if values.folded(name) not in inputs.present:
        guess = perhaps(name, [other.name for other in inputs.raw])
        guess = guess or books.likely_in(name, inputs.unread_books)
        inputs.problems.append(problem(SourceCode.NO_SUCH_SHEET, at, sheet=name, perhaps=guess))
    elif sheets and sheets[0].name not in inputs.declared and name not in inputs.tables:
        table = plain_tables.read_plain(name, sheets, inputs.problems)
        if table is None or not table.rows:
            inputs.problems.append(problem(SourceCode.EMPTY_SHEET, at, sheet=name))
        else:
            inputs.tables[name] = table


def _file(name: str, at: Location, inputs: Inputs) -> Path | None:
    """A file of the meeting's folder 附件."""
    have = attached_files(inputs.workspace.attachments(inputs.meeting))
    path = have.get(unicodedata.normalize("NFC", name))
    if path is None:
        aside = any(sign in name for sign in "/\\:")
        code = SourceCode.FILE_ELSEWHERE if aside else SourceCode.NO_SUCH_FILE
        inputs.problems.append(problem(code, at, name=name, perhaps=perhaps(name, have)))
    return path


def _shared(name: str, at: Location, inputs: Inputs) -> Path | None:
    """What a name (with its ending or without) means in 共用: a file to join, else a regulation, else a problem."""
    if name in inputs.regulations:
        return None
    shared, wanted = inputs.workspace.shared, unicodedata.normalize("NFC", name)
    have = {known: path for known, path in attached_files(shared).items() if not known.startswith(("~$", "."))}
    path, book = have.get(wanted), books.find(shared, name)
    if path is not None and (path != book or not _has_articles(path)):
        return path
    if book is None:
        alike = [known for known in have if Path(known).stem == wanted and not books.is_table(Path(known))]
        if len(alike) == 1:
            return have[alike[0]]
        if alike:
            files = "、".join(f"「{known}」" for known in alike)
            inputs.problems.append(problem(SourceCode.FILE_TWICE, at, name=name, files=files, example=alike[0]))
            return None
    _read_regulation(name, at, inputs)
    return None


def _has_articles(book: Path) -> bool:
    return any(books.named(books.read_workbook(book, []), Article.sheet.name))


def _read_regulation(name: str, at: Location, inputs: Inputs) -> None:
    shared, problems = inputs.workspace.shared, inputs.problems
    path = books.find(shared, name)
    if path is None:
        have = [book.stem for book in books.books(shared)]
        problems.append(problem(SourceCode.NO_SUCH_SHARED, at, name=name, perhaps=perhaps(name, have)))
        books.mention_others(shared, problems, name)
        return
    books.mention_twins(shared, name, problems)
    raw = books.read_workbook(path, problems)
    rows = typed_rows.rows(Article, raw, problems)
    if rows:
        inputs.regulations[name] = regulation(name, typed_rows.complete(Article, rows))
    else:
        problems.append(problem(SourceCode.NO_ARTICLES, at, name=name))


def _regulations(workspace: Workspace) -> list[str]:
    return sorted({path.stem for path in books.books(workspace.shared)} - {BLANK_REGULATION})


SOURCES = (
    Source(SHEET, "名稱", _sheet),
    Source(SHARED, "名稱", _shared, joins=True, names=_regulations),
    Source(FILE, "檔名", _file, joins=True),
    Source(SEPARATELY, "", lambda name, at, inputs: None),
)
BY_WORD = {source.word: source for source in SOURCES}
_NAMED = [source.way for source in SOURCES if source.target]
_BARE = "".join(f"「{source.way}」" for source in SOURCES if not source.target)
# How the cell is filled in, as messages say it and as the form does.
WAYS = f"{''.join(f'「{way}」' for way in _NAMED)}或{_BARE}"
HINT = f"{'、'.join(_NAMED)}，或{_BARE}"
