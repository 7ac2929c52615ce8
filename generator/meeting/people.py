"""How people are named: 王委員小明, 林次長大年 as official texts do, or 王小明委員 where the body has it so."""

from __future__ import annotations

from generator.basic.patterns import compile_late

# Surnames of two characters, also of two families.
_DOUBLE = """
歐陽 司馬 上官 諸葛 司徒 東方 皇甫 尉遲 公孫 慕容 令狐 夏侯 軒轅 長孫 宇文 鮮于 端木 獨孤 南宮 西門 東郭 司空
太史 申屠 公羊 澹臺 呼延 百里 拓跋 赫連 范姜 張簡 江謝 陳黃 劉張 葉劉 歐李 梁丘 左丘 東門 南門 第五 万俟 淳于
單于 仲孫 鍾離 宗政 濮陽 公冶 太叔 亓官 司寇 巫馬 顓孫 壤駟 公良 漆雕 樂正 宰父 穀梁 段干 閭丘 微生 羊舌 公西
子車
"""
DOUBLE = frozenset(_DOUBLE.split())
_IDEOGRAPHS = compile_late(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LONGEST = 4


def surname(name: str) -> str:
    """The surname of a Chinese name; empty where none can be told: 瓦歷斯‧貝林, Pasang Hsiao.

    Of four characters the first two are it: a surname of two characters, or two surnames.
    """
    plain = "".join(name.split())
    if not _IDEOGRAPHS.fullmatch(plain) or not 2 <= len(plain) <= _LONGEST:
        return ""
    return plain[:2] if len(plain) == _LONGEST or (len(plain) > 2 and plain[:2] in DOUBLE) else plain[:1]


def addressed(name: str, title: str, official: bool = True) -> str:
    """A name with its title: 王委員小明, or 王小明委員 where it is not ``official`` or no surname can be told."""
    first = surname(name) if official and title else ""
    plain = "".join(name.split()) if first else name
    return f"{first}{title}{plain.removeprefix(first)}" if first else f"{name}{title}"
