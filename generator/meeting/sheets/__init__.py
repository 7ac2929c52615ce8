"""The sheets: the contract between staff and the program. Each is declared once, as a record with its columns.

A sheet stands in the module that is called as its workbook: agency (機關), meeting (會議、簡報), minutes (會議紀錄),
lists (資料集、下架清單、上次決定), shared (those of 共用); agenda has 〔議程〕. index has them all. Here are the words
that their cells choose from, the users' own.
"""

# What a member stands for; the words of 〔身分〕 belong to one of these, and are these where there is no such sheet.
CHAIR, AGENCY_MEMBER, CIVIL_MEMBER, OTHER_MEMBER = MEMBER_GROUPS = ("召集人", "機關代表", "民間代表", "其他")
DATA_GROUP, ANY_BODY = "政府資料開放諮詢小組", "一般會議"
# Who may read a case or an attachment, from anyone to the agency alone.
OPEN, RESTRICTED, WITHHELD = ACCESS = ("公開", "限閱", "不公開")
OFFICIAL_NAMES, PLAIN_NAMES = "姓＋稱謂＋名", "姓名＋稱謂"
ON_SITE, BY_VIDEO = "現場", "視訊"
SPOKEN, WRITTEN = "發言", "書面意見"
RESOLUTION, RIDER = "決議", "附帶決議"
NOT_PRINTED, ABRIDGED, IN_FULL = "不印", "略", "全文"
CONTINUED, RELEASED = "持續列管", "解除列管"
CLOSED_DAY, WORKING = "停班", "上班"
DRAFT, FINAL = "草稿", "定稿"
# How far a meeting's papers are: what is mailed and released then.
PAPERS, MINUTES_DRAFT, MINUTES_FINAL = STAGES = ("會議資料", "會議紀錄草稿", "會議紀錄定稿")
PRESENT, ABSENT, BY_DEPUTY = "出席", "請假", "代理"
OPINION, RESPONSE = "委員意見", "機關回應"
NAMED, NAMELESS, CLOSED = "記名", "不記名", "不公開"
# Of a reply to a closed remark: it is left out of the public edition with the remark.
CLOSED_TOO = "併同不公開"
COVER, OUTLINE, POINTS, CHART, TABS, CLOSING = "封面", "大綱", "條列", "架構圖", "頁籤", "結尾"
LAYOUTS = (COVER, OUTLINE, POINTS, CHART, TABS, CLOSING)
