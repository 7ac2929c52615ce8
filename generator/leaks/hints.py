"""What may point at a protected member without the name: 服務機關, an office of one alone, a seat, Latin letters.

None of it is certain, so each is a warning, and finished files are not searched for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from generator.basic.patterns import compile_late
from generator.leaks.names import key
from generator.leaks.titles import SPOKEN, Bearer, any_of, names_of_those_present, protected_people, surname
from generator.meeting.model import Meeting

# How surnames are written in Latin letters: in Taiwan (Wade-Giles, own ways) and in Hanyu Pinyin.
_ROMANISED = """
陳 chen chern chan tan; 林 lin lim lam; 黃 huang hwang wong ng; 張 chang zhang cheung teo; 李 lee li
王 wang wong ong; 吳 wu woo goh; 劉 liu liou lau; 蔡 tsai cai choi tsay; 楊 yang young yeung
許 hsu xu shu sheu; 鄭 cheng zheng jeng tseng; 謝 hsieh xie shieh; 洪 hung hong horng; 郭 kuo guo kwok gwo
邱 chiu qiu chiou; 曾 tseng zeng tzeng; 廖 liao liaw; 賴 lai; 徐 hsu xu shyu; 周 chou zhou chow jou
葉 yeh ye yip; 蘇 su soo; 莊 chuang zhuang juang; 呂 lu lyu lue; 江 chiang jiang; 何 ho he
蕭 hsiao xiao shiau siao; 羅 lo luo; 高 kao gao; 潘 pan; 簡 chien jian; 朱 chu zhu ju; 鍾 chung zhong jong
彭 peng; 游 yu you yiu; 詹 chan zhan jan; 胡 hu; 施 shih shi; 沈 shen; 余 yu; 盧 lu; 趙 chao zhao jaw
梁 liang leung; 顏 yen yan; 柯 ko ke; 翁 weng; 魏 wei; 孫 sun; 戴 tai dai; 范 fan; 方 fang; 宋 sung song
鄧 teng deng; 杜 tu du; 傅 fu; 侯 hou; 曹 tsao cao; 薛 hsueh xue; 丁 ting ding; 卓 cho zhuo juo; 馬 ma
董 tung dong; 溫 wen; 唐 tang; 藍 lan; 石 shih shi; 蔣 chiang jiang; 古 ku gu; 紀 chi ji; 姚 yao; 連 lien lian
馮 feng fung; 歐 ou; 程 cheng; 湯 tang; 康 kang; 姜 chiang jiang; 田 tien tian; 汪 wang; 白 pai bai
鄒 tsou zou; 尤 yu you; 巫 wu; 龔 kung gong; 嚴 yen yan; 韓 han; 鐘 chung zhong jong; 龍 lung long
歐陽 ouyang; 司馬 ssuma sima; 黎 li lai; 阮 juan ruan nguyen; 袁 yuan; 童 tung tong; 陸 lu; 夏 hsia xia
柳 liu; 錢 chien qian; 倪 ni; 金 chin jin; 任 jen ren; 伍 wu; 熊 hsiung xiong; 雷 lei; 史 shih shi
"""
_CALLED = ("委員", "教授", "代表", "老師", "專家", "學者")
_BEFORE = "prof|professor|dr|mr|mrs|ms|miss|madam|member|commissioner|chair|director|sir"
# A given name as Latin letters write it: Ta-li, Dali, T. L., TA-LI.
_GIVEN = r"(?:[A-Z][a-z]*\.?(?:[- ]?[A-Za-z][a-z]*\.?)?|[A-Z]{2,}(?:-[A-Z]+)?)"
_NUMBER = r"[0-9〇零一二三四五六七八九十]{1,3}"
_SEAT = (
    rf"(?:座位|座次|席次|席位|桌牌|桌次|編號|代號)第?{_NUMBER}(?:號|席|位)?之?的?(?:委員|代表|教授|與會)"
    rf"|第{_NUMBER}(?:席|號)(?:次)?的?(?:委員|代表|教授)|(?<![0-9第]){_NUMBER}號委員"
    r"|(?:左|右|對面|前排|後排|主席旁|旁邊)(?:側|邊|手邊)?(?:第[0-9一二三四五六七八九十]+)?(?:位|席|座|的)之?的?(?:委員|教授)"
)
# A word of sounds alone, for three characters: ㄍㄠ ㄉㄚˋ ㄌㄧˋ.
_SOUNDS = compile_late(r"(?:[ㄅ-ㄯㆠ-ㆿ]{1,3}[ˊˇˋ˙]?[ \u3000·-]?){2,4}")


def by_office(meeting: Meeting, edition: str) -> Iterator[Bearer]:
    """Patterns of the protected members' 服務機關 and 職稱, where nobody else present has the same, and of seats.

    The surname of such a bearer is empty; the cases are those in which the member is protected.
    """
    present = set(map(key, names_of_those_present(meeting)))
    there = [member for member in meeting.members if key(member.name) in present]
    units = {key(unit) for unit in meeting.units}
    seen = False
    for name, where in protected_people(meeting, edition):
        mine = next((member for member in meeting.members if key(member.name) == key(name)), None)
        if mine is None:
            continue
        if not seen:
            yield Bearer("", where, _in_key(_SEAT), shared=True)
            seen = True
        others = [member for member in there if member is not mine]
        organisation, title = key(mine.organisation), key(mine.title)
        if len(organisation) > 1 and organisation not in {key(other.organisation) for other in others} | units:
            called = any_of(filter(None, (title, *_CALLED, *SPOKEN)))
            pattern = rf"{re.escape(organisation)}(?:{any_of(('的', '之'))})?(?:{called})"
            yield Bearer("", where, pattern, shared=True)
        if len(title) > 1 and title not in {key(other.title) for other in others}:
            yield Bearer("", where, rf"{re.escape(title)}(?:{any_of(SPOKEN)})", shared=True)


def in_latin(text: str, people: Iterable[str]) -> list[tuple[int, int]]:
    """Where a text, in NFKC, may name someone by Latin letters or by sounds: Prof. Kao, Kao Ta-li, ㄍㄠ ㄉㄚˋ ㄌㄧˋ."""
    patterns = [_SOUNDS, *filter(None, [_latin(tuple(people))])]
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


@lru_cache(maxsize=64)
def _latin(people: tuple[str, ...]) -> re.Pattern[str] | None:
    written = {key(first): ways for first, ways in _ways()}
    found = {way for name in people for way in written.get(surname(name), ())}
    if not found:
        return None
    own = "|".join(sorted(f"{way.capitalize()}|{way.upper()}" for way in found))
    return re.compile(
        rf"(?<![A-Za-z])(?:(?i:{_BEFORE})\.?,? ?(?:{_GIVEN} )?(?:{own})|(?:{own}),? ?{_GIVEN}|{_GIVEN} (?:{own}))"
        r"(?![A-Za-z])"
    )


def _ways() -> Iterator[tuple[str, list[str]]]:
    for entry in _ROMANISED.replace("\n", ";").split(";"):
        if entry.strip():
            first, *ways = entry.split()
            yield first, ways


def _in_key(pattern: str) -> str:
    """A pattern whose ideographs are those of a key."""
    return "".join(sign if sign.isascii() else key(sign) for sign in pattern)
