"""The tab that verifies a wording, in a real browser."""

from __future__ import annotations

import re

import pytest
from docx import Document as open_docx
from playwright.sync_api import expect

CHANGED = "力争新增基础教育学位8500个以上。"
EXACT = "继续实施城乡中小学提质扩容工程"
HOSTILE = '<img src=x onerror="window.PWNED=1">力争新增基础教育学位8500个以上'


class VerifyTab:
    """The opened tab of a visitor's window."""

    def __init__(self, visit):
        self.page = visit.page
        self.page.get_by_role("tab").nth(1).click()
        self.text = self.page.locator("#pq-v-text")
        self.sentences = self.page.locator("#pq-v-sentences button")
        self.compared = self.page.locator("#pq-compare")

    def verify(self, text):
        self.text.fill(text)
        self.page.locator("#pq-v-check").click()
        expect(self.sentences.first).to_be_visible()


@pytest.fixture
def tab(visit):
    return lambda *arguments, **options: VerifyTab(visit(*arguments, **options))


def test_a_changed_figure_is_told_in_words_and_shown_beside_the_plan(tab):
    one = tab()
    one.verify(f"{CHANGED}\n{EXACT}\n全区将建成养老服务中心12个。")
    expect(one.sentences.locator(".pq-word")).to_have_text(["有出入", "一致", "未见"])
    expect(one.sentences.first.locator("mark")).to_have_text("8500个")
    one.sentences.first.click()
    expect(one.compared).to_be_focused()
    expect(one.page.locator("#pq-c-passage mark")).to_have_text("7500个")
    expect(one.page.locator("#pq-c-pasted mark")).to_have_text("8500个")
    expect(one.page.locator("#pq-c-place")).to_contain_text("第 11 段 · 第 122–123 行")
    with one.page.expect_popup() as plan:
        one.compared.get_by_role("link", name="在全文中查看").click()
    expect(plan.value.locator("mark")).to_contain_text("7500个以上")
    one.sentences.nth(1).click()
    expect(one.compared).to_contain_text("一字不差")
    expect(one.compared.locator("mark")).to_have_count(0)


def test_a_word_file_is_read_and_given_back_with_comments(tab, tmp_path):
    draft = open_docx()
    draft.add_paragraph().add_run(CHANGED).bold = True
    draft.save(str(tmp_path / "draft.docx"))
    one = tab("en-US")
    one.page.locator("#pq-v-file").set_input_files(tmp_path / "draft.docx")
    expect(one.sentences.locator(".pq-word")).to_have_text(["differs"])
    expect(one.text).to_have_value(CHANGED)
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="Marked copy (Word comments)").click()
    assert download.value.suggested_filename == "annotated.docx"
    marked = open_docx(download.value.path())
    assert [run.text for run in marked.paragraphs[0].runs if run.bold] == [CHANGED]
    assert any("7500个 → 8500个" in comment.text for comment in marked.comments)


def test_every_file_downloads(tab):
    one = tab("en-US")
    one.verify(f"{CHANGED}\n{EXACT}。")
    for button in one.page.locator("#pq-v-files button").all():
        with one.page.expect_download() as download:
            button.click()
        assert download.value.suggested_filename == button.get_attribute("data-form")
        assert download.value.path().stat().st_size > 100


def test_hostile_text_stays_text(tab):
    one = tab()
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.verify(HOSTILE)
    expect(one.sentences.first).to_contain_text("<img src=x onerror=")
    one.sentences.first.click()
    expect(one.page.locator("#pq-c-pasted")).to_contain_text("<img src=x onerror=")
    assert one.page.locator("#pq-verify img").count() == 0
    assert one.page.evaluate("window.PWNED") is None
    own = ("/api/v1/", "/gradio_api/queue/")  # the page may still be opening its queue
    assert not [url for url in asked if not any(part in url for part in own)]


def test_a_phone_shows_the_passage_below_its_sentence(tab):
    one = tab(viewport={"width": 375, "height": 800}, color_scheme="dark")
    one.verify(f"{CHANGED}\n{EXACT}。")
    one.sentences.first.click()
    expect(one.page.locator("#pq-c-passage mark")).to_be_in_viewport()
    assert one.sentences.nth(1).bounding_box()["y"] > one.compared.bounding_box()["y"]
    assert one.page.evaluate("document.documentElement.scrollWidth") == 375


def test_the_keyboard_is_enough(tab):
    one = tab()
    one.text.fill(CHANGED)
    one.text.press("Control+Enter")
    expect(one.page.locator("#pq-v-title")).to_be_focused()
    one.page.keyboard.press("Tab")
    expect(one.sentences.first).to_be_focused()
    one.page.keyboard.press("Enter")
    expect(one.compared).to_be_focused()
    one.page.keyboard.press("Escape")
    expect(one.compared).to_be_hidden()
    expect(one.sentences.first).to_be_focused()
    expect(one.sentences.first).to_have_attribute("aria-expanded", "false")


def test_what_cannot_be_verified_is_told_and_the_text_stays(tab, tmp_path):
    one = tab("en-US")
    told = one.page.locator("#pq-v-failed")
    one.page.locator("#pq-v-check").click()
    expect(told).to_have_text(re.compile("paste some text"))
    (tmp_path / "draft.pdf").write_bytes(b"%PDF")
    one.page.locator("#pq-v-file").set_input_files(tmp_path / "draft.pdf")
    expect(told).to_have_text(re.compile(r"\.txt, \.md and \.docx"))
    one.page.route("**/api/v1/verify", lambda route: route.abort())
    one.text.fill(CHANGED)
    one.page.locator("#pq-v-check").click()
    expect(told).to_have_text(re.compile("does not answer"))
    expect(one.text).to_have_value(CHANGED)
