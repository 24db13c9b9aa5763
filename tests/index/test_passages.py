from __future__ import annotations

from index.documents import parse
from index.passages import PASSAGE_CHARS, SEGMENT_CHARS, passages, segments, spans_within
from index.sidecar import Sidecar
from rag.text import sentences
from rag.types import Document, Role


def test_passages_hold_every_sentence_once_and_whole(luojiang: Document) -> None:
    held = [sentence for passage in passages(luojiang) for sentence in passage.sentences]
    expected = {
        (paragraph.number, begin, stop)
        for paragraph in luojiang.paragraphs
        if paragraph.role is not Role.FURNITURE
        for begin, stop in sentences(paragraph.text)
    }
    assert len(held) == len(expected)
    assert {(s.paragraph, s.begin, s.stop) for s in held} == expected
    for sentence in held:
        assert luojiang.paragraphs[sentence.paragraph - 1].text[sentence.begin : sentence.stop] == sentence.text


def test_a_passage_never_crosses_a_section(luojiang: Document) -> None:
    for passage in passages(luojiang):
        assert {luojiang.paragraphs[s.paragraph - 1].section for s in passage.sentences} == {passage.section}


def test_a_section_opens_with_its_heading_and_introduction(luojiang: Document) -> None:
    for number in range(1, 6):
        first = next(passage for passage in passages(luojiang) if passage.section == number)
        roles = [luojiang.paragraphs[s.paragraph - 1].role for s in first.sentences]
        assert roles[:2] == [Role.HEADING, Role.INTRODUCTION]


def test_segments_cover_their_passage(luojiang: Document) -> None:
    for passage in passages(luojiang):
        assert "".join(segment.text for segment in segments(passage)) == passage.text.replace("\n", "")
        for segment in segments(passage):
            assert luojiang.paragraphs[segment.paragraph - 1].text[segment.begin : segment.stop] == segment.text


def test_segments_are_found_again_in_the_text_of_their_passage(luojiang: Document) -> None:
    for passage in passages(luojiang):
        placed = [passage.text[begin:stop] for begin, stop in spans_within(passage)]
        assert placed == [segment.text for segment in segments(passage)]
    assert any("\n" in passage.text for passage in passages(luojiang)), "some hold several paragraphs"


def test_a_long_paragraph_is_cut_at_sentences_and_its_facts_stand_apart(luojiang: Document) -> None:
    education = [p for p in passages(luojiang) if any(s.paragraph == 11 for s in p.sentences)]
    assert len(education) == 2
    texts = [segment.text for passage in education for segment in segments(passage)]
    assert "力争新增基础教育学位7500个以上；" in texts
    assert "抓好市实小洛江校区、刺桐幼儿园、泉州科技职业技术学校建设。" in texts


def test_sizes_are_bounded_where_sentences_allow() -> None:
    source = "\n".join("我们要把学校建好，把医院建好，把道路修好。" * 40 for _ in range(3))
    document = parse(source, Sidecar(), name="长")
    for passage in passages(document):
        assert len(passage.text) <= PASSAGE_CHARS
        assert all(len(segment.text) <= SEGMENT_CHARS for segment in segments(passage))


def test_furniture_is_not_searched() -> None:
    document = parse("目标明确，措施得力，责任到人。\n— 12 —\n重点任务如下，逐项落实。", Sidecar(), name="页")
    assert all("12" not in passage.text for passage in passages(document))
