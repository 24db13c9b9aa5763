from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jieba
import pytest

from rag.dictionary import Dictionary
from rag.pinyin import sound
from rag.ports import WordCounts
from rag.query import MAYBE_NAME, Query, make_query
from rag.question import Asked, asks_for, holds, years
from rag.scope import PlanNames, has_place, own_names, places_in, resolve
from rag.tokenizer import Tokenizer, normalise
from rag.types import Document, DocumentInfo

TOKENIZER = Tokenizer()
DICTIONARY = Dictionary(
    {
        "school": {"学校": 1.0, "小学": 0.5, "学堂": 1.0},
        "build": {"建设": 0.6, "建": 0.6},
        "hospital bed": {"床位": 0.5},
    }
)


@dataclass(frozen=True)
class Words:
    """A vocabulary that is written down: in how many passages each word is, of how many."""

    counts: dict[str, int]
    total: int

    def frequencies(self, words: Sequence[str]) -> WordCounts:
        return WordCounts(self.total, {word: self.counts.get(word, 0) for word in words})

    def spelt(self, sounds: Sequence[str]) -> dict[str, list[str]]:
        return {wanted: [word for word in self.counts if sound(word) == wanted] for wanted in sounds}


def query(question: str, counts: dict[str, int], total: int = 100) -> Query:
    return make_query(question, TOKENIZER, DICTIONARY, Words(counts, total))


def forms(question: str, counts: dict[str, int]) -> dict[str, dict[str, float]]:
    return {term.word: dict(term.forms) for term in query(question, counts).terms}


def test_an_english_word_is_taken_as_it_was_meant() -> None:
    assert set(forms("Which shcools are bult?", {"学校": 3})) == {"schools", "bult"}  # too short to tell
    assert forms("a new scool", {"学校": 3})["school"] == {"学校": 1.0}
    assert "wanhnog" in forms("Wanhnog Road", {"学校": 3})  # a capital may begin a name
    assert "citong" in forms("where is citong", {"刺桐": 3})  # one that the plan has by its sound
    assert "scool" in forms("a new scool", {"scool": 3})  # a word of the plan


def test_rare_words_weigh_more_than_common_ones() -> None:
    weights = {term.word: term.weight for term in query("学位建设", {"学位": 1, "建设": 60}).terms}
    assert weights["学位"] > 2 * weights["建设"] > 0


def test_framing_words_are_no_terms() -> None:
    assert set(forms("请问什么时候有哪些学校", {"学校": 3})) == {"学校"}
    assert set(forms("What is the plan for schools?", {"学校": 3})) == {"schools"}


def test_an_english_word_stands_for_the_chinese_ones_the_index_has() -> None:
    assert forms("schools built", {"学校": 3, "小学": 2, "建设": 9}) == {
        "schools": {"学校": 1.0, "小学": 0.5},
        "built": {"建设": 0.6},
    }


def test_a_phrase_is_looked_up_before_its_words() -> None:
    assert forms("hospital beds", {"床位": 2})["beds"] == {"床位": 0.5}


def test_a_word_wrongly_guessed_falls_apart_into_what_the_index_knows() -> None:
    assert forms("洛江要建", {"洛江": 1, "建": 4}) == {"洛江": {"洛江": 1.0}, "建": {"建": 1.0}}


def test_a_guess_with_a_framing_word_in_it_falls_apart_even_where_the_index_has_its_letters() -> None:
    assert set(forms("要建学校", {"要建": 1, "建": 4, "学校": 2})) == {"建", "学校"}


@pytest.mark.parametrize(("word", "smaller"), [("洛江要", ["洛江"]), ("路要", ["路"]), ("奕聪中学", ["奕聪", "中学"])])
def test_smaller_words_are_dictionary_words_and_names(word: str, smaller: list[str]) -> None:
    assert TOKENIZER.smaller_words(word) == smaller


def test_words_side_by_side_are_a_compound_where_the_plan_has_it_too() -> None:
    assert forms("数字经济", {"数字": 5, "经济": 9, "字经": 2})["数字经济"] == {"字经": 1.0}
    assert "数字经济" not in forms("数字经济", {"数字": 5, "经济": 9})


def test_a_figure_is_looked_for_by_its_value() -> None:
    for question in ("新增七千五百个学位", "新增0.75万个学位", "7,500 school places", "7.5 thousand"):
        assert forms(question, {"7500": 1, "学位": 3})["7500"] == {"7500": 1.0}, question
    assert "7500" in TOKENIZER.index_tokens("新增学位0.75万个")
    assert TOKENIZER.index_tokens("新增7500个").count("7500") == 1, "a plain figure is there once"


def test_a_numeral_in_a_name_stays_a_word() -> None:
    assert "十一" in forms("十一中在哪里", {"十一": 1})
    assert set(forms("三一筑工", {"三一筑工": 1})) == {"三一筑工"}


def test_a_name_in_latin_letters_stands_for_the_words_it_spells() -> None:
    assert forms("Wanhong Road", {"万虹": 2})["wanhong"] == {"万虹": 1.0}
    assert forms("where is yangjiang", {"阳江": 1, "养浆": 1})["yangjiang"] == {"阳江": 1.0, "养浆": 1.0}


def test_a_known_english_word_is_a_name_only_with_a_capital() -> None:
    known = Dictionary({"hunan": {"湖南": 1.0}})
    vocabulary = Words({"胡南": 1, "湖南": 1}, 100)
    weak = make_query("the Hunan project", TOKENIZER, known, vocabulary).terms[0].forms
    assert weak == {"湖南": 1.0, "胡南": MAYBE_NAME}
    assert make_query("the hunan project", TOKENIZER, known, vocabulary).terms[0].forms == {"湖南": 1.0}


def test_a_word_without_any_form_still_counts() -> None:
    about_mars = query("火星学校", {"学校": 50})
    assert about_mars.coverage({"学校": 1.0}) < 0.5
    assert about_mars.coverage({"学校": 1.0, "火星": 1.0}) == pytest.approx(1.0)


def test_a_year_weighs_no_more_than_the_least_word() -> None:
    weights = {term.word: term.weight for term in query("2030年学位", {"学位": 1, "2030": 1}).terms}
    assert weights["2030"] <= weights["学位"] / 2


def test_traditional_full_width_and_grouped_digits_are_one_text() -> None:
    assert normalise("２０２５年，新增學位 7,500個") == "2025年,新增学位 7500个"
    assert TOKENIZER.words("建設學校") == TOKENIZER.words("建设学校")


def test_tokens_agree_with_jieba_itself(luojiang: Document) -> None:
    jieba.setLogLevel("ERROR")
    for paragraph in luojiang.paragraphs:
        han = re.sub(r"[^一-鿿]+", "\n", normalise(paragraph.text))
        assert TOKENIZER.spelt_words(han) == [word for word in jieba.cut_for_search(han) if word.strip()]


def test_the_dictionary_is_kept_and_read_back_alike(tmp_path: Path) -> None:
    made, kept = Dictionary.load(tmp_path), Dictionary.load(tmp_path)
    assert len(list(tmp_path.glob("dictionary-*.json"))) == 1
    assert made.translate("school") == kept.translate("school")
    assert made.translate("school")["学校"] == 1.0
    assert 0 < made.translate("school")["小学"] < 1
    assert "小学" in made.kin("学校")
    assert made.translate("nosuchword") == {}


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("新增多少学位？", {Asked.NUMBER}),
        ("博物馆要花多少钱", {Asked.MONEY}),
        ("How much does it cost?", {Asked.MONEY}),
        ("什么时候建成", {Asked.TIME}),
        ("When will it be finished?", {Asked.TIME}),
        ("要建哪些学校", {Asked.LIST}),
        ("What schools are being built?", {Asked.LIST}),
        ("Which roads will be built?", {Asked.LIST}),
        ("怎么治理河流污染", {Asked.WAY}),
        ("How will rivers be cleaned?", {Asked.WAY}),
        ("奕聪中学和谁合作", set()),
    ],
)
def test_what_a_question_asks_for(question: str, asked: set[Asked]) -> None:
    assert asks_for(question) == asked


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        (Asked.MONEY, "产值突破100亿元", True),
        (Asked.MONEY, "新增学位7500个", False),
        (Asked.TIME, "到2025年建成", True),
        (Asked.TIME, "加快博物馆建设", False),
        (Asked.NUMBER, "建设三所学校", True),
        (Asked.NUMBER, "创建省一级达标高中", False),
        (Asked.NUMBER, "创建省二级达标高中", False),
        (Asked.MONEY, "at a cost of £1.1 million", True),
        (Asked.MONEY, "项目：龙泉水库；总投资（亿元）：9.4", True),
        (Asked.NUMBER, "第三十六条 行政机关应当答复", False),
        (Asked.NUMBER, "年满六周岁的儿童", True),
        (Asked.LIST, "任何文字", True),
    ],
)
def test_what_can_bear_an_answer(kind: Asked, text: str, held: bool) -> None:
    assert holds(kind, text) is held


def test_years_are_four_digits_of_a_calendar() -> None:
    assert years("到2025年新增7500个、2030 年前完成，by 2035") == {"2025", "2030", "2035"}
    assert years("展望二〇三五年，二零二五年") == {"2035", "2025"}
    assert years("the 2025 targets, and 2030粮食产量") == {"2025", "2030"}


@pytest.mark.parametrize(
    "text", ["新增学位2000个", "面积1950平方米", "投资2000亿元", "Add 2000 places", "build over 2000 homes"]
)
def test_what_is_counted_is_no_year(text: str) -> None:
    assert years(text) == set()


LUOJIANG = DocumentInfo("luojiang-2021", "篇章", "中国共产党泉州市洛江区第六次代表大会")
SHANGHAI = DocumentInfo("sh", "2026年上海市政府工作报告")


def test_a_plan_is_known_by_its_place() -> None:
    assert own_names(LUOJIANG) == ("洛江区", "洛江", "luojiang")
    assert own_names(SHANGHAI) == ("上海市", "上海", "shanghai")
    heilongjiang = own_names(DocumentInfo("h", "2025年黑龙江省政府工作报告"))
    assert heilongjiang[:2] == ("黑龙江省", "黑龙江")  # not 龙江, which jieba finds in it
    assert own_names(DocumentInfo("q", "青石县国民经济和社会发展规划"))[:2] == ("青石县", "青石")
    assert own_names(DocumentInfo("l", "鷺河市城市更新專項規劃"))[:2] == ("鹭河市", "鹭河")
    assert own_names(DocumentInfo("n", "Our Plan for Northmere 2026–2030", language="en")) == ("northmere",)
    assert own_names(DocumentInfo("k", "CITY OF KESTREL", language="en")) == ("kestrel",)
    assert own_names(DocumentInfo("g", "2026年广西壮族自治区政府工作报告"))[1:] == ("广西", "guangxi")
    assert own_names(DocumentInfo("s", "2025年陕西省政府工作报告"))[2:] == ("shaanxi",)  # "Shanxi" is 山西
    assert own_names(DocumentInfo("law", "义务教育条例")) == ()


@pytest.mark.parametrize(
    ("question", "plan", "left"),
    [
        ("洛江要建哪些学校？", "luojiang-2021", "要建哪些学校？"),
        ("上海的轨道交通有多长", "sh", "轨道交通有多长"),
        ("What is Shanghai's GDP target?", "sh", "What is  GDP target?"),
        ("学位够吗", None, "学位够吗"),
        ("洛江和上海谁的目标高", None, "和谁的目标高"),
    ],
)
def test_a_question_that_names_a_plan_is_limited_to_it(question: str, plan: str | None, left: str) -> None:
    scope = resolve(question, None, PlanNames.of([LUOJIANG, SHANGHAI]))
    assert (scope.plan, scope.question) == (plan, left)


def test_other_places_are_noticed() -> None:
    assert places_in("石狮市的床位目标") == ("石狮市",)
    assert resolve("石狮市的床位目标是几张？", None, PlanNames.of([LUOJIANG])).places == ("石狮",)
    assert resolve("洛江的床位目标是几张？", None, PlanNames.of([LUOJIANG])).places == ()


def test_in_a_plan_of_one_passage_every_word_weighs_the_same() -> None:
    query = make_query("医院床位", TOKENIZER, DICTIONARY, Words({"医院": 1, "床位": 1}, 1))
    assert query.coverage({"医院": 1.0}) == pytest.approx(0.5)
    assert query.coverage({"医院": 1.0, "床位": 1.0}) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("¿Qué escuelas se construirán?", Asked.LIST),
        ("Welche Schulen werden gebaut?", Asked.LIST),
        ("Какие школы строятся?", Asked.LIST),
        ("どんな学校を建てますか", Asked.LIST),
        ("Combien de lits d'hôpital ?", Asked.NUMBER),
        ("병상은 몇 개입니까?", Asked.NUMBER),
        ("Wann wird das Museum eröffnet?", Asked.TIME),
        ("Bagaimana sungai akan dibersihkan?", Asked.WAY),
    ],
)
def test_what_is_asked_for_is_known_in_other_languages(question: str, asked: Asked) -> None:
    assert asks_for(question) == {asked}


def test_the_glossary_has_what_the_dictionary_lacks(tmp_path: Path) -> None:
    dictionary = Dictionary.load(tmp_path)
    assert next(iter(dictionary.translate("motorway"))) == "高速公路"
    assert "养老院" in dictionary.translate("care home")
    assert "养老院" not in dictionary.translate("care")  # a term of two words says nothing of each


def test_a_term_stands_once_in_the_glossary() -> None:
    lines = Path("rag/glossary.tsv").read_text(encoding="utf-8").splitlines()
    terms = [line.partition("\t")[0] for line in lines]
    assert terms == sorted(set(terms))
    assert all(re.fullmatch(r"[^\t]+\t[^\t;]+(?:;[^\t;]+)*", line) for line in lines)


def test_a_city_is_not_the_new_town_of_its_name() -> None:
    text = "高标准推进阳江新城、万安商贸城规划建设，对接泉州、厦门"
    assert not has_place(text, "阳江", "阳江市有哪些规划？")
    assert has_place(text, "阳江", "阳江要建什么？")
    assert has_place(text, "厦门", "厦门市有哪些规划？")
    assert has_place(text, "泉州", "泉州市有哪些规划？")
