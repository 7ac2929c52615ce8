"""Personal data in texts, in the ways people write them: what is no name and tells of a person all the same.

National ids and residence permits (with their checksum), mobile phones, telephones with an extension or area code,
e-mail addresses, home addresses, number plates, passports, dates of birth, accounts, cards. A place that lies within a
wording of 〔非姓名〕 does not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.leaks.names import Place, is_within, quoted
from generator.meeting.model import Meeting

MAIL, PHONE = "電子郵件地址", "聯絡電話或行動電話"
ID, PLATE, HOME = "身分證或居留證號碼", "車牌號碼", "地址"
PAPER, BIRTH, ACCOUNT, CHAT = "證件或個人編號", "出生日期", "帳戶或卡片號碼", "通訊軟體帳號"

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-")
_DOTS = dict.fromkeys(map(ord, "·‧•・"), ".")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_SIGNS = _DASHES | _DOTS | _INVISIBLE

# What people write for @ and for a dot, so that no program finds the address.
_AT = (
    r"(?:\s?@\s?|\s?[(\[{<]\s?(?:at|a|@|小老鼠)\s?[)\]}>]\s?|[_-]at[_-]|小老鼠|◎"
    r"|#(?=[\w.-]{1,99}\.(?:tw|com|net|org|edu|gov)\b))"
)
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|點)\s?[)\]}]\s?)"
# No part is longer (RFC 5321); without bounds a long text without any address would take ages.
_LOCAL, _WORD = r"[A-Za-z0-9][\w.+%-]{0,63}", r"[A-Za-z0-9-]{1,63}"
_MAY_HAVE_ADDRESSES = compile_late(r"@|[(\[{<]\s?a|[\s_-]at[\s_-]|小老鼠|◎|#\w", re.IGNORECASE)
_ADDRESS = compile_late(
    rf"{_LOCAL}{_AT}(?:{_WORD}(?:{_DOT}{_WORD}){{0,8}}{_DOT}[A-Za-z]{{2,24}}|\[[\d.]{{7,15}}\])"
    rf"|{_LOCAL}@[A-Za-z0-9\u3400-\u9fff-]{{1,63}}(?:\.[A-Za-z0-9\u3400-\u9fff-]{{1,63}}){{0,8}}\.(?:tw|com|台灣|臺灣)"
    rf"|{_LOCAL}\sat\s{_WORD}(?:\sdot\s{_WORD}){{1,8}}"
    # In capitals: people write 「available at data.gov.tw」, and no address.
    rf"|{_LOCAL}\s(?-i:AT)\s{_WORD}(?:{_DOT}{_WORD}){{0,8}}{_DOT}(?:tw|com|net|org|edu|gov)(?![A-Za-z0-9-])",
    re.ASCII | re.IGNORECASE,
)
# Cut over a line's end before or after @ or a dot, or within a word; it ends as addresses do.
_CUT = r"[ \t]{0,8}\r?\n[ \t]{0,8}"
_CUT_ADDRESS = compile_late(
    rf"{_LOCAL}(?:{_CUT})?@(?:{_CUT})?{_WORD}(?:{_CUT}{_WORD})?"
    rf"(?:(?:{_CUT})?\.(?:{_CUT})?{_WORD}(?:{_CUT}{_WORD}(?=\.))?){{0,8}}"
    rf"(?:{_CUT}|\s)?\.(?:{_CUT}|\s)?(?:tw|com|net|org|edu|gov|io|info|idv)(?![A-Za-z0-9-])",
    re.ASCII | re.IGNORECASE,
)
_NONE = r"(?<![A-Za-z0-9])"
_SIGN = r"[-./()_~=*+'⁃]"
_GAP = rf"(?:[ \t]?{_SIGN}?[ \t]?{_SIGN}?[ \t]?)"
_WIDE_GAP = rf"(?:[ \t]?{_SIGN}?[ \t]?{_SIGN}?(?:[ \t]|[ \t]?\r?\n[ \t]?)?[-.]?)"
_EXTENSION = r"(?:轉|分機|內線|ext\.?|extension|#|x)"
_AREAS = r"(?:2|3[27]?|4[9]?|5|6|7|8(?:2[6]?|36|9)?)"
# How many digits a number has with its area code and its 0.
_LENGTHS = {"02": (10,), "04": (9, 10), "049": (10,), "0826": (9,), "0836": (9,)}
_MAY_HAVE_TELEPHONES = compile_late(
    r"886|0\d{1,3}(?:\)|-\d{3})|\d\s?[,，]?\s?\(?(?:轉|分機|內線|ext|#|x)", re.IGNORECASE
)
_TELEPHONE = compile_late(
    rf"{_NONE}(?<![\d.,-])(?:"
    rf"\(0{_AREAS}\)[ -]?\d{{3,4}}[ -]?\d{{3,4}}"
    rf"|0{_AREAS}-\d{{3,4}}[- ]?\d{{4}}"
    rf"|(?:\(?\+|00)886[ )-]{{0,2}}\(?0?{_AREAS}\)?[ -]?\d{{3,4}}[ -]?\d{{4}}"
    rf"|\(?886[ )-]{{1,2}}\(?0?{_AREAS}[ )-]{{1,2}}\d{{3,4}}[ -]?\d{{4}}"
    rf"|(?:\(?0{_AREAS}\)?[- ]?)?\d{{3,4}}[ -]?\d{{4}}(?=\s?[,，]?\s?\(?(?:{_EXTENSION}\s?){{1,2}}[:：.]?\s?\d{{1,6}})"
    rf")(?![\d-])",
    re.IGNORECASE,
)
# With an area code and whatever signs between the digits, or in one piece.
_WITH_AREA = compile_late(
    rf"{_NONE}(?<![\d.,/-])(0{_AREAS})\)?"
    r"(?:[-./~]{1,2}\d{2,4}(?:[-./~ ]{0,2}\d{2,4}|-\r?\n\d{3,4})?|\d{7,8})(?![\d./,-]{0,9}\d)"
)
_AFTER_A_WORD = compile_late(
    r"(?:電話|傳真|手機|行動|市話|市內|住家|家用|聯絡|連絡|洽詢|專線|\btel\b|\bfax\b|\bphone\b)[號碼為是:\s.()]{0,4}(\(?(?:0\d{1,3})?[)\s.-]{0,2}\d{3,4}[\s.-]?\d{3,4})(?![\d,-]*\d)",
    re.IGNORECASE,
)
_WITH_BLANKS = compile_late(rf"{_NONE}(?<![\d.,/-])0{_AREAS} (\d{{3,4}}) (\d{{4}})(?![\d./,-]|\s\d)")
_YEAR = compile_late(r"(?:19|20)\d\d")
_ONE_BY_ONE = compile_late(r"(?<![A-Za-z0-9])(?<!\d[ ,.-])0 9(?: \d){8}(?! ?\d)")
# Numbers that anyone may call: of services, free of charge.
_OF_SERVICES = compile_late(r"0?800|0?809|412-?\d{4}")
# A number that a word before it calls something else: of a letter, of a data set, in an address of the web.
_CALLED_OTHERWISE = compile_late(r"(?:第|[文案字編]號|識別碼|代碼|序號|統編)[:\s]{0,2}$|https?://\S*$")
# The letters of ids in the order of their codes 10, 11, 12 …
_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_PLATE = compile_late(
    r"(?<![A-Za-z0-9室-])(?:[A-HJ-NP-Z]{3}-\d{4}|[a-hj-np-z]{3}-\d{4}|[A-HJ-NP-Z]{2}-\d{4}|\d{4}-[A-HJ-NP-Z]{2}|[A-HJ-NP-Z]\d-\d{4})"
    r"(?![A-Za-z0-9-])"
)
_PLATE_WORDS = ("車號", "車牌", "牌照", "車輛", "機車", "汽車")
_PLATE_NAMED = compile_late(
    r"(?:車號|車牌|牌照|車輛|機車|汽車)[^A-Za-z0-9\n]{0,8}([A-Za-z0-9]{2,4}[-. ]?[A-Za-z0-9]{2,4})(?![A-Za-z0-9])"
)
# Numbers that only the word before them tells from others; where a counted thing follows, they are a count.
_NUMBER_AFTER = r"\s?(?:號碼|號|編號|代號|no\.?|number)?(?:\s?\(.{0,12}\))?[\s:為是.#]{0,4}"
_NO_COUNT = r"(?!\s?[\d,.]|\s?[人本件筆元份張枚次戶個項點種家頁名位年月萬億千])"
# In a text without these words the pattern after them finds nothing, and need not be compiled.
_PAPER_WORDS = (
    *("護照", "胞證", "入台證", "入臺證", "居留證", "健保卡", "駕照", "駕駛執照", "病歷", "學號"),
    *("員工編號", "員工代號", "員工號", "會員", "身心障礙證明", "passport"),
)
_PAPERS = compile_late(
    r"(?:護照|[台臺]胞證|入[台臺]證|居留證|健保卡|駕照|駕駛執照|病歷|學號|(?:員工|會員證?)(?=編號|代號|號)|身心障礙證明|passport)"
    rf"{_NUMBER_AFTER}([A-Za-z]{{0,2}}\d[\d -]{{3,13}}\d){_NO_COUNT}",
    re.IGNORECASE,
)
_ACCOUNT_WORDS = ("帳號", "賬號", "局號", "卡號", "帳戶", "賬戶", "戶頭", "存摺", "account", "iban")
_ACCOUNTS = compile_late(
    r"(?:[帳賬]號|局號|(?<!健保)卡號|(?:[帳賬]戶|戶頭|存摺|account|iban)(?=\s?(?:號碼|no|number|:)))"
    rf"{_NUMBER_AFTER}((?:\(?\d{{3}}\)?[ -]?)?\d[\d -]{{5,20}}\d){_NO_COUNT}",
    re.IGNORECASE,
)
_CARD = compile_late(r"(?<![\d.,-])[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\d.,-])")
_CHAT_WORDS = (
    *("line", "wechat", "whatsapp", "telegram", "skype", "messenger", "facebook", "fb"),
    *("ig", "instagram", "微信"),
)
_CHAT = compile_late(
    r"(?:\b(?:line|wechat|whatsapp|telegram|skype|messenger|facebook|fb|ig|instagram)\b|微信)\s?(?:id|帳號)?\s?[:是為]\s?"
    r"(?!https?\b)(@?[A-Za-z][\w.-]{2,30})",
    re.ASCII | re.IGNORECASE,
)
# 學生, 衛生 and 民生 stand in many texts.
_MAY_HAVE_BIRTHS = compile_late(r"生[日於]|[出誕]生|[日\d]生|born|birth|dob", re.IGNORECASE)
_DAY_NUMBER = r"[\d〇零一二三四五六七八九十廿卅○]{1,4}"
_DAY = (
    rf"(?:民國前?|西元)?\s?{_DAY_NUMBER}\s?"
    rf"(?:年\s?{_DAY_NUMBER}\s?月\s?{_DAY_NUMBER}\s?日|[./-]\s?\d{{1,2}}\s?[./-]\s?\d{{1,2}})"
)
_BIRTHS = compile_late(
    r"(?:生日|(?:出生|誕生)(?:年月日|日期|時間)?|生於|\b(?:born|birthday|date of birth|birth|dob)\b)"
    rf"[\s:為是於在on(]{{0,4}}({_DAY}|\d{{6,8}}{_NO_COUNT})"
    rf"|(?<!\d)({_DAY})(?:(?:出生|誕生)(?![登人數率通嬰])|生(?=[)\s,，、。;；」]|$))",
    re.IGNORECASE,
)
_STREET = (
    r"(?:Rd|Road|St|Street|Ave|Avenue|Blvd|Boulevard|Ln|Lane|Aly|Alley|Dr|Drive|Hwy|Highway|Village|Vil|Dist|Sec)\b\.?"
)
_MAY_HAVE_ENGLISH_HOMES = compile_late(r"(?:no\.?|rm\.?|room|f\.?,)\s?\d", re.IGNORECASE)
_HOME_IN_ENGLISH = compile_late(
    rf"\b(?:No\.?|Rm\.?|Room|\d{{1,3}}F\.?,)\s?\d{{1,4}}(?:-\d+)?\s?,\s?(?:[A-Za-z0-9.'-]{{1,30}}[\s,]{{1,3}}){{1,8}}?{_STREET}",
    re.IGNORECASE,
)
_STANDARDS = ("CNS", "RFC", "DNS", "EN-", "BS-", "UTF", "CVE", "SHA", "AES", "TLS", "CPE", "FY-", "ABS", "ASTM")
_HAN = r"[\u3400-\u9fff]"
_NUMBER = r"[\d○〇零一二三四五六七八九十百]+"
_AT_NUMBER = rf"{_NUMBER}(?:[-之]{_NUMBER})?\s?號(?!\s?(?:橋|井|線|道|公園|公報|決議|計畫|函|出口|水門))"
_FLOOR = rf"(?:之\d+|\s?(?:[Bb]?{_NUMBER}|地下)\s?樓)?"
# Before the number of a house stands a street or a village, and not 「字第」 as before that of a letter.
_MAY_HAVE_HOMES = compile_late(
    rf"(?:[路街道段巷弄鄰衖]\s?|[村里鄰]\s{{0,2}}(?:(?!第)\S){{0,6}}){_NUMBER}(?:[-之]{_NUMBER})?\s?號"
)
_HOME = compile_late(
    rf"(?:{_HAN}{{2}}[縣市巿]|{_HAN}{{2,3}}[鄉鎮市區])\s?(?:{_HAN}{{1,4}}[區鄉鎮市])?\s?(?:{_HAN}{{1,4}}[村里]\s?(?:{_NUMBER}鄰)?)?"
    rf"\s?(?:{_HAN}|[\d○]){{1,10}}(?:路|街|大道|村|里|段|巷|弄|鄰)\s?(?:{_NUMBER}\s?(?:段|巷|弄|鄰|衖)\s?){{0,4}}{_AT_NUMBER}{_FLOOR}"
    # In the country a hamlet stands for the street; a street with its section or lane needs no town.
    rf"|(?:{_HAN}{{2}}[縣市巿])?\s?{_HAN}{{0,3}}[鄉鎮市區]\s?{_HAN}{{1,4}}[村里]\s?(?:{_NUMBER}鄰)?\s?(?:(?!第){_HAN}){{0,6}}{_AT_NUMBER}{_FLOOR}"
    rf"|{_HAN}{{1,6}}(?:路|街|大道)\s?(?:{_NUMBER}\s?(?:段|巷|弄|衖)\s?){{1,4}}{_AT_NUMBER}{_FLOOR}"
)
_DIGITS = dict(zip(map(ord, "〇零一二三四五六七八九"), "00123456789", strict=True))
_FOREIGN_DIGIT = compile_late(r"[^\D0-9]")
_IN_CHINESE = compile_late(
    r"(?<![〇零一二三四五六七八九])[〇零]九(?:-?[〇零一二三四五六七八九]){8}(?![〇零一二三四五六七八九])"
)


def plain(text: str) -> str:
    """A text for finding personal data in it: width, dashes, invisible characters and Chinese digits do not count."""
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_SIGNS).replace("%40", "@")
    text = re.sub("(?<=[A-Za-z0-9])。(?=[A-Za-z])", ".", text)
    if not text.isascii():
        text = _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)
    if _has(text, ("〇九", "零九")):
        text = _IN_CHINESE.sub(lambda found: found[0].translate(_DIGITS), text)
    return text


def _small(text: str) -> str:
    """A text with the small letters that a pattern finds in it with IGNORECASE."""
    return text.replace("İ", "i").replace("ı", "i").replace("ſ", "s").lower()


def _has(small: str, words: Iterable[str]) -> bool:
    """Whether a pattern that needs one of these words may find anything: those patterns take long to compile."""
    return any(word in small for word in words)


class Allowed(Struct, frozen=True):
    """What may be published: the group's mailbox, the agency's address, and cleared wordings; all as ``plain``."""

    mailbox: str = ""
    places: tuple[str, ...] = ()
    cleared: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def of(cls, meeting: Meeting) -> Allowed:
        places = [_bare(meeting.agency.address), _bare(meeting.info.place)]
        # A wording may be cut over a line's end wherever it stands.
        cleared = [re.compile(r"\s*".join(map(re.escape, _bare(entry.text)))) for entry in meeting.cleared]
        return cls(meeting.agency.email.strip().casefold(), tuple(filter(None, places)), tuple(cleared))


def _bare(text: str) -> str:
    return re.sub(r"\s", "", plain(text))


def find(text: str, allowed: Allowed, printed: bool = True) -> Iterator[tuple[str, Place]]:
    """Each kind of personal data with its place in a ``plain`` text.

    ``printed``: the text is read by people, so that a number may go on in the next line. Attributes and the like are
    not.
    """
    outer = [match.span() for wording in allowed.cleared for match in wording.finditer(text)]
    for what, place in _all(text, allowed, printed):
        if not is_within(place, outer):
            yield what, place


def _all(text: str, allowed: Allowed, printed: bool) -> Iterator[tuple[str, Place]]:
    if _MAY_HAVE_ADDRESSES.search(text):
        yield from ((MAIL, place) for place in _addresses(text, allowed, printed))
    yield from ((PHONE, place) for place in _mobiles(text, printed))
    yield from ((PHONE, place) for place in _telephones(text))
    yield from ((ID, place) for place in _ids(text, printed))
    if not printed:
        return
    for match in _PLATE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        # GIS-2024 and the like are no plates.
        if not match[0].upper().startswith(_STANDARDS) and not 1900 <= int(digits) <= 2100:
            yield PLATE, match.span()
    small = _small(text)
    for match in _PLATE_NAMED.finditer(text) if _has(small, _PLATE_WORDS) else ():
        if re.search(r"\d", match[1]) and re.search(r"[A-Za-z]", match[1]):
            yield PLATE, match.span(1)
    yield from _named(text, small)
    for match in _HOME_IN_ENGLISH.finditer(text) if _MAY_HAVE_ENGLISH_HOMES.search(text) else ():
        if not any(_bare(match[0]) in place for place in allowed.places):
            yield HOME, match.span()
    for match in _HOME.finditer(text) if "號" in text and _MAY_HAVE_HOMES.search(text) else ():
        if not any(_bare(match[0]) in place for place in allowed.places):
            yield HOME, match.span()


def _named(text: str, small: str) -> Iterator[tuple[str, Place]]:
    """What a word beside it tells from other numbers: passports, accounts, dates of birth; cards by their checksum."""
    for what, words, pattern in (
        (PAPER, _PAPER_WORDS, _PAPERS),
        (ACCOUNT, _ACCOUNT_WORDS, _ACCOUNTS),
        (CHAT, _CHAT_WORDS, _CHAT),
    ):
        if _has(small, words):
            yield from ((what, match.span(1)) for match in pattern.finditer(text))
    for match in _BIRTHS.finditer(text) if _MAY_HAVE_BIRTHS.search(text) else ():
        yield BIRTH, match.span(1 if match[1] else 2)
    for match in _CARD.finditer(text):
        doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(re.findall(r"\d", match[0]))]
        if sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0:
            yield ACCOUNT, match.span()


def _addresses(text: str, allowed: Allowed, printed: bool) -> Iterator[Place]:
    """E-mail addresses but the group's own, also where they are cut over a line's end."""
    plain_ones = {match.start(): match for match in _ADDRESS.finditer(text)}
    own = set()
    for match in _CUT_ADDRESS.finditer(text) if printed else ():
        if allowed.mailbox and re.sub(r"\s", "", match[0]).casefold().startswith(allowed.mailbox):
            own.add(match.start())
        elif re.search(r"\s", match[0]) and match.start() not in plain_ones:
            yield match.span()
    for start, match in plain_ones.items():
        written = re.sub(rf"\s*{_DOT}\s*", ".", re.sub(_AT, "@", match[0], flags=re.IGNORECASE), flags=re.IGNORECASE)
        if start not in own and written.casefold().rstrip(".") != allowed.mailbox:
            yield match.span()


_MOBILES = [
    compile_late(
        rf"(?<![A-Za-z0-9])(?<!\d[-,.])(?:(?:\+|00[279]?-?)?886{gap}(?:\(?0\)?{gap})?|\(?0)9{gap}(?:\d{gap}){{7}}\d(?![-,.]?\d)"
    )
    for gap in (_GAP, _WIDE_GAP)
]
_MOBILE_STARTS = ("09", "886", "o9", "O9", "0 9")
_IN_THREES = compile_late(
    r"(?<![A-Za-z0-9])(?<!\d[-,.])09\d\d(?:([,、])\d{3}\1\d{3}|\r?\n\d{3}\r?\n\d{3})(?![-,.]?\d)|(?<![A-Za-z0-9])[oO]9\d{8}(?!\d)"
)


def _mobiles(text: str, printed: bool) -> Iterator[Place]:
    """Mobile phones: 0912-345-678, 0912.345.678, (0912)345678, +886 912 345 678, 0912 3456 78, 09-1234-5678."""
    if not _has(text, _MOBILE_STARTS):
        return
    for match in _MOBILES[printed].finditer(text):
        if _is_called_otherwise(text, match):
            continue
        # Digits one by one in a table are no number of anyone.
        if len(re.findall(r"\d+", match[0])) <= 6 and match[0].count("\n") <= 1:
            yield match.span()
    if printed:
        yield from (match.span() for pattern in (_IN_THREES, _ONE_BY_ONE) for match in pattern.finditer(text))


def _is_called_otherwise(text: str, match: re.Match[str]) -> bool:
    """Whether the digits stand in one piece after a word for another number: 字第0930001234號."""
    before = text[max(0, match.start() - 200) : match.start()]
    return match[0].isdigit() and _CALLED_OTHERWISE.search(before) is not None


def _telephones(text: str) -> Iterator[Place]:
    """Telephones with an extension, an area code, or a word that says so."""
    for match in _TELEPHONE.finditer(text) if _MAY_HAVE_TELEPHONES.search(text) else ():
        if not _OF_SERVICES.match(match[0]):
            yield match.span()
    for match in _WITH_AREA.finditer(text):
        lengths = _LENGTHS.get(match[1], (9,))
        if len(re.findall(r"\d", match[0])) in lengths and not _is_called_otherwise(text, match):
            yield match.span()
    for match in _WITH_BLANKS.finditer(text):
        digits = len(re.findall(r"\d", match[0]))
        if digits in (9, 10) and not all(_YEAR.fullmatch(group) for group in match.groups()):
            yield match.span()
    for match in _AFTER_A_WORD.finditer(text):
        if len(re.findall(r"\d", match[1])) >= 7 and not _OF_SERVICES.match(match[1].lstrip("( ")):
            yield match.span(1)


def _ids_of(gap: str) -> re.Pattern[str]:
    return compile_late(
        rf"(?:{_NONE}|(?<=\b[Ii][Dd]))([A-Za-z])({gap}(?:[1289]|[A-Da-d]))((?:{gap}\d){{8}})(?![A-Za-z0-9])"
    )


_IDS = [_ids_of(r"[- \t./_:()]?"), _ids_of(r"(?:[- \t./_:()]?(?:[ \t]?\r?\n[ \t]?)?)")]


def _ids(text: str, printed: bool) -> Iterator[Place]:
    """National ids (A123456789), residence permits of the new form (A800000014) and of the old (AB12345677)."""
    for match in _IDS[printed].finditer(text):
        second = match[2][-1].upper()
        digits = [int(digit) for digit in re.findall(r"\d", match[3])]
        first = _LETTERS.index(match[1].upper()) + 10
        middle = int(second) if second.isdigit() else (_LETTERS.index(second) + 10) % 10
        total = first // 10 + first % 10 * 9 + middle * 8
        total += sum(digit * weight for digit, weight in zip(digits, (7, 6, 5, 4, 3, 2, 1, 1), strict=True))
        if total % 10 == 0 and match[0].count("\n") <= 1:
            yield match.span()


def surroundings(text: str, shown: Place, hidden: Iterable[Place]) -> str:
    """The text around a place as a message quotes it; of what was found only the first two characters are left."""
    letters: list[str] = list(text)
    for start, end in hidden:
        for index in range(start + 2, end):
            if not letters[index].isspace():
                letters[index] = "○"
    return quoted(letters, *shown)
