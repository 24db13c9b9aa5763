// A click on [n] in an answer opens the plan beside the chat, at the quote; ctrl-click still opens the plan itself.
(() => {
  const { say, element, make, letters, request, copy } = planqaWording;
  let opener = null; // the [n] whose source is shown
  let shown = null; // its paragraph, and the quote

  function close() {
    if (!element("pq-source")?.classList.contains("pq-open")) return;
    element("pq-source").classList.remove("pq-open");
    element("pq-found").hidden = true;
    element("pq-hint").hidden = false;
    opener?.removeAttribute("aria-current");
    if (opener?.isConnected) opener.focus();
    opener = null;
  }

  function fill(link, paragraph) {
    element("pq-number").textContent = link.textContent;
    element("pq-title").textContent = paragraph.document_title;
    element("pq-section").textContent = paragraph.section.join(" › ");
    const { number, text, mark } = paragraph;
    const { line_start: first, line_end: last } = mark ?? paragraph;
    const lines = first === last ? first : `${first}–${last}`;
    element("pq-place").textContent = say(
      `第 ${number} 段 · 第 ${lines} 行`, `Paragraph ${number} · ${first === last ? "line" : "lines"} ${lines}`,
    );
    element("pq-whole").href = link.href;
    element("pq-copied").textContent = "";
    element("pq-why").open = false;
    element("pq-why").lastElementChild.replaceChildren();
    shown = { ...paragraph, quote: letters(text).slice(mark?.begin ?? 0, mark?.stop ?? 0).join("") };
  }

  async function open(link) {
    const url = new URL(link.href);
    const plan = url.pathname.split("/").pop();
    const address = `api/v1/documents/${plan}/paragraphs/${url.hash.slice(2)}${url.search}`;
    const response = await fetch(new URL(address, document.baseURI)).catch(() => null);
    if (!response?.ok) return window.open(link.href, "_blank", "noopener"); // the plan's page says what is wrong
    fill(link, await response.json());
    opener?.removeAttribute("aria-current");
    opener = link;
    link.setAttribute("aria-current", "true");
    element("pq-hint").hidden = true;
    element("pq-found").hidden = false;
    element("pq-source").classList.add("pq-open");
    element("pq-source").focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
    planqaReader.show(plan, shown);
  }

  // The question that the shown answer was given to, as it was understood.
  function asked() {
    const answer = opener.closest(".pq-message");
    const row = opener.closest(".message-row");
    let before = row?.previousElementSibling;
    while (before && !before.matches(".user-row")) before = before.previousElementSibling;
    return (answer.querySelector(".pq-resolved") ?? before)?.innerText.trim() ?? "";
  }

  async function why() {
    const told = element("pq-why").lastElementChild;
    if (!opener || told.childElementCount) return;
    const query = new URLSearchParams({ q: asked(), k: 50, plan: shown.document_id });
    try {
      const { hits } = await (await request(`search?${query}`)).json();
      const hit = hits.find(({ passage }) => passage.citations.some((one) => one.paragraph_number === shown.number));
      const words = hit?.matched ?? [];
      told.replaceChildren(...(words.length ? [make("ul", "", ...words.map(({ word, found }) =>
        make("li", "", make("b", "", word), " → ", found.join(say("、", ", ")))))]
        : [make("p", "", say("与问题意思相近，没有相同的词。", "Near the question in meaning; no word in common."))]));
    } catch (error) {
      told.replaceChildren(make("p", "", error.message));
    }
  }

  async function copied(text) {
    await copy(text);
    element("pq-copied").textContent = say("已复制", "Copied");
  }

  const citation = () => `“${shown.quote}”\n${[opener.title, opener.href].join("\n")}`;

  // Gradio labels each message with its HTML, which a screen reader would spell out; the text speaks for itself.
  const unlabel = () => {
    document.querySelectorAll("#pq-chat [data-testid][aria-label]")
      .forEach((message) => message.removeAttribute("aria-label"));
    if (opener && !opener.isConnected) close(); // a new chat
  };
  new MutationObserver(unlabel).observe(
    document.documentElement, { subtree: true, childList: true, attributeFilter: ["aria-label"] },
  );

  // In the capture phase: before Gradio's own handlers, and for links in messages yet to come.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#pq-close")) return close();
    if (event.target.closest?.("#pq-copy-citation")) return copied(citation());
    if (event.target.closest?.("#pq-copy-link")) return copied(element("pq-whole").href);
    const link = event.target.closest?.("#pq-chat a.pq-cite");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    open(link);
  }, true);
  document.addEventListener("toggle", (event) => { if (event.target.id === "pq-why" && event.target.open) why(); }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();
