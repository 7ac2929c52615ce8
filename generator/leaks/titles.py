"""Members who are named by surname and title (高委員, 高副教授, 高、李二位委員, their 職稱) or given name and title.

Where the surname is protected in a case, that is as good as the name, unless another of that surname attended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from generator.leaks.names import key, of
from generator.meeting import people
from generator.meeting.model import Meeting
from generator.meeting.sheets import ABSENT, BY_DEPUTY, OPINION
from generator.workbook.values import folded

_TITLES = """
委員 教授 主任 主任委員 理事長 召集人 主席 理事 監事 常務理事 秘書長 秘書 執行長 執行秘書 總經理 經理 董事長
董事 會長 社長 所長 處長 科長 組長 局長 司長 署長 部長 次長 院長 校長 系主任 館長 課長 股長 廳長 隊長 專員
專門委員 簡任技正 技正 技士 參事 參議 視察 研究員 工程師 分析師 設計師 資訊長 技術長 營運長 顧問 律師 會計師
建築師 技師 醫師 法官 檢察官 議員 立委 代表 召委 博士 老師 講師 先生 女士 小姐 君 氏 某 長官
立法委員 召集委員 常務監事 監察人 理事主席 常務董事 執行董事 總幹事 幹事 總監 協理 總工程師 院士 發言人 首席
教務長 學務長 總務長 研發長 主任秘書 主秘 專委 議長 政委 政務委員 總編輯 主編 記者 教官 牧師 社工師 護理師 藥師
兄 姐 姊 前輩 學長 學姐 prof dr 主委 監委 民代 助教 常次 政次 評委 審查人 與談人 副座 里長 村長 鄉長 鎮長 縣長 市長
區長 大使 公使 參贊 將軍 執秘 承辦人 聯絡人
"""
# Short forms of titles and ways to speak of someone: too common without what a remark is spoken of with.
_SHORT = "委 董 總 座 老 公 師 處 副 p 員 sir 先進 評審 同仁 承辦"
_SPOKEN_OF = """
意見 建議 所提 所詢 所問 所言 所述 提問 詢問 提出 提及 提到 指出 表示 認為 主張 質疑 發言 說明 補充 建言 垂詢 指教 指示
關切 委員 教授 代表
"""
SPOKEN = tuple(_SPOKEN_OF.split())
_FAMILIAR = "老小阿"
_OF_SURNAME = ("的", "之", *SPOKEN)
# What may stand between surname and title, twice at most: 高前副理事長.
_BETWEEN = (
    *(
        "前",
        "副",
        "代",
        "代理",
        "助理",
        "兼任",
        "榮譽",
        "名譽",
        "資深",
        "姓",
        "大",
        "首席",
        "講座",
        "特聘",
        "客座",
        "退休",
        "執行",
        "諮詢",
        "評審",
        "審查",
        "監察",
        "校外",
        "常任",
        "政務",
    ),
)
# After 姓 also what is too common a word for a title alone: 高姓學者, but 提高學者參與.
_AFTER_SURNAME = ("學者", "專家", "民眾", "人士", "民間代表", "機關代表", "同仁", "男子", "女子")
_BEFORE = ("prof", "professor", "dr", "mr", "mrs", "ms")
# Titles after a given name: words of two characters are in any text.
_OF_GIVEN = ("委員", "教授", "老師", "博士", "先生", "女士", "小姐", "兄", "姐", "姊", "君")
_TOGETHER = "二兩三四五六七八九等位諸"
# 高○○: all of the given name masked.
_MASKED = "[○〇◯●□*_]{2}(?![○〇◯●□*_])"
_MARKS = r"[_ー()\[\]{}「」『』【】〔〕〈〉《》\"'“”‘’*]{0,2}"


class Bearer(Struct, frozen=True):
    """A surname that is protected, the keys of the cases that protect it (all texts of no case do), its pattern.

    ``shared``: someone of that surname attended whose name is not protected there.
    """

    surname: str
    cases: frozenset[str]
    pattern: str
    shared: bool


def surname(name: str) -> str:
    """The surname, as a key: two characters where these are one."""
    folded_name = key(name)
    double = folded_name[:2]
    return double if len(folded_name) > 2 and double in map(key, people.DOUBLE) else folded_name[:1]


def bearers(meeting: Meeting, edition: str) -> Iterator[Bearer]:
    """The protected surnames of an edition."""
    attending = names_of_those_present(meeting)
    protected = dict(protected_people(meeting, edition))
    hidden = set(map(key, protected))
    for name, where in protected.items():
        if key(name).isascii():
            continue
        mine = surname(name)
        others = [other for other in attending if surname(other) == mine and key(other) not in hidden]
        yield Bearer(mine, where, _pattern(meeting, name, mine, attending), bool(others))
        if given := _given(name, meeting):
            same = [other for other in attending if given in key(other) and key(other) not in hidden]
            # The whole name is looked for as a name, and may stand in some places.
            alone = rf"(?<!{re.escape(mine)}){re.escape(given)}"
            yield Bearer(given, where, rf"{alone}{_MARKS}(?:{any_of(_OF_GIVEN)})", bool(same))


def names_of_those_present(meeting: Meeting) -> list[str]:
    """Who was there, deputies for those who sent them; all members where no attendance is written."""
    entries = meeting.minutes.attendance if meeting.minutes else ()
    there = [entry for entry in entries if entry.how != ABSENT]
    attending = [entry.deputy if entry.how == BY_DEPUTY and entry.deputy else entry.name for entry in there]
    return attending or [member.name for member in meeting.members]


def protected_people(meeting: Meeting, edition: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The protected names of an edition, each with the keys of the cases that protect it.

    In a case in which the member speaks by name only, a title tells nothing.
    """
    protected: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    minutes = meeting.minutes
    for remark in minutes.remarks if minutes else ():
        case = folded(remark.case)
        if remark.kind != OPINION:
            continue
        found = of([remark], meeting.members, minutes.attendance if minutes else (), edition)
        if found:
            for name in found:
                protected.setdefault(name, set()).add(case)
        elif remark.speaker:
            named.setdefault(key(remark.speaker), set()).add(case)
    for name, cases in protected.items():
        open_cases = named.get(key(name), set()) - cases
        elsewhere = {folded(case.key) for case in meeting.cases} - open_cases
        yield name, frozenset(cases | elsewhere)


def _given(name: str, meeting: Meeting) -> str:
    """The given name of a member, as a key; empty where it is too short to be told from other words."""
    found = next((key(member.name) for member in meeting.members if key(member.name) == key(name)), "")
    given = found.removeprefix(surname(found))
    return given if len(given) > 1 else ""


def _pattern(meeting: Meeting, name: str, mine: str, attending: list[str]) -> str:
    minutes = meeting.minutes
    assert minutes is not None
    own = [member.title for member in meeting.members if key(member.name) and key(member.name) in key(name)]
    own += [entry.deputy_title for entry in minutes.attendance if key(entry.deputy) == key(name)]
    titles = sorted(
        {key(title) for title in (*_TITLES.split(), *own) if key(title)}, key=lambda title: (-len(title), title)
    )
    between, others_called, written = (any_of(words) for words in (_BETWEEN, _AFTER_SURNAME, titles))
    known = {surname(person) for person in (*attending, *(member.name for member in meeting.members)) if person}
    others, number = any_of(sorted(known)), any_of(_TOGETHER)
    # 高、李二位委員, 高李二委員: the title tells of each.
    listed = rf"(?:(?:[、,]|{any_of('及與和')})(?:{others})){{1,6}}(?:{number}){{0,3}}"
    beside = rf"(?:{listed}|(?:{others}){{1,3}}(?:{number}){{1,3}})"
    return (
        rf"{re.escape(mine)}[○〇◯●□*]{{0,2}}{_MARKS}"
        rf"(?:(?:{between}){{0,2}}{beside}?(?:{written})|{key('姓')}(?:{others_called})"
        rf"|(?:{any_of(_SHORT.split())}){_MARKS}(?={any_of(SPOKEN)}))"
        rf"|{re.escape(mine)}{_MASKED}"
        rf"|(?<![a-z])(?:{any_of(_BEFORE)}){re.escape(mine)}"
        rf"|{key('姓')}{re.escape(mine)}(?={any_of(_OF_SURNAME)})"
        rf"|[{''.join(map(key, _FAMILIAR))}]{re.escape(mine)}(?={any_of(SPOKEN)})"
    )


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, in a key."""
    return "|".join(re.escape(key(word)) for word in words)


def without_titles(text: str) -> str:
    """What is left of a key without titles and what may stand before them."""
    words = sorted({key(word) for word in (*_TITLES.split(), *_BETWEEN, "及", "、", "與", "和")}, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, words)), "", text)
