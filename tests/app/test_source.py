"""The plan beside the chat: opened at the quote, read whole, cited and linked."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.app.test_page import SCHOOLS, citations


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
        place = f"第 {item['paragraph_number']} 段 · 第 {item['line_start']}–{item['line_end']} 行"
        expect(one.source.locator("#pq-place")).to_have_text(place)
    paragraph = client.get(f"/api/v1/documents/luojiang-2021/paragraphs/{item['paragraph_number']}").json()
    expect(one.source.locator(".pq-cited")).to_have_text(f"{item['paragraph_number']}{paragraph['text']}")


def test_the_whole_plan_is_read_beside_the_chat(visit, client):
    one = visit()
    one.ask(SCHOOLS).get_by_role("link", name="[1]").click()
    paragraphs = client.get("/api/v1/documents/luojiang-2021").json()["paragraphs"]
    rows = one.source.locator("#pq-text > p")
    expect(rows).to_have_count(sum(paragraph["role"] != "heading" for paragraph in paragraphs))
    told = rows.evaluate_all("rows => rows.map((row) => row.textContent)")
    assert {f"{one['number']}{one['text']}" for one in paragraphs if one["role"] != "heading"} == set(told)
    expect(one.source.locator("mark")).to_be_in_viewport(ratio=1)
    one.source.get_by_text("全文章节").click()
    one.source.get_by_role("button", name="坚持生态优先").click()
    heading = one.source.get_by_role("heading", name="坚持生态优先")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    number = heading.locator("xpath=following-sibling::p[1]/a")
    with one.page.expect_popup() as plan:
        number.click()
    expect(plan.value.locator(".paragraph:target")).to_be_in_viewport()


def test_the_box_for_questions_and_the_source_stay_in_sight(visit):
    one = visit(viewport={"width": 1280, "height": 500})
    one.ask("智慧洛江有哪些措施？").get_by_role("link", name="[1]").click()
    expect(one.source.locator("mark")).to_be_visible()
    for end in ("0", "document.documentElement.scrollHeight"):
        one.page.evaluate(f"window.scrollTo(0, {end})")
        expect(one.page.get_by_role("textbox")).to_be_in_viewport(ratio=1)
        expect(one.source.locator("#pq-source-title")).to_be_in_viewport()


def test_the_source_gives_its_citation_and_why_it_was_found(visit, client):
    one = visit("en-US", permissions=["clipboard-read", "clipboard-write"])
    one.ask("What schools are being built?").get_by_role("link", name="[1]").click()
    one.page.get_by_role("button", name="Copy citation").click()
    expect(one.source.get_by_role("status")).to_have_text("Copied")
    quote, place, link = one.page.evaluate("navigator.clipboard.readText()").splitlines()
    expect(one.source.locator("mark")).to_have_text(quote.strip("“”"))
    cited = citations(client, "What schools are being built?")[0]
    assert f"paragraph 11 · lines {cited['line_start']}–{cited['line_end']}" in place
    assert link.endswith("#p11")
    one.source.get_by_text("Why this paragraph").click()
    expect(one.source.locator("#pq-why li").filter(has_text="schools →")).to_contain_text("学校")
    reader = one.context.new_page()
    reader.goto(link.split("?")[0] + "#p11")  # the paragraph's own link
    expect(reader.locator(".paragraph:target")).to_be_in_viewport()


def test_link_opens_the_plan_without_javascript(visit, browser, address, client):
    href = visit().ask(SCHOOLS).get_by_role("link", name="[1]").get_attribute("href")
    reader = visit(java_script_enabled=False, viewport={"width": 375, "height": 800})
    reader.page.goto(address + href)
    expect(reader.page.locator("mark")).to_have_text(citations(client, SCHOOLS)[0]["quote"])
    expect(reader.page.locator("mark")).to_be_in_viewport()
    expect(reader.page.locator("html")).to_have_attribute("lang", "zh-CN")
