"""One text path for plans and questions: normalise, cut with jieba, add character pairs.

    "洛江要建學校" -> normalise "洛江要建学校" -> words [洛江, 要, 建, 学校] + pairs [江要, 要建]

jieba here is rjieba, the same dictionary and algorithm in Rust. Pairs find names that the
dictionary does not know and survive a wrong cut or a mistyped character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version

import opencc
import rjieba
import stopwordsiso

from rag.numerals import figures
from rag.text import is_han

# Words that frame a question and say nothing of what it asks for; stopwordsiso has the common ones.
_QUESTION_WORDS = frozenset(
    "是否 什么时候 多久 有没有 会不会 能不能 要不要 请问 一下 介绍 方面 情况 具体 打算 准备 想 想要 想知道 告诉 "
    "时候 什么样 多大 多高 多长 几个 几所 几家 几张 几条 几年 哪年 哪一年 哪几个 哪个 提到 说 讲 写 内容 规定 "
    "计划 规划 里 中 上 里面 文件 报告 今后 未来 咋 咋样 啥 嘛 呀 啊 吧 么 是不是 可不可以 目前 现在 "
    "事 事儿 事情 搞 弄 这回 这次 这一块 咱 咱们 咱区 请 大概 大约 究竟 到底 一共 总共".split()
)
_ASKING = re.compile(r"(?:第?几|多少|哪|啥|什么)\w?")  # with what is counted: 第几次, 多少个
_ENGLISH = frozenset(
    "a about above after again all also am an and any are as at be because been before being below between both but by "
    "can could did do does doing down during each few for from further had has have having he her here hers him his "
    "how i if in into is it its just let like list many may me mention mentioned might more most much must my name no "
    "nor not now of off on once only or other our out over own plan plans please s said same say says shall she should "
    "so some state stated such t tell than that the their them then there these they this those through to too under "
    "until up very want wants wanted wanting promise promises promised promising propose proposes proposed intend "
    "intends aim aims aiming expect expects expected hope hopes trying try tries going was we were what when where "
    "which while who whom whose why will with would you your year years last current ones get gets "
    "compare compared comparing comparison versus see set aside according come comes came make makes made take takes "
    "taken use uses used using number amount total".split()
)
_WORD = re.compile(r"[^\W_]")
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN = rf"[^\W_{_HAN}]"
_RUN = re.compile(rf"(?P<latin>{_LATIN}+(?:[.&+-]{_LATIN}+)*%?)|[{_HAN}]+|.", re.DOTALL)


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _common_chinese() -> frozenset[str]:
    return frozenset(stopwordsiso.stopwords("zh"))


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; all else as it is."""
    return str(_to_simplified().convert(text))


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """A plan's text as it is read, never shown: simplified characters, each in its place."""
    found = simplified(text)
    return found if len(found) == len(text) else "".join(map(simplified, text))


def normalise(text: str) -> str:
    """The form that is compared, never shown: width, case, traditional characters, thousands' commas.

    normalise("２０２５年，洛江區 7,500個") -> "2025年,洛江区 7500个"
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", simplified(plain))


def with_values(question: str) -> str:
    """A question, normalised, with its figures as an index holds them: "七千五百个" -> "7500个", "0.75万" -> "7500".

    Two Chinese characters stay as they are: they may belong to a name (十一中).
    """
    plain = normalise(question)
    for figure in reversed(figures(plain)):
        if figure.stop - figure.begin > 2 or plain[figure.begin].isdigit():
            plain = plain[: figure.begin] + figure.value + plain[figure.stop :]
    return plain


def _cut(text: str, cut: Callable[[str, bool], list[str]], *, guess: bool = True) -> Iterator[str]:
    """Chinese by jieba, the rest by its own marks: figures and abbreviations stay whole (3.5%, r&d, 5g)."""
    for run in _RUN.finditer(normalise(text)):
        if run.lastgroup == "latin":
            yield from (part for part in run[0].split("-") if "-" in run[0] and part.isalpha())
            yield run[0]
        else:
            yield from cut(run[0], guess)


def is_stop_word(word: str) -> bool:
    """True for words that a question and a text share without being about the same thing."""
    return (
        word in _ENGLISH or word in _QUESTION_WORDS or word in _common_chinese() or _ASKING.fullmatch(word) is not None
    )


@dataclass(frozen=True)
class Tokenizer:
    """jieba's search-mode words plus character pairs; stateless, so build and query always agree."""

    @cached_property
    def name(self) -> str:
        """Identity written into an index; another one cannot read it."""
        return f"rjieba-{version('rjieba')}+pairs+values-4"

    def words(self, text: str) -> list[str]:
        """Words in order, those inside a long one before it; then the values of figures that are spelt otherwise."""
        plain = normalise(text)
        values = [figure.value for figure in figures(plain) if plain[figure.begin : figure.stop] != figure.value]
        return self.spelt_words(plain) + values

    def spelt_words(self, text: str) -> list[str]:
        """Words in order as they are spelt, those inside a long one before it."""
        return [word for word in _cut(text, rjieba.cut_for_search) if _WORD.search(word)]

    def plain_words(self, text: str) -> list[str]:
        """Words in order, none inside another, with everything between them."""
        return list(_cut(text, rjieba.cut))

    def smaller_words(self, word: str) -> list[str]:
        """An unknown word without jieba's guesses: dictionary words, and what is left over side by side as a name.

        "洛江要" -> ["洛江"], "路要" -> ["路"]: framing words are dropped.
        """
        found: list[str] = []
        name = ""
        for part in [*_cut(word, rjieba.cut_for_search, guess=False), ""]:
            if len(part) == 1 and is_han(part) and not is_stop_word(part):
                name += part
                continue
            found += [piece for piece in (name, part) if piece and not is_stop_word(piece)]
            name = ""
        return found

    def index_tokens(self, text: str) -> list[str]:
        """Words and the character pairs that are not words themselves; what an index stores."""
        words = self.words(text)
        known = set(words)
        return words + [pair for pair in pairs(normalise(text)) if pair not in known]


def pairs(text: str) -> list[str]:
    """Neighbouring ideographs: "学位数" -> ["学位", "位数"]."""
    return [text[i : i + 2] for i in range(len(text) - 1) if is_han(text[i]) and is_han(text[i + 1])]
