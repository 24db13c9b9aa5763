"""One question through all ways out: the citations are the same objects everywhere."""

from __future__ import annotations

import json

import httpx
import openai
import pytest
from mcp import Client

from app.cli import main
from tests.app.conftest import run_async
from tests.app.test_stream import events


@pytest.mark.parametrize("question", ["what schools are being built?", "到2025年每千常住人口有多少张床位？"])
def test_every_way_out_gives_the_same_citations(address, services, question, monkeypatch, capsys):
    monkeypatch.setenv("PLANQA_INDEX", str(services.settings.index))
    assert main(["ask", question, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)["citations"]

    rest = httpx.post(address + "api/v1/ask", json={"question": question}).json()["citations"]

    body = httpx.post(address + "api/v1/ask/stream", json={"question": question}).text
    streamed = [data for event, data in events(body) if event == "citation"]

    with openai.OpenAI(base_url=address + "v1", api_key="any") as model:
        done = model.chat.completions.create(model="planqa", messages=[{"role": "user", "content": question}])
    annotated = [item.url_citation.planqa for item in done.choices[0].message.annotations]

    async def call():
        async with Client(address + "mcp") as client:
            return await client.call_tool("ask_plan", {"question": question})

    called = run_async(call).structured_content["citations"]

    assert printed
    assert printed == rest == streamed == annotated == done.planqa["citations"] == called
