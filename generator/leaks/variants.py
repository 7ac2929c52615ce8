"""Characters that are written in more than one way: 為 and 爲, 吳 and 呉, 顏 and 顔, simplified and traditional.

``variants.txt`` is made of the Unihan database (Unihan_Variants.txt, see the notice at its head); it is read when a
name is first looked for. To renew it: ``python -m generator.leaks.variants Unihan_Variants.txt``.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".txt")
_FIELDS = (
    "kZVariant",
    "kSemanticVariant",
    "kSpecializedSemanticVariant",
    "kSimplifiedVariant",
    "kTraditionalVariant",
)
# Forms of one character that Unihan does not join: old and new print forms, and those of Japan.
_MORE = """
青靑 清淸 請請 情情 晴晴 精精 靜静静 淨净浄 顏顔 彥彦 產産 諺諺 德徳悳惪 聽聴 慎愼 真眞 鎮鎭 顛顚 填塡 寧甯寗 教敎
強强 溫温 慍愠 說説 稅税 悅悦 脫脱 銳鋭 閱閲 兌兑 絕絶 內内 吳呉吴 娛娯 虛虚 黃黄 橫横 曾曽 增増 戶户戸 值値 查査
鄉郷鄕 即卽 既旣 郎郞 黑黒 默黙 錄録 綠緑 祿禄 緣縁 豬猪 步歩 涉渉 賓賔 瀨瀬 賴頼 濱浜 邊辺 淵渕 龍竜 瀧滝 廣広 澤沢
櫻桜 惠恵 穗穂 專専 傳伝 壽寿 禮礼 齊斉 齋斎 濟済 劍剣 檢検 儉倹 圓円 國国 圖図 學学 譽誉 榮栄 營営 螢蛍 勞労 廳庁
嚴厳 巖巌 聲声 縣県 縱縦 從従 澁渋 攝摂 疊畳 樂楽 藥薬 兒児 舊旧 假仮 價価 佛仏 氣気 經経 輕軽 顯顕 濕湿 曉暁 燒焼
堯尭 將将 壯壮 裝装 莊荘 實実 寫写 寶宝 寬寛 對対 峽峡 島嶋嶌 峰峯 群羣 啟啓 裡裏 柏栢 恆恒 姬姫 妍姸 崑崐 帶帯
懷懐 戲戯 收収 昂昻 晃晄 晉晋 曆暦 村邨 傑杰 條条 樓楼 樞枢 歡歓 歲歳 歸帰 冰氷 沖冲 涼凉 淺浅 滿満 潛潜濳 濤涛
灣湾 燈灯 爐炉 獻献 珍珎 瓊琼 畫画 發発 皋皐 眾衆 研硏 祕秘 禰祢 秋穐 稻稲 穎頴頴 並竝 繁緐 纖繊 聰聡 肅粛 與与
艷艶豔 萬万 薰薫 藏蔵 蘆芦 蘇蘓 衛衞 覽覧 觀観 譯訳 讓譲 豐豊 贊賛 轉転 達逹 遲遅 鄰隣 釋釈 鐵鉄 鑑鑒 關関 隱隠
雙双 雜雑 靈霊 韻韵 繡綉 髮髪 鷄雞鶏 鹽塩 麥麦 黨党 齡齢 龜亀 葉叶 臺台 呂吕 宮宫 侶侣 卿卿 凜凛 廉亷 潔洁 彝彞
國囻囯圀 游遊 凃塗涂 亞亜
一ㄧー 二ニ 三ミ 八ハ 力カㄌ 卜ト 口ロ 夕タ 工エ 千チ 丫ㄚ 厶ㄙ
"""
# Radicals and strokes that are no compatibility characters, and what each is of (EquivalentUnifiedIdeograph.txt).
_RADICALS = """
⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂 ⺒巳 ⺓幺
⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺟母 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛
⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫 ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀
⺻聿 ⺼肉 ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角 ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶
⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣
⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ⻳龟
㇆𠃌 ㇏乀 ㇐一 ㇑丨 ㇒丿 ㇓丿 ㇔丶 ㇕𠃍 ㇖乛 ㇗𠃊 ㇘𠃎 ㇙𠄌 ㇚亅 ㇛𡿨 ㇜𠃋 ㇝乀 ㇞𠃑 ㇟乚 ㇠乙
㇡𠄎
"""


@cache
def table() -> dict[str, str]:
    """Each character that has variants, and the one that stands for all of them."""
    lines = (line for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {character: line[0] for line in lines for character in line[1:]}


def spellings(character: str) -> str:
    """All ways to write a character, itself among them."""
    first = table().get(character, character)
    return first + "".join(other for other, stands in table().items() if stands == first)


def made_of(unihan: str) -> list[str]:
    """The groups of variants in the text of Unihan_Variants.txt, each as one text, the smallest letter first.

    Radicals and strokes are signs, and patterns of names let signs stand between the characters of a name.
    """
    parents: dict[str, str] = {}

    def root(character: str) -> str:
        while (above := parents.get(character, character)) != character:
            character = above
        return character

    def join(first_character: str, second_character: str) -> None:
        first, second = sorted((root(first_character), root(second_character)), key=_rank)
        if first != second:
            parents[second] = first

    for line in unihan.splitlines():
        if line.startswith("U+"):
            code, kind, others = line.split("\t")
            for other in others.split() if kind in _FIELDS else ():
                join(_character(code), _character(other.partition("<")[0]))
    for group in (*_MORE.split(), *_RADICALS.split()):
        for other in group[1:]:
            join(group[0], other)
    groups: dict[str, list[str]] = {}
    for character in sorted(parents, key=_rank):
        groups.setdefault(root(character), []).append(character)
    return [first + "".join(others) for first, others in sorted(groups.items())]


def _rank(character: str) -> tuple[bool, str]:
    return not character.isalpha(), character


def _character(code: str) -> str:
    return chr(int(code.removeprefix("U+"), 16))


if __name__ == "__main__":
    head = [line for line in FILE.read_text("utf-8").splitlines() if line.startswith("#")]
    made = made_of(Path(sys.argv[1]).read_text("utf-8"))
    FILE.write_text("\n".join([*head, *made]) + "\n", "utf-8", newline="\n")
