"""The whole way on the shipped plan with the shipped encoder: right facts, true quotes, honest refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import shipped_plans
from app.wiring import Services, make_builder, open_services
from rag.errors import NotFoundError, QuestionError
from rag.pipeline import Assistant
from rag.text import squeeze
from rag.types import Answer, Citation, Document, MatchedWord, PlanScope, Status
from tests.fakes import CountingEncoder

FACTS = [
    ("新增多少基础教育学位？", "7500个以上"),
    ("孩子读书的学位够吗", "7500个以上"),
    ("How many new basic-education places will be added?", "7500个以上"),
    ("到2025年每千常住人口有多少张床位？", "达5张"),
    ("How many hospital beds per thousand residents by 2025?", "达5张"),
    ("卫生用品产值定了多少", "100亿元"),
    ("全社会研發經費投入年均增長多少", "20%以上"),
    ("城市建成区面积要扩大到多少", "40平方公里"),
    ("How large will the built-up area of the city be?", "40平方公里"),
    ("数字经济占GDP的比重目标", "40%"),
    ("奕聪中学和谁合作办学？", "北京四中"),
    ("传感芯片产业链以哪家企业为核心", "西人马"),
    ("四项服务机制是哪四项", "前置式、预约式、集成式、践诺式"),
    ("What are the three tourism belts?", "滨海蓝色旅游"),
    ("要新培育多少家高新技术企业？", "30家以上"),
    ("城镇新增就业多少人", "1.8万人以上"),
    ("will there be a museum?", "博物馆"),
    ("Which hospitals are being built?", "宝璋肿瘤医院"),
    ("Wie viele zusätzliche Schulplätze sollen entstehen?", "7500个以上"),  # German nouns are no names
    ("¿Cuántas plazas escolares se crearán?", "7500个以上"),
    ("Quelle superficie la zone urbaine bâtie doit-elle atteindre ?", "40平方公里"),
    ("Сколько новых высокотехнологичных предприятий планируют вырастить?", "30家以上"),
    ("기초교육 학생 정원을 몇 개 더 늘립니까?", "7500个以上"),
    ("1000人当たりの病床数はいくつになりますか？", "达5张"),
]
NOT_STATED = ["万虹路拓改花多少钱？", "阳江学园什么时候建成？", "How much does the museum cost?", "奕聪中学有多少学生"]
ELSEWHERE = [
    "石狮市的床位目标是几张？",
    "晋江市今年的GDP是多少",
    "what is the weather in Paris",
    "火星移民计划",
    "怎么做红烧肉",
    "¿Cómo se hace una paella?",
    "Wie backe ich einen Apfelkuchen?",
    "ラーメンの作り方を教えて",
]


def assert_true(citation: Citation, document: Document) -> None:
    """The citation is a slice of the source, of its paragraph, and of the lines it names."""
    cut = document.source[citation.start : citation.end]
    assert squeeze(cut) == squeeze(citation.quote)
    assert cut == cut.strip()
    paragraph = document.paragraphs[citation.paragraph_number - 1]
    assert citation.quote in paragraph.text
    lines = document.source.split("\n")[citation.line_start - 1 : citation.line_end]
    assert squeeze(citation.quote) in squeeze("".join(lines))
    assert citation.paragraph_id == f"{document.info.id}:p{citation.paragraph_number}"
    assert citation.section == document.sections[paragraph.section].headings


def ask(services: Services, question: str) -> Answer:
    answer = services.assistant.ask(question)
    document = services.library.document("luojiang-2021")
    for citation in (*answer.citations, *answer.related):
        assert_true(citation, document)
    assert bool(answer.citations) == (answer.status is Status.ANSWERED)
    for citation in answer.citations:
        told = citation.quote if answer.language == "zh" else citation.translation
        assert told
        assert f"{told.rstrip('。；')} [{citation.number}]" in answer.text
    return answer


@pytest.mark.parametrize(("question", "fact"), FACTS)
def test_a_plain_question_gets_its_fact(services: Services, question: str, fact: str) -> None:
    answer = ask(services, question)
    assert answer.status is Status.ANSWERED
    assert squeeze(fact) in squeeze("".join(citation.quote for citation in answer.citations))


@pytest.mark.parametrize("question", ["洛江要建哪些学校？", "what schools are being built?"])
def test_a_list_names_them_all_under_their_own_verbs(services: Services, question: str) -> None:
    answer = ask(services, question)
    for words in (
        "高标准建设阳江学园、塘西学园、区实验幼儿园",
        "规划扩建闽南师大附属小学、阳江中学、区第四实验小学",
        "抓好市实小洛江校区、刺桐幼儿园、泉州科技职业技术学校建设",
    ):
        assert any(words in citation.quote for citation in answer.citations)
    assert not any("合作办学" in citation.quote for citation in answer.citations)
    assert answer.completeness is not None
    assert (answer.completeness.items, answer.completeness.complete) == (9, True)


def test_a_fact_is_told_without_what_a_semicolon_parts_from_it(services: Services) -> None:
    answer = ask(services, "孩子读书的学位够吗")
    assert "7500个以上" in answer.text
    assert "；" not in answer.text
    assert len(answer.text) < 120


def test_what_only_opens_a_subject_goes_on_to_what_it_tells(services: Services, tmp_path: Path) -> None:
    plan = tmp_path / "住房.txt"
    told = "加力稳住楼市。落实降低首付、税收优惠等支持政策。扩大“白名单”项目的贷款投放规模。"
    plan.write_text(
        f"{told}推动城市更新。新建绿道12公里。\n提升教育质量。增加学位900个。\n改善医疗服务。增加床位90张。",
        encoding="utf-8",
    )
    settings = services.settings.model_copy(update={"index": tmp_path / "index"})
    make_builder(settings).build([plan])
    answer = open_services(settings).assistant.ask("怎么稳住楼市？")
    assert answer.citations[0].quote == told


def test_a_question_in_a_plan_is_no_answer(services: Services, tmp_path: Path) -> None:
    plan = tmp_path / "答疑.txt"
    plan.write_text(
        "老师怎样指导学生开展在线学习？老师用直播和答疑两种形式指导学生学习。\n学校什么时候开学？学校3月2日开学。\n"
        "食堂怎样供餐？食堂分批供餐，每批不超过100人。",
        encoding="utf-8",
    )
    settings = services.settings.model_copy(update={"index": tmp_path / "index"})
    make_builder(settings).build([plan])
    answer = open_services(settings).assistant.ask("老师怎样指导学生开展在线学习？")
    assert "直播和答疑两种形式" in answer.text
    assert "？" not in answer.text


@pytest.mark.parametrize("question", NOT_STATED)
def test_what_the_plan_leaves_open_is_not_stated_and_the_nearest_shown(services: Services, question: str) -> None:
    answer = ask(services, question)
    assert answer.status is Status.NOT_STATED
    assert answer.related


@pytest.mark.parametrize("question", ELSEWHERE)
def test_what_is_not_in_the_plan_is_never_answered(services: Services, question: str) -> None:
    answer = ask(services, question)
    assert answer.status in (Status.OUT_OF_SCOPE, Status.NOT_STATED)
    assert answer.confidence <= services.assistant.thresholds.answers, "it cannot be likely and refused"


def test_a_place_the_plan_never_names_is_out_of_scope(services: Services) -> None:
    assert ask(services, "石狮市的床位目标是几张？").status is Status.OUT_OF_SCOPE
    assert ask(services, "泉州市的床位目标是几张？").status is not Status.OUT_OF_SCOPE


def test_a_section_is_told_in_brief(services: Services) -> None:
    answer = ask(services, "智慧洛江有哪些措施？")
    assert answer.citations[0].quote.startswith("今后5年，洛江区将大抓产业数字化")
    assert {citation.section for citation in answer.citations} == {("坚持科技赋能 着力打造智慧洛江",)}
    assert len({citation.paragraph_number for citation in answer.citations}) == 4


@pytest.mark.parametrize("question", ["", "   ", "？？？", "😀😀", "的"])
def test_nothing_to_search_for_is_unclear(services: Services, question: str) -> None:
    assert ask(services, question).status is Status.UNCLEAR


def test_the_same_question_gets_the_same_answer(services: Services) -> None:
    first, second = (replace(ask(services, "要建哪些医院？"), timings_ms={}) for _ in range(2))
    assert first == second


def test_a_word_for_opening_is_no_name(services: Services) -> None:
    assert (
        services.assistant.ask("区医院新院区什么时候开园？").status is Status.NOT_STATED
    )  # jieba takes it for a person


def test_a_question_may_be_too_long_or_name_no_plan(services: Services) -> None:
    with pytest.raises(QuestionError, match="at most 2000"):
        services.assistant.ask("学" * 2001)
    for question, history in (("学位\udcff够吗", ()), ("够吗", ("\ud800学位",))):
        with pytest.raises(QuestionError, match="half a character"):
            services.assistant.ask(question, history=history)
    with pytest.raises(QuestionError, match="half a character"):
        services.assistant.search("学位\udcff", 3)
    with pytest.raises(NotFoundError, match="nowhere"):
        services.assistant.ask("学校", "nowhere")


def test_every_fact_of_a_long_paragraph_is_found(services: Services, luojiang: Document) -> None:
    paragraph = luojiang.paragraphs[10]
    for clause in paragraph.text.replace("。", "；").split("；"):
        if len(clause) > 8:
            (hit,) = services.assistant.search(clause, 1).hits
            assert 11 in {sentence.paragraph for sentence in hit.passage.sentences}, clause


def test_hits_are_ranked_and_say_why(services: Services) -> None:
    hits = services.assistant.search("卫生用品产值", 5).hits
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert MatchedWord("产值", ("产值",)) in hits[0].matched
    assert services.assistant.search("？", 5).hits == ()


@pytest.fixture
def several(services: Services, plan_file: Path, tmp_path: Path) -> Assistant:
    """An assistant over the shipped plan and one of another town."""
    settings = services.settings.model_copy(update={"index": tmp_path / "two"})
    builder = make_builder(settings)
    builder.build([shipped_plans()])
    builder.add([plan_file])
    return open_services(settings).assistant


def test_an_answer_names_its_plan_where_there_are_several(several: Assistant) -> None:
    answer = several.ask("青山镇要新增多少学位？")
    assert answer.text == "《青山镇2030年发展规划》\n新建青山小学和云溪幼儿园，新增学位900个 [1]"
    assert several.ask("洛江区要新增多少学位？").citations[0].document_id == "luojiang-2021"
    assert several.ask("新增多少学位？", "青山镇规划").citations[0].quote == "新建青山小学和云溪幼儿园，新增学位900个。"


def test_a_clause_that_states_the_case_goes_on_to_what_follows_from_it(several: Assistant) -> None:
    answer = several.ask("按期缴税有困难的中小企业可以延期多久？", "青山镇规划")
    assert answer.citations[0].quote.startswith("对按期缴税确有困难的中小企业，可以申请延期3个月缴纳")


def test_a_question_that_names_a_plan_says_that_it_was_limited(several: Assistant) -> None:
    assert several.ask("青山镇要新增多少学位？").scope == PlanScope("青山镇规划", ("青山镇",))
    assert several.ask("新增多少学位？").scope is None
    assert several.ask("青山镇要新增多少学位？", "青山镇规划").scope is None, "the caller chose"


def test_a_search_that_names_a_plan_is_limited_to_it(several: Assistant) -> None:
    found = several.search("青山镇的新增学位", 20)
    assert found.scope == PlanScope("青山镇规划", ("青山镇",))
    assert {hit.passage.document.id for hit in found.hits} == {"青山镇规划"}
    assert len({hit.passage.document.id for hit in several.search("新增学位", 20).hits}) == 2
    assert several.search("青山镇的新增学位", 20, "luojiang-2021").scope is None, "the caller chose"


def test_several_questions_are_encoded_at_once_and_answered_as_each_alone(several: Assistant) -> None:
    questions = ["青山镇要新增多少学位？", "你好", "新增多少学位？花多少钱？", "What schools are being built?"]
    alone = [several.ask(question) for question in questions]
    encoder = CountingEncoder(several._encoder)
    several._encoder = encoder
    together = several.answer([several.understand(question) for question in questions])
    assert [replace(answer, timings_ms={}) for answer in together] == [
        replace(answer, timings_ms={}) for answer in alone
    ]
    assert len(encoder.calls) == 1, "all in one go"


def test_an_answer_keeps_to_a_section(several: Assistant) -> None:
    assert several.ask("公路要建多长？", section="交通").citations[0].quote.startswith("到2028年建成青云公路")
    assert several.ask("新增多少学位？", "青山镇规划", section="交通").citations == ()
    with pytest.raises(NotFoundError, match="No section of any plan"):
        several.ask("新增多少学位？", section="火星")


def test_a_hit_shows_the_words_that_a_translation_found(services: Services) -> None:
    found = {match.word: match.found for match in services.assistant.search("schools", 1).hits[0].matched}
    assert "学校" in found["schools"] or "小学" in found["schools"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("可支陪收入", "可支配收入"),
        ("医疗床味", "床位数"),
        ("Wanhong Road", "万虹路"),
        ("Yangjiang middle school", "阳江中学"),
        ("七千五百个学位", "7500个"),
        ("0.75万个学位", "7500个"),
        ("7.5 thousand school places", "7500个"),
        ("40 billion yuan", "400亿元"),
        ("18,000 jobs", "1.8万人"),
    ],
)
def test_typos_names_and_figures_find_their_paragraph(services: Services, query: str, wanted: str) -> None:
    assert wanted in services.assistant.search(query, 1).hits[0].passage.text


@pytest.mark.parametrize("question", ["😀😀😀", "a", "?", "", "   ", "的"])
def test_what_asks_nothing_is_unclear(services: Services, question: str) -> None:
    answer = services.assistant.ask(question)
    assert answer.status is Status.UNCLEAR
    assert answer.text
    assert answer.citations == ()


def test_mixed_scripts_and_emoji_do_not_hide_the_question(services: Services) -> None:
    assert "7500" in services.assistant.ask("新增多少 places 學位 😀？").text


def test_how_long_a_question_may_be_is_a_setting(services: Services) -> None:
    settings = services.settings.model_copy(update={"max_question_chars": 10_000})
    patient = open_services(settings).assistant
    long = "新增基础教育学位多少个？" + "请说明" * 3329
    assert len(long) == 9999
    assert patient.ask(long).status in Status
    with pytest.raises(QuestionError, match="at most 10000"):
        patient.ask(long + "好吗")


def test_of_several_plans_one_must_be_named_to_be_told_as_a_whole(several: Assistant) -> None:
    answer = several.ask("规划主要讲什么？")
    assert answer.status is Status.UNCLEAR
    assert "哪一份" in answer.text


def test_a_list_told_in_english_has_what_its_sentence_goes_on_with(services: Services) -> None:
    text = services.assistant.ask("Which roads will be built?").text
    assert [
        road for road in ("Quanmei Expressway", "Wanhong Road", "Xincheng Road", "Xihuan Road") if road not in text
    ] == []
