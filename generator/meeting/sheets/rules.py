"""機關.xlsx〔規則〕 and 〔身分〕: what a body sets for itself. Without them the rules of the data groups hold."""

from __future__ import annotations

from generator.meeting.sheets import CIVIL_MEMBER, MEMBER_GROUPS
from generator.workbook.record import Kind, Record, column, sheet

# The names of the rules, as the cells of 規則 have them.
LEAST_MEMBERS, CONVENERS, CIVIL_SHARE, SEX_SHARE = "委員最少人數", "召集人人數", "民間代表最低比例", "單一性別最低比例"
CHAIR_IS_MEMBER = "主席須為委員"
QUORUM, CIVIL_QUORUM, MEETINGS_A_YEAR = "出席門檻", "民間代表最少出席", "每年會議次數"
TERM_YEARS, MOST_RENEWALS, DEPUTIES = "任期上限年", "續聘次數上限", "得代理身分"
DECIDED, PROTECTED_SPEECH = "各案須有決定", "發言得不公開"
PAPERS_DAYS, PUBLICATION_DAYS = "會議資料會前工作日", "公開工作日"
DRAFT_DAYS, DRAFT_LIMIT_DAYS, CORRECTION_DAYS = "紀錄草稿工作日", "紀錄草稿上限工作日", "修正意見工作日"

MEASURES = (CIVIL_SHARE, SEX_SHARE, QUORUM, CIVIL_QUORUM)
COUNTS = (LEAST_MEMBERS, CONVENERS, MEETINGS_A_YEAR, TERM_YEARS, MOST_RENEWALS)
DAYS = (PAPERS_DAYS, DRAFT_DAYS, DRAFT_LIMIT_DAYS, CORRECTION_DAYS, PUBLICATION_DAYS)
FLAGS = (CHAIR_IS_MEMBER, DECIDED, PROTECTED_SPEECH)
NAMES = (
    LEAST_MEMBERS,
    CONVENERS,
    CIVIL_SHARE,
    SEX_SHARE,
    TERM_YEARS,
    MOST_RENEWALS,
    MEETINGS_A_YEAR,
    CHAIR_IS_MEMBER,
    QUORUM,
    CIVIL_QUORUM,
    DEPUTIES,
    DECIDED,
    PROTECTED_SPEECH,
    PAPERS_DAYS,
    DRAFT_DAYS,
    DRAFT_LIMIT_DAYS,
    CORRECTION_DAYS,
    PUBLICATION_DAYS,
)


@sheet("規則", about="檢查所用的數字與依據；不在表內或數值空白的規則不檢查", book="機關")
class RuleRow(Record, frozen=True):
    """A rule of the body: its number or yes, and the words it is cited by."""

    name: str = column("規則", Kind.CHOICE, choices=NAMES, hint="由清單選取", example=QUORUM, width=22)
    value: str = column(
        "數值",
        filled=False,
        hint="1/2 以上、過半數、三分之二以上、40% 或人數、次數、天數；是非填「是」；得代理身分填身分，以「、」隔開",
        example="過半數",
        width=20,
    )
    source: str = column("依據", filled=False, hint="訊息引用的法規與點次", example="設置要點四", width=40)


@sheet("身分", about="委員的身分，依簽到單與會議紀錄的順序", book="機關")
class Role(Record, frozen=True):
    """What the body calls a sort of its members, and which of the four sorts that is."""

    name: str = column("身分", one_line=True, hint="本會自己的稱呼", example="外聘委員", width=20)
    group: str = column(
        "屬於",
        Kind.CHOICE,
        choices=MEMBER_GROUPS,
        hint="規則依此計算：機關以外的專家、民間或外聘委員屬於民間代表",
        example=CIVIL_MEMBER,
    )
    deputy: bool = column(
        "得代理", Kind.FLAG, required=False, filled=False, hint="得派代表出席者填 ★", example="★", width=10
    )
