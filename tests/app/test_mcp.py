"""The tools for language-model clients, asked with the official client over real HTTP and standard input."""

from __future__ import annotations

import os
import sys

import httpx
import pytest
from mcp import Client, StdioServerParameters

from tests.app.conftest import run_async

PLACES = "How many new basic-education places will be added?"


def call(server, tool, arguments):
    async def calling():
        async with Client(server) as client:
            return await client.call_tool(tool, arguments)

    return run_async(calling)


def test_tools_are_described_for_a_model(address):
    async def listing():
        async with Client(address + "mcp") as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in run_async(listing)}
    assert set(tools) == {"ask_plan", "search_plan", "verify_wording"}
    assert set(tools["ask_plan"].input_schema["properties"]) == {"question", "plan", "section", "history"}
    assert set(tools["search_plan"].input_schema["properties"]) == {"query", "k", "plan", "section"}
    assert set(tools["verify_wording"].input_schema["properties"]) == {"text", "plan"}
    for tool in tools.values():
        assert len(tool.description) > 100
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint


def test_tools_give_the_very_json_of_rest(address, client):
    search = {"query": "学校", "k": 2, "plan": "luojiang-2021"}
    found = call(address + "mcp", "search_plan", search).structured_content
    assert found == client.get("/api/v1/search", params={"q": search["query"], "k": 2, "plan": search["plan"]}).json()
    wording = {"text": "力争新增基础教育学位8500个以上"}
    verified = call(address + "mcp", "verify_wording", wording).structured_content
    assert verified == client.post("/api/v1/verify", json=wording).json()
    assert verified["whole"]["verdict"] == "altered"
    follow_up = {"question": "那医院呢？", "history": ["要建哪些学校？"]}
    answer = call(address + "mcp", "ask_plan", follow_up).structured_content
    rest = client.post("/api/v1/ask", json=follow_up).json()
    assert {**answer, "timings_ms": 0} == {**rest, "timings_ms": 0}
    assert answer["resolved"]


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask_plan", {"question": "学位", "plan": "nope"}, "There is no plan 'nope'"),
        ("ask_plan", {"question": "学" * 2001}, "at most 2000"),
        ("ask_plan", {"question": ["secret"]}, "question: "),
        ("search_plan", {"query": "学校", "k": 0}, "k: "),
        ("delete_plan", {}, "There is no tool 'delete_plan'"),
    ],
)
def test_an_error_is_one_sentence(address, tool, arguments, sentence):
    result = call(address + "mcp", tool, arguments)
    (content,) = result.content
    assert result.is_error
    assert sentence in content.text
    assert content.text.endswith(".")
    assert "\n" not in content.text
    assert "secret" not in content.text


def test_only_own_pages_and_known_names_reach_the_tools(address):
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    own = {"accept": "application/json, text/event-stream"}

    def post(**headers):
        return httpx.post(address + "mcp", json=message, headers={**own, **headers})

    assert post().json()["result"]["tools"]
    assert post(origin=address.rstrip("/")).status_code == 200
    assert post(origin="https://evil.example").json()["code"] == "foreign_origin"
    rebound = post(host="evil.example", origin="https://evil.example")
    assert (rebound.status_code, rebound.json()["code"]) == (421, "unknown_host")
    large = httpx.post(address + "mcp", content=b" " * 400_000, headers={**own, "content-type": "application/json"})
    assert large.json()["code"] == "body_too_large"


def test_the_tools_over_standard_input(services):
    environment = {**os.environ, "PLANQA_INDEX": str(services.settings.index)}
    server = StdioServerParameters(command=sys.executable, args=["-m", "app.cli", "mcp"], env=environment)
    answer = call(server, "ask_plan", {"question": PLACES}).structured_content
    assert answer["citations"][0]["quote"] == "力争新增基础教育学位7500个以上"
