"""The chat page in a real browser, which may reach nothing but the service."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from uuid import uuid4

import httpx
from playwright.sync_api import expect

from rag.types import DocumentInfo
from tests.app.conftest import HOSTILE

SCHOOLS = "洛江要建哪些学校？"


def citations(client, question, kind="citations"):
    return client.post("/api/v1/ask", json={"question": question}).json()[kind]


def test_number_opens_the_paragraph_with_the_quote_marked(visit, client):
    one = visit()
    expect(one.page.get_by_text("不编造任何内容")).to_be_visible()
    expect(one.page.locator("#pq-plan")).to_be_hidden()  # one plan, no choice
    answer = one.ask(SCHOOLS)
    expect(one.page.get_by_role("textbox")).to_have_value("")
    cited = citations(client, SCHOOLS)
    assert len(cited) > 1
    expect(answer.get_by_role("link")).to_have_text([f"[{item['number']}]" for item in cited])
    for item in cited[:2]:
        answer.get_by_role("link", name=f"[{item['number']}]").click()
        expect(one.source.locator("mark")).to_have_text(item["quote"])
        expect(one.source.locator("#pq-section")).to_have_text(" › ".join(item["section"]))
        expect(one.source.locator("#pq-place")).to_contain_text(f"第 {item['paragraph_number']} 段")
    paragraph = client.get(f"/api/v1/documents/luojiang-2021/paragraphs/{item['paragraph_number']}").json()
    expect(one.source.locator("blockquote")).to_have_text(paragraph["text"])


def test_works_with_the_keyboard_alone(visit):
    one = visit()
    link = one.ask(SCHOOLS).get_by_role("link", name="[1]")
    link.focus()
    one.page.keyboard.press("Enter")
    expect(one.source.locator("mark")).to_be_visible()
    expect(one.source).to_be_focused()
    expect(link).to_have_attribute("aria-current", "true")
    one.page.keyboard.press("Escape")
    expect(one.source.locator("mark")).to_be_hidden()
    expect(link).to_be_focused()
    assert not link.get_attribute("aria-current")


def test_english_example_and_clearing(visit):
    one = visit("en-US")
    expect(one.page.locator("html")).to_have_attribute("lang", "en")
    expect(one.page.get_by_role("textbox")).to_have_attribute("placeholder", re.compile("Ask in Chinese"))
    one.page.get_by_role("button", name="How many new basic-education places").click()
    answer = one.page.locator("#pq-chat .pq-answered")
    expect(answer).to_contain_text("The plan says")
    expect(answer).to_contain_text("7,500")
    answer.get_by_role("link", name="[1]").click()
    expect(one.source.locator("mark")).to_contain_text("7500")
    expect(one.source.locator("#pq-place")).to_contain_text("Paragraph 11")
    one.page.get_by_role("button", name="Clear").click()
    expect(one.page.locator("#pq-chat .pq-message")).to_have_count(0)
    one.ask("Which roads will be built?")
    expect(one.page.locator("#pq-chat .user-row")).to_have_count(1)  # the server has forgotten too


def test_refusal_looks_different_and_cites_what_is_near(visit, client):
    one = visit("en-US")
    question = "When will the schools open?"
    answer = one.ask(question)
    expect(answer).to_have_class(re.compile("pq-not_stated"))
    expect(answer.get_by_text("Not stated in the plan")).to_be_visible()
    near = citations(client, question, "related")
    expect(answer.get_by_role("link")).to_have_count(len(near))
    answer.get_by_role("link", name="[1]").click()
    expect(one.source.locator("mark")).to_have_text(near[0]["quote"])


def test_phone(visit):
    one = visit(viewport={"width": 375, "height": 800})
    answer = one.ask(SCHOOLS)
    expect(one.source).to_be_hidden()
    answer.get_by_role("link", name="[1]").click()
    expect(one.source.locator("mark")).to_be_in_viewport()
    expect(answer.get_by_role("link", name="[1]")).to_be_in_viewport()
    assert one.page.evaluate("document.documentElement.scrollWidth") == 375
    one.page.get_by_role("button", name="关闭").click()
    expect(one.source).to_be_hidden()


def test_markup_in_questions_and_plans_is_shown_as_text(visit):
    one = visit()
    answer = one.ask("hostile")
    expect(answer.locator("p").first).to_have_text(HOSTILE)
    one.ask(HOSTILE)
    expect(one.page.locator("#pq-chat .user-row").last).to_have_text(HOSTILE)
    chat = one.page.locator("#pq-chat")
    assert chat.locator("img, script, code, strong, .katex").count() == 0
    for link in chat.get_by_role("link").all():
        assert link.get_attribute("href").startswith("plans/luojiang-2021?")
    assert one.page.evaluate("window.PWNED") is None


def test_link_opens_the_plan_without_javascript(visit, browser, address, client):
    href = visit().ask(SCHOOLS).get_by_role("link", name="[1]").get_attribute("href")
    reader = visit(java_script_enabled=False, viewport={"width": 375, "height": 800})
    reader.page.goto(address + href)
    expect(reader.page.locator("mark")).to_have_text(citations(client, SCHOOLS)[0]["quote"])
    expect(reader.page.locator("mark")).to_be_in_viewport()
    expect(reader.page.locator("html")).to_have_attribute("lang", "zh-CN")


# Without a browser


def test_forged_input_cannot_read_a_file(address, uploads, tmp_path):
    """Whatever a client puts in the place of a question, a plan or a history, no file of the server is handed out.

    Gradio serves any file of the server from a mounted page that does not know it has been launched.
    """
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret", "utf-8")
    file = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    history = [{"role": "user", "content": [{"type": "file", "file": file}]}]
    with httpx.Client(base_url=address, timeout=30) as http:
        events = http.get("config").json()["dependencies"]
        answered = 0
        for event in events:
            for forged in (file, history, [file]):
                session = uuid4().hex
                body = {
                    "data": [forged] * len(event["inputs"]),
                    "fn_index": event["id"],
                    "session_hash": session,
                }
                assert http.post("gradio_api/queue/join", json=body).status_code == 200
                answered += 1
                for line in last_messages(http, session):
                    assert "top secret" not in line
        assert answered >= 3 * 8  # a question, six examples, the load of the page
        assert http.get(f"gradio_api/file={secret}").status_code == 403
    assert not list(uploads.rglob("secret*"))


def last_messages(http, session):
    """All that the queue says to a session until its event ends."""
    with http.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            yield line
            if line.startswith("data:") and json.loads(line[5:])["msg"] in {
                "process_completed",
                "close_stream",
            }:
                return


def test_page_does_not_report_home(served):
    import gradio

    assert gradio.analytics.analytics_enabled() is False


def test_chooser_shows_only_where_there_is_a_choice(services):
    from app.page import _plans

    class Two:
        def documents(self):
            return [DocumentInfo("a", "<b>甲</b>"), DocumentInfo("青山", "乙")]

    links, chooser = _plans(services)
    assert chooser["visible"] is False
    links, chooser = _plans(replace(services, library=Two()))
    assert chooser["visible"] is True
    assert [value for _, value in chooser["choices"]] == ["", "a", "青山"]
    assert "&lt;b&gt;甲&lt;/b&gt;" in links
    assert "<b>" not in links
    assert 'href="plans/%E9%9D%92%E5%B1%B1"' in links


def test_failure_is_told_without_its_inside(services, caplog):
    from app.page import _answer

    class Broken:
        def ask(self, question, plan=None):
            raise RuntimeError(f"/secret/path {question}")

    *_, (chat, _, turns) = _answer(replace(services, assistant=Broken()), "my private question", "", [])
    assert "Something went wrong" in chat[-1]["content"].replace("&#59;", ";")
    assert "secret" not in chat[-1]["content"]
    assert "private" not in caplog.text
    assert len(turns) == 1
    *_, (chat, _, _) = _answer(services, "长" * 5000, "", [])
    assert "2000" in chat[-1]["content"]


def test_a_follow_up_is_understood_and_shown_as_understood(visit):
    one = visit("zh-CN")
    one.ask("要建哪些学校？")
    expect(one.page.locator("#pq-chat .pq-answered")).to_have_count(1)
    one.ask("那医院呢？")
    answer = one.page.locator("#pq-chat .pq-answered").last
    expect(answer).to_contain_text("要建哪些医院？")
    expect(answer).to_contain_text("宝璋肿瘤医院")
