"""The chat page in a real browser, which may reach nothing but the service."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from unittest.mock import ANY
from uuid import uuid4

import httpx
import pytest
from docx import Document as open_docx
from fastapi.testclient import TestClient
from playwright.sync_api import expect
from starlette.responses import JSONResponse

from app.offer import offer_plans
from app.page_words import EXAMPLES
from app.settings import Settings
from index.feedback import FeedbackStore
from rag.errors import BusyError, InputError
from rag.types import Document, DocumentInfo
from tests.app.conftest import HOSTILE

SCHOOLS = "洛江要建哪些学校？"


def citations(client, question, kind="citations"):
    return client.post("/api/v1/ask", json={"question": question}).json()[kind]


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
    one.page.get_by_role("button", name="New chat").click()
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
    assert near[0]["translation"]
    expect(answer.locator(".pq-related li").first).to_contain_text(near[0]["translation"])
    expect(answer.locator(".pq-related li").first).to_contain_text(near[0]["quote"])
    answer.get_by_role("link", name="[1]").click()
    expect(one.source.locator("mark")).to_have_text(near[0]["quote"])


def test_phone(visit):
    one = visit(viewport={"width": 375, "height": 800})
    answer = one.ask(SCHOOLS)
    expect(one.source).to_be_hidden()
    answer.get_by_role("link", name="[1]").click()
    expect(one.source.locator("mark")).to_be_in_viewport()
    expect(answer.get_by_role("link", name="[1]")).to_be_in_viewport()
    sheet, link = one.source.bounding_box(), answer.get_by_role("link", name="[1]").bounding_box()
    assert link["y"] + link["height"] <= sheet["y"]  # the answer is not hidden behind its source
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


def test_the_plans_that_can_be_asked_are_offered(services):
    class Two:
        def documents(self):
            return [DocumentInfo("a", "<b>甲</b>"), DocumentInfo("青山", "乙")]

        def document(self, document_id):
            info = next(info for info in self.documents() if info.id == document_id)
            return Document(info, "", "", (), ())

    found = offer_plans(services.library)
    assert (found.choices[1:], found.examples) == ([(ANY, "luojiang-2021")], True)
    assert "“Ride the momentum" in found.html and "(unofficial translation)" in found.html
    found = offer_plans(Two(), "青山")
    assert (found.chosen, found.examples) == ("青山", False)  # the examples are about the shipped plan
    assert [value for _, value in found.choices] == ["", "a", "青山"]
    assert "&lt;b&gt;甲&lt;/b&gt;" in found.html
    assert "<b>" not in found.html
    assert 'href="plans/%E9%9D%92%E5%B1%B1"' in found.html
    assert offer_plans(Two(), "nowhere").chosen == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_examples_show_the_range(client, language):
    def status(question):
        return client.post("/api/v1/ask", json={"question": question}).json()["status"]

    *answered, left_open = [question for _, question in EXAMPLES[language]]
    assert len(answered) == 5
    assert [status(question) for question in answered] == ["answered"] * 5
    assert status(left_open) == "not_stated"


def test_a_busy_desk_is_told_and_the_question_kept(services):
    from app.page import _answer

    class Busy:
        def ask(self, question, plan=None, history=()):
            raise BusyError("as many wait as may")

    *_, (chat, box, _, kept) = _answer(replace(services, assistant=Busy()), "要建哪些学校？", "", [])
    assert "现在提问的人很多" in chat[-1]["content"]
    assert (box, kept) == ("要建哪些学校？", [])


def test_failure_is_told_without_its_inside(services, caplog):
    from app.page import _answer

    class Broken:
        def ask(self, question, plan=None, history=()):
            raise RuntimeError(f"/secret/path {question}")

    *_, (chat, box, turns, kept) = _answer(replace(services, assistant=Broken()), "my private question", "", [])
    assert "Something went wrong" in chat[-1]["content"].replace("&#59;", ";")
    assert "secret" not in chat[-1]["content"]
    assert "private" not in caplog.text
    assert (box, len(turns), kept) == ("my private question", 1, [])
    *_, (chat, _, _, _) = _answer(services, "长" * 5000, "", [])
    assert "2000" in chat[-1]["content"]


def test_a_long_answer_grows_and_ends_whole(services):
    from app.messages import answer_message, growing_message

    answer = services.assistant.ask("规划怎么说教育？要建哪些学校？")
    answer = replace(answer, text="\n".join([answer.text] * 8))
    *begun, whole = growing_message(answer)
    assert begun
    assert whole == answer_message(answer)
    assert all("pq-message" not in part for part in begun)
    assert [len(part) for part in begun] == sorted(len(part) for part in begun)


def test_only_questions_are_taken_from_what_a_browser_kept():
    from app.chat import LONGEST_MEMORY, remembered

    kept = [["q", ""], ["长" * 9, ""], "q", ["q"], ["q", {"path": "/etc/passwd"}], [1, ""], ["  ", ""], ["p", "plan"]]
    assert list(remembered(kept, 8)) == [("q", None), ("p", "plan")]
    assert len(list(remembered([["q", ""]] * 500, 8))) == LONGEST_MEMORY
    assert list(remembered({"path": "/etc/passwd"}, 8)) == []


def test_a_follow_up_is_understood_and_shown_as_understood(visit):
    one = visit("zh-CN")
    one.ask("要建哪些学校？")
    expect(one.page.locator("#pq-chat .pq-answered")).to_have_count(1)
    one.ask("那医院呢？")
    answer = one.page.locator("#pq-chat .pq-answered").last
    expect(answer).to_contain_text("要建哪些医院？")
    expect(answer).to_contain_text("宝璋肿瘤医院")


def test_a_conversation_survives_a_reload_and_is_saved_with_its_citations(visit, client, address):
    one = visit()
    one.ask(SCHOOLS)
    one.ask("那医院呢？")
    one.page.reload()
    answers = one.page.locator("#pq-chat .pq-message")
    expect(answers).to_have_count(2)
    expect(answers.last).to_contain_text("宝璋肿瘤医院")  # asked anew as the follow-up that it was
    cited = citations(client, SCHOOLS)[0]
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="存为 Markdown").click()
    markdown = download.value.path().read_text("utf-8")
    assert f"“{cited['quote']}”" in markdown
    assert f"<{address}plans/luojiang-2021?start={cited['start']}&end={cited['end']}#p11>" in markdown
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="存为 Word").click()
    said = [paragraph.text for paragraph in open_docx(download.value.path()).paragraphs]
    assert SCHOOLS in said
    assert any(cited["quote"] in line and "¶11" in line for line in said)
    one.page.get_by_role("button", name="新对话").click()
    expect(answers).to_have_count(0)
    one.page.reload()
    expect(one.page.locator("#pq-examples")).to_be_visible()
    expect(answers).to_have_count(0)


def test_a_busy_or_silent_service_is_told_and_the_question_kept(visit):
    one = visit("en-US")
    box, alert = one.page.get_by_role("textbox"), one.page.get_by_role("alert").first
    one.page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"detail": "Queue is full."}))
    box.fill("Which roads will be built?")
    box.press("Enter")
    expect(alert).to_contain_text("The service is busy")
    expect(alert).to_be_in_viewport(ratio=1)
    expect(box).to_have_value("Which roads will be built?")
    one.page.unroute("**/queue/join*")
    box.press("Enter")
    expect(one.page.locator("#pq-chat .pq-answered")).to_have_count(1)
    expect(alert).to_be_hidden()
    one.page.evaluate("localStorage.clear()")
    one.page.route("**/queue/join*", lambda route: route.fulfill(status=429, headers={"retry-after": "7"}))
    one.page.reload()
    expect(alert).to_have_text("That was faster than the service takes; please wait 7 s. ✕")  # no question was asked
    expect(one.page.locator("#pq-plans a")).to_be_visible()
    expect(one.page.locator("#pq-examples")).to_be_visible()


def test_an_answer_is_copied_and_judged(visit, client, services):
    one = visit("en-US", permissions=["clipboard-read", "clipboard-write"])
    question = "How many new basic-education places will be added?"
    answer = one.ask(question)
    answer.get_by_role("button", name="Copy").click()
    expect(answer.get_by_role("status")).to_have_text("Copied")
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert "7,500 or more" in copied
    assert "[1] " in copied and "plans/luojiang-2021?start=" in copied

    store = FeedbackStore(services.settings.index)
    before = len(store.read())
    answer.get_by_role("button", name="Not helpful").click()
    answer.get_by_role("textbox").fill("太短 <b>too short</b>")
    one.page.route("**/api/v1/feedback", lambda route: route.fulfill(status=429, headers={"retry-after": "7"}))
    answer.get_by_role("button", name="Send").click()
    expect(answer.get_by_role("status")).to_contain_text("wait 7 s")
    expect(answer.get_by_role("textbox")).to_have_value("太短 <b>too short</b>")
    one.page.unroute("**/api/v1/feedback")
    answer.get_by_role("button", name="Send").click()
    expect(answer.get_by_role("status")).to_contain_text("Thank you")
    (kept,) = store.read()[before:]
    id_ = client.post("/api/v1/ask", json={"question": question}).json()["id"]
    assert (kept.answer_id, kept.vote, kept.comment) == (id_, "down", "太短 <b>too short</b>")


def test_a_dead_link_is_told_in_the_readers_language(client):
    gone = client.get("/plans/%3Cb%3E", headers={"accept-language": "zh-CN"})
    assert (gone.status_code, gone.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "这里没有这份规划" in gone.text
    assert "<b>" not in gone.text


def test_the_plans_are_listed_and_searched(visit):
    one = visit("en-US")
    one.page.get_by_role("tab", name="Plans").click()
    listed = one.page.locator("#pq-p-list > li")
    expect(listed).to_have_count(1)
    listed.get_by_text("Sections").click()
    outline = listed.get_by_role("link", name="坚持普惠共享 着力打造幸福洛江")
    expect(outline).to_have_attribute("href", re.compile(r"^plans/luojiang-2021#s\d+$"))
    words = one.page.get_by_label("Search the text of the plans")
    words.fill("养老服务")
    words.press("Enter")
    hit = one.page.locator("#pq-p-hits > li").first
    expect(hit.locator("mark").first).to_contain_text("养老")
    with one.page.expect_popup() as plan:
        hit.get_by_role("link").click()
    expect(plan.value.locator("mark").first).to_contain_text("养老")


def test_one_script_tag_puts_the_page_on_a_site_that_is_let_in(visit, address):
    one = visit("en-US")
    one.page.goto(f"{address}page/widget-demo.html")
    assert one.page.locator("iframe").count() == 0  # nothing before it is wanted
    one.page.get_by_role("button", name="Ask the plan").click()
    framed = one.page.frame_locator("iframe")
    framed.get_by_role("textbox").fill("Which roads will be built?")
    framed.get_by_role("textbox").press("Enter")
    expect(framed.locator("#pq-chat .pq-answered")).to_be_visible()
    one.page.get_by_role("button", name="Close").click()
    expect(one.page.locator("iframe")).to_be_hidden()


def test_a_full_queue_says_when_to_come_back():
    from app.page import _only_own_paths

    async def full(scope, receive, send):
        await JSONResponse({"detail": "Queue is full."}, 503)(scope, receive, send)

    response = TestClient(_only_own_paths(full, full, "")).post("/gradio_api/queue/join", json={})
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1


def test_only_named_sites_may_frame_the_page(services, client):
    from app.api import create_app

    def ancestors(one):
        return one.get("/").headers["content-security-policy"].partition("frame-ancestors ")[2]

    assert ancestors(client) == "'self'"
    named = services.settings.model_copy(update={"embed_origins": "https://www.town.example http://localhost:8000"})
    let_in = TestClient(create_app(replace(services, settings=named)))
    assert ancestors(let_in) == "'self' https://www.town.example http://localhost:8000"


@pytest.mark.parametrize("origins", ["*", "town.example", "https://a.example; script-src *", "https://a.example/path"])
def test_what_is_no_origin_is_refused(monkeypatch, origins):
    monkeypatch.setenv("PLANQA_EMBED_ORIGINS", origins)
    with pytest.raises(InputError, match="PLANQA_EMBED_ORIGINS"):
        Settings.from_environment()
