"""The whole way on plans of other kinds: English, traditional characters, tables, duties, two towns."""

from __future__ import annotations

from pathlib import Path

import pytest

import eval
from app.settings import Settings
from app.wiring import Services, make_builder, open_services
from rag.types import Answer, Status

PLANS = Path(eval.__file__).parent / "datasets" / "other-plans" / "plans"
HELD_OUT = ("qingshi-145.md", "harbourview-strategy.md", "linhai-action.txt", "hk-address.txt")


@pytest.fixture(scope="module")
def other(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The product over four plans that took no part in the fit."""
    settings: Settings = services.settings.model_copy(update={"index": tmp_path_factory.mktemp("other")})
    make_builder(settings).build([PLANS / name for name in HELD_OUT])
    return open_services(settings)


def ask(other: Services, plan: str, question: str) -> Answer:
    answer = other.assistant.ask(question, plan)
    source = other.library.document(plan).source
    for citation in answer.citations:
        assert "".join(source[citation.start : citation.end].split()) == "".join(citation.quote.split())
    return answer


@pytest.mark.parametrize(
    ("plan", "question", "fact"),
    [
        ("harbourview-strategy", "How many affordable homes will be built by 2030?", "2,200"),
        ("harbourview-strategy", "会不会关掉一些社区图书馆分馆？", "Keep all nine branch libraries open"),
        ("harbourview-strategy", "会建多少公里自行车道？", "58"),
        ("qingshi-145", "龙潭水库总投资多少？", "18.5亿元"),
        ("qingshi-145", "What is the target for the forest cover rate?", "60"),
        ("hk-address", "東灣綫延綫幾時通車？", "2033年通車"),
        ("hk-address", "东湾线延线有几个站？", "設四個車站"),
        ("linhai-action", "碳账户最晚什么时候建好？", "2025年12月底"),
    ],
)
def test_a_plain_question_gets_its_fact(other: Services, plan: str, question: str, fact: str) -> None:
    answer = ask(other, plan, question)
    assert answer.status is Status.ANSWERED
    assert fact in answer.text


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("Will the city bid to host the Commonwealth Games?", Status.OUT_OF_SCOPE),
        ("Will a new Tesla factory open?", Status.OUT_OF_SCOPE),
        ("What will happen at Kessler Shipyard?", Status.ANSWERED),
    ],
)
def test_a_name_that_an_english_plan_has_no_word_of_is_not_its_subject(
    other: Services, question: str, status: Status
) -> None:
    assert ask(other, "harbourview-strategy", question).status is status


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("What is planned for expressways in Henan?", Status.NOT_STATED),
        ("What is Shandong's target for urban jobs?", Status.NOT_STATED),
        ("Which expressways are to be built?", Status.ANSWERED),
    ],
)
def test_another_province_that_a_plan_only_names_is_not_told_with_its_own(
    services: Services, tmp_path: Path, question: str, status: Status
) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(
        "青山省2026年政府工作报告\n\n一、交通\n\n今年开工青山至云溪高速公路，建成东环高速公路。\n\n"
        "二、就业\n\n城镇新增就业20万人，城镇调查失业率控制在5%左右。\n\n"
        + "三、民生\n\n"
        + "改善乡村学校的条件，办好社区食堂，修缮老旧住房，完善社区服务。" * 6
        + "\n\n"
        "四、合作\n\n加强与河南、山东等省的产业合作。\n",
        encoding="utf-8",
    )
    settings: Settings = services.settings.model_copy(update={"index": tmp_path / "index"})
    make_builder(settings).build([plan])
    assert open_services(settings).assistant.ask(question).status is status


def test_a_plan_that_does_not_say_whose_it_is_may_be_that_of_the_place_asked_for(
    services: Services, tmp_path: Path
) -> None:
    plan = tmp_path / "d1.txt"
    plan.write_text(
        "一、支持企业\n\n" + "改善服务企业的条件，办好服务窗口，优化办理流程，完善帮扶机制。" * 7 + "\n\n"
        "二、减免房租\n\n推动减免企业房租，鼓励商务楼宇适度减免中小企业的租金。\n\n"
        "三、其他\n\n本通知由河南省工业和信息化厅负责解释。\n",
        encoding="utf-8",
    )
    settings: Settings = services.settings.model_copy(update={"index": tmp_path / "index"})
    make_builder(settings).build([plan])
    assert open_services(settings).assistant.ask("河南省在减免企业房租方面有哪些政策？").status is Status.ANSWERED


def test_a_row_is_told_under_the_heads_of_its_table(other: Services) -> None:
    answer = ask(other, "qingshi-145", "龙潭水库总投资多少？")
    lines = [line.removeprefix("- ") for line in answer.text.splitlines() if "[" in line]
    head = next(number for number, line in enumerate(lines) if line.startswith("项目 | 建设内容 | 总投资"))
    assert lines[head + 1].startswith("龙潭水库 | ")


def test_who_is_to_do_it_is_told_with_what_is_done(other: Services) -> None:
    answer = ask(other, "linhai-action", "园区循环化改造由谁负责？")
    assert "推进园区循环化改造" in answer.text
    assert "望潮化工园区管委会" in answer.text


def test_everything_that_a_plan_says_of_a_thing_is_told(other: Services) -> None:
    answer = ask(other, "qingshi-145", "所有提到龙潭水库的地方")
    assert answer.completeness is not None
    assert answer.completeness.complete
    assert len(answer.citations) > 1
    assert all("龙潭水库" in citation.quote for citation in answer.citations if "项目 |" not in citation.quote)


def test_a_note_of_who_does_it_is_told_with_what_is_done(other: Services) -> None:
    answer = ask(other, "harbourview-strategy", "What does the Planning and Growth Department lead?")
    assert "Rezone land" in answer.text


def test_a_short_paragraph_on_a_thing_is_told_whole(other: Services) -> None:
    answer = ask(other, "harbourview-strategy", "Tell me about the Kessler Shipyard")
    for piece in ("1,450 homes", "March 2026", "Harbourview Development Corporation"):
        assert piece in answer.text


def test_a_second_question_takes_its_subject_from_the_first(other: Services) -> None:
    answer = ask(other, "qingshi-145", "县医院新院区有多少张床位？什么时候能用？")
    beds, opening = answer.text.split("\n\n")
    assert "800张" in beds
    assert opening.startswith("什么时候能用？")
    assert "2023年投入使用" in opening


def test_a_section_in_english_is_told_in_brief(other: Services) -> None:
    answer = ask(other, "harbourview-strategy", "Summarise the climate priority")
    assert {citation.section[-1] for citation in answer.citations} == {"Priority 3: Climate and clean water"}


def test_what_is_not_there_is_not_built(other: Services) -> None:
    assert ask(other, "harbourview-strategy", "Will there be a tram?").status is Status.OUT_OF_SCOPE


def test_a_message_in_traditional_characters_is_refused_in_these(other: Services) -> None:
    answer = ask(other, "hk-address", "會唔會起主題樂園？")
    assert answer.status is not Status.ANSWERED
    assert answer.text.startswith("規劃")


@pytest.fixture
def towns(services: Services, tmp_path: Path) -> Services:
    """The product over the plans of two towns and a city whose Latin name begins another's."""
    for name, place, places in (("a", "青山镇", 900), ("b", "云水镇", 4500), ("c", "西安市", 9900)):
        (tmp_path / f"{name}.txt").write_text(
            f"{place}2030年发展规划\n\n一、教育\n新建小学3所，新增学位{places}个。\n\n二、交通\n到2028年建成公路12公里。\n",
            encoding="utf-8",
        )
    settings = services.settings.model_copy(update={"index": tmp_path / "index"})
    make_builder(settings).build([tmp_path / f"{name}.txt" for name in "abc"])
    return open_services(settings)


def test_of_two_towns_each_is_told_under_its_own_name(towns: Services) -> None:
    text = towns.assistant.ask("青山镇新增多少学位，云水镇新增多少学位？").text
    first, second = text.index("《青山镇"), text.index("《云水镇")
    assert first < text.index("900个") < second < text.index("4500个")


def test_a_half_without_an_answer_is_said_to_be_open(towns: Services) -> None:
    answer = towns.assistant.ask("公路修多少公里，学校花多少钱？", "a")
    assert "12公里" in answer.text
    assert "没有说明" in answer.text.splitlines()[-1]


def test_a_citys_latin_name_is_no_part_of_anothers(towns: Services) -> None:
    assert towns.assistant.ask("How many school places will Xiangyang add?").scope is None
    scope = towns.assistant.ask("How many school places will Xian add?").scope
    assert scope is not None
    assert scope.plan == "c"


@pytest.mark.parametrize(
    "question",
    ["How many school places will Shanghai add?", "Xiamen: how many new school places?", "London's new schools?"],
)
def test_another_city_is_not_told_of(towns: Services, question: str) -> None:
    assert towns.assistant.ask(question, "a").status is Status.OUT_OF_SCOPE
