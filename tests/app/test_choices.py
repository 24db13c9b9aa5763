"""What a reader chooses for every page: the language, light or dark."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_the_language_can_be_chosen_and_stays(visit, address):
    one = visit("zh-CN")
    one.page.get_by_role("button", name="English").click()
    expect(one.page.get_by_role("tab")).to_have_text(["Ask", "Verify a wording", "Plans"])
    expect(one.page.get_by_role("button", name="When will the new schools open?")).to_be_visible()
    expect(one.page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    one.page.goto(f"{address}plans/gone")
    expect(one.page.get_by_role("heading")).to_have_text("There is no such plan here")
    one.page.goto(address)
    expect(one.page.locator("html")).to_have_attribute("lang", "en")


def test_light_or_dark_can_be_chosen_and_stays(visit, address):
    one = visit("en-US", color_scheme="light")
    body = one.page.locator("body")
    expect(body).not_to_have_class(re.compile("dark"))
    light = body.evaluate("body => getComputedStyle(body).backgroundColor")
    one.page.get_by_role("button", name="Dark").click()
    expect(body).to_have_class(re.compile("dark"))
    assert body.evaluate("body => getComputedStyle(body).backgroundColor") != light
    one.page.reload()
    expect(one.page.get_by_role("button", name="Light")).to_be_visible()
    expect(body).to_have_class(re.compile("dark"))
    one.page.goto(f"{address}plans/luojiang-2021")
    expect(one.page.locator("html")).to_have_attribute("data-theme", "dark")
    one.page.goto(address)
    one.page.get_by_role("button", name="Light").click()
    expect(body).not_to_have_class(re.compile("dark"))
    one.page.emulate_media(color_scheme="dark")  # what the system says is followed again
    expect(body).to_have_class(re.compile("dark"))
