"""The OpenAI-compatible routes, asked with the official client, unchanged, over real HTTP."""

from __future__ import annotations

import httpx
import openai
import pytest

QUESTION = "How many new basic-education places will be added?"


@pytest.fixture
def model(address):
    with openai.OpenAI(base_url=address + "v1", api_key="any", max_retries=0) as client:
        yield client


def asked(*contents):
    return [{"role": "user", "content": content} for content in contents]


def test_models_are_all_plans_and_each_alone(model):
    assert [item.id for item in model.models.list()] == ["planqa", "planqa:luojiang-2021"]
    assert model.models.retrieve("planqa:luojiang-2021").owned_by == "planqa"


def test_completion_links_every_number_to_its_place(model, client):
    done = model.chat.completions.create(model="planqa:luojiang-2021", messages=asked("what schools are being built?"))
    (choice,) = done.choices
    answer = done.planqa
    assert choice.finish_reason == "stop"
    assert choice.message.content == answer["text"]
    links = [annotation.url_citation for annotation in choice.message.annotations]
    assert [link.planqa for link in links] == answer["citations"]
    for link in links:
        citation = link.planqa
        assert choice.message.content[link.start_index : link.end_index] == f"[{citation['number']}]"
        assert link.title == citation["document_title"]
        page = httpx.get(link.url).text
        assert f"<mark>{citation['quote']}</mark>" in page


def test_messages_before_the_last_are_the_history(model):
    messages = [
        {"role": "system", "content": "Answer as a pirate."},
        *asked("要建哪些学校？"),
        {"role": "assistant", "content": "…"},
        *asked([{"type": "text", "text": "那医院呢？"}]),
    ]
    done = model.chat.completions.create(model="planqa", messages=messages, temperature=0.3, tools=[])
    alone = model.chat.completions.create(model="planqa", messages=asked("那医院呢？"))
    assert "医院" in done.planqa["resolved"]
    assert "建" in done.planqa["resolved"]
    assert "建" not in alone.planqa["resolved"]


def test_stream_adds_up_to_the_completion(model):
    whole = model.chat.completions.create(model="planqa", messages=asked(QUESTION))
    with model.chat.completions.stream(
        model="planqa", messages=asked(QUESTION), stream_options={"include_usage": True}
    ) as stream:
        done = stream.get_final_completion()
    assert done.choices[0].message.content == whole.choices[0].message.content
    assert done.choices[0].finish_reason == "stop"
    assert done.usage.total_tokens == 0
    message = whole.choices[0].message
    chunks = list(model.chat.completions.create(model="planqa", messages=asked(QUESTION), stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == message.content
    (last,) = [chunk for chunk in chunks if "annotations" in (chunk.choices[0].delta.model_extra or {})]
    assert last.choices[0].delta.annotations == [item.model_dump() for item in message.annotations]
    assert {**last.planqa, "timings_ms": 0} == {**whole.planqa, "timings_ms": 0}


def test_errors_have_the_shape_the_client_reads(model, address):
    with pytest.raises(openai.NotFoundError) as error:
        model.chat.completions.create(model="gpt-4o", messages=asked(QUESTION))
    assert error.value.code == "not_found"
    assert "planqa:<plan id>" in error.value.message
    with pytest.raises(openai.NotFoundError):
        model.chat.completions.create(model="planqa:nope", messages=asked(QUESTION))
    with pytest.raises(openai.BadRequestError, match="n must be 1"):
        model.chat.completions.create(model="planqa", messages=asked(QUESTION), n=2)
    with pytest.raises(openai.UnprocessableEntityError, match="Only text"):
        picture = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
        model.chat.completions.create(model="planqa", messages=asked([picture]))
    with pytest.raises(openai.UnprocessableEntityError, match="no message of the user"):
        model.chat.completions.create(model="planqa", messages=[{"role": "system", "content": "x"}])
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        model.chat.completions.create(model="planqa", messages="x")
    with pytest.raises(openai.APIStatusError) as error:
        model.chat.completions.create(model="planqa", messages=asked("学" * 2001), stream=True)
    assert (error.value.code, error.value.type) == ("invalid_question", "invalid_request_error")
    nowhere = httpx.get(address + "v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "no_such_path")
    assert httpx.post(address + "v1/chat/completions", content=b" " * 400_000).json()["error"]["type"]
