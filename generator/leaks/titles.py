"""Members who are named by surname and title: 高委員, 高教授, 高副主任, or by their own 職稱.

Where the surname is protected in a case, that is as good as the name, unless another of that surname attended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.leaks.names import key, of
from generator.meeting.model import Meeting
from generator.meeting.sheets import ABSENT, BY_DEPUTY, OPINION
from generator.workbook.values import folded

# Surnames of two characters, also of two families.
_DOUBLE = """
歐陽 司馬 上官 諸葛 司徒 東方 皇甫 尉遲 公孫 慕容 令狐 夏侯 軒轅 長孫 宇文 鮮于 端木 獨孤 南宮 西門 東郭 司空
太史 申屠 公羊 澹臺 呼延 百里 拓跋 赫連 范姜 張簡 江謝 陳黃 劉張 葉劉 歐李 梁丘 左丘 東門 南門 第五 万俟 淳于
單于 仲孫 鍾離 宗政 濮陽 公冶 太叔 亓官 司寇 巫馬 顓孫 壤駟 公良 漆雕 樂正 宰父 穀梁 段干 閭丘 微生 羊舌 公西
子車
"""
_TITLES = """
委員 教授 主任 主任委員 理事長 召集人 主席 理事 監事 常務理事 秘書長 秘書 執行長 執行秘書 總經理 經理 董事長
董事 會長 社長 所長 處長 科長 組長 局長 司長 署長 部長 次長 院長 校長 系主任 館長 課長 股長 廳長 隊長 專員
專門委員 簡任技正 技正 技士 參事 參議 視察 研究員 工程師 分析師 設計師 資訊長 技術長 營運長 顧問 律師 會計師
建築師 技師 醫師 法官 檢察官 議員 立委 代表 召委 博士 老師 講師 先生 女士 小姐 君 氏 某 長官
"""
# What may stand between surname and title.
_BETWEEN = ("前", "副", "代", "代理", "助理", "兼任", "榮譽", "名譽", "資深", "姓")


@dataclass(frozen=True, slots=True)
class Bearer:
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
    return double if len(folded_name) > 2 and double in {key(one) for one in _DOUBLE.split()} else folded_name[:1]


def bearers(meeting: Meeting, edition: str) -> Iterator[Bearer]:
    """The protected surnames of an edition."""
    minutes = meeting.minutes
    if minutes is None:
        return
    there = [entry for entry in minutes.attendance if entry.how != ABSENT]
    attending = [entry.deputy if entry.how == BY_DEPUTY and entry.deputy else entry.name for entry in there]
    attending = attending or [member.name for member in meeting.members]
    protected: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    for remark in minutes.remarks:
        case = folded(remark.case)
        if remark.kind != OPINION:
            continue
        found = of([remark], meeting.members, minutes.attendance, edition)
        if found:
            for name in found:
                protected.setdefault(name, set()).add(case)
        elif remark.speaker:
            named.setdefault(key(remark.speaker), set()).add(case)
    for name, cases in protected.items():
        if key(name).isascii():
            continue
        mine = surname(name)
        others = [other for other in attending if surname(other) == mine and key(other) not in set(map(key, protected))]
        # In a case in which the member speaks by name only, the title tells nothing.
        open_cases = named.get(key(name), set()) - cases
        elsewhere = {folded(case.key) for case in meeting.cases} - open_cases
        yield Bearer(mine, frozenset(cases | elsewhere), _pattern(meeting, name, mine), bool(others))


def _pattern(meeting: Meeting, name: str, mine: str) -> str:
    minutes = meeting.minutes
    assert minutes is not None
    own = [member.title for member in meeting.members if key(member.name) and key(member.name) in key(name)]
    own += [entry.deputy_title for entry in minutes.attendance if key(entry.deputy) == key(name)]
    titles = sorted(
        {key(title) for title in (*_TITLES.split(), *own) if key(title)}, key=lambda title: (-len(title), title)
    )
    between = "|".join(map(key, _BETWEEN))
    written = "|".join(map(re.escape, titles))
    return rf"{re.escape(mine)}[○〇◯●□*]{{0,2}}(?:{between})?(?:{written})"


def without_titles(text: str) -> str:
    """What is left of a key without titles and what may stand before them."""
    words = sorted({key(word) for word in (*_TITLES.split(), *_BETWEEN, "及", "、", "與", "和")}, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, words)), "", text)
