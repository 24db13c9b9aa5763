"""A message in standard written Chinese: simplified characters, plain figures, Cantonese asking words as Mandarin ones.

「條綫幾時開工？」 -> 「条线什么时候开工？」 ; what is written otherwise stays as it is
"""

from __future__ import annotations

import re
from functools import lru_cache

import opencc

from rag.tokenizer import simplified

# Full-width figures and letters.
_PLAIN = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_CANTONESE = {  # asking words that mean nothing else
    "几时": "什么时候",
    "几多": "多少",
    "几钱": "多少钱",
    "几耐": "多久",
    "点解(?!决|除|释|说|读|答)": "为什么",
    "(?<!周)(?<!海)(?<!河)(?<!江)(?<!路)(?<!湖)(?<!沿)(?<!身)边度(?!假|过|量)": "哪里",
    "边啲": "哪些",
    "[乜咩][嘢野]|(?<=[有系做讲])咩|乜": "什么",
    "喺边(?!度)": "在哪里",
    "有冇": "有没有",
    "冇": "没有",
    "系咪|系唔系": "是不是",
    "唔": "不",
    "嘅": "的",
    "喺": "在",
    "咗": "了",
    "啲": "些",
    "嚟": "来",
    "畀": "给",
    "我哋": "我们",
    "佢哋?": "他们",
    "同埋": "和",
}
# What means something else in standard Chinese (重点解决, 体系由…): read so in a message that is surely Cantonese.
_PERHAPS = {
    "几(?=[长高远快])": "多",
    "点样|点(?=[?？。]|$)": "怎样",
    "点(?=做|办|处理|安排|帮|推|改善)": "怎么",
    "边个": "哪个",
    "(?<![体关联院派维星])系(?![统列数])": "是",
    "[而依]家": "现在",
    "仲(?=有|会|要|系|未)": "还",
    "返学": "上学",
}
_SURELY = re.compile(r"[嘅唔冇咗喺啲嚟咩乜嘢佢哋]|[系係]咪|[幾几][時时耐]|[邊边][個个度]|[點点][樣样]")


def standard(message: str) -> str:
    """The message as the rest of PlanQA reads it; the same text for what is in standard Chinese or another language."""
    plain = simplified(message).translate(_PLAIN)
    if plain == message and not _SURELY.search(message):
        return message
    words = _CANTONESE if plain == message or not _SURELY.search(message) else _CANTONESE | _PERHAPS
    for word, mandarin in words.items():
        plain = re.sub(word, mandarin, plain)
    return plain


def as_written(said: str, message: str) -> str:
    """What is said to a message, in traditional characters where it is in these."""
    return str(_to_traditional().convert(said)) if simplified(message) != message else said


@lru_cache(maxsize=1)
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
