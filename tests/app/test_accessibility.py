"""What axe-core finds wrong with the page, and the page without a mouse."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

GRAVE = {"serious", "critical"}


def grave_faults(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]}" for fault in found if fault["impact"] in GRAVE for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_the_page_is_gravely_wrong(visit, address, scheme):
    one = visit("en-US", color_scheme=scheme)
    expect(one.page.locator("#pq-examples")).to_be_visible()
    faults = grave_faults(one.page)
    link = one.ask("What schools are being built?").get_by_role("link", name="[1]")
    link.click()
    expect(one.source.locator("mark")).to_be_visible()
    one.ask("When will the schools open?").get_by_role("button", name="Not helpful").click()
    expect(one.page.locator("#pq-chat .pq-not_stated")).to_be_visible()
    faults += grave_faults(one.page)
    one.page.get_by_role("tab", name="Verify").click()
    one.page.locator("#pq-v-text").fill("力争新增基础教育学位8500个以上。全区将建成养老服务中心12个。各位领导。建设。")
    one.page.locator("#pq-v-check").click()
    one.page.locator("#pq-v-sentences button").first.click()
    expect(one.page.locator("#pq-compare")).to_be_visible()
    faults += grave_faults(one.page)
    one.page.get_by_role("tab", name="Plans").click()
    one.page.locator("#pq-p-words").fill("学校")
    one.page.locator("#pq-p-words").press("Enter")
    expect(one.page.locator("#pq-p-hits mark").first).to_be_visible()
    one.page.get_by_text("Sections", exact=True).click()
    expect(one.page.locator("#pq-p-list ol li").first).to_be_visible()
    faults += grave_faults(one.page)
    for path in ("plans/luojiang-2021?start=1425&end=1478#p11", "plans/gone", "docs"):
        one.page.goto(address + path)
        faults += [f"{path}: {fault}" for fault in grave_faults(one.page)]
    assert not faults


def test_a_question_is_asked_and_its_source_read_without_a_mouse(visit):
    one = visit("en-US")
    keys = one.page.keyboard
    expect(one.page.get_by_role("textbox")).to_be_focused()
    keys.type("What schools are being built?")
    keys.press("Enter")
    link = one.page.locator("#pq-chat .pq-answered").get_by_role("link", name="[1]")
    expect(link).to_be_visible()
    for _ in range(12):  # backwards from the box: the answer's buttons, its links
        keys.press("Shift+Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    expect(link).to_be_focused()
    keys.press("Enter")
    expect(one.source).to_be_focused()
    keys.press("Tab")
    expect(one.source.get_by_role("button", name="Close")).to_be_focused()
    keys.press("Enter")
    expect(link).to_be_focused()
