// A click on [n] in an answer shows the cited paragraph beside the chat; ctrl-click still opens the plan itself.
(() => {
  const chinese = navigator.language.toLowerCase().startsWith("zh");
  document.documentElement.lang = chinese ? "zh-CN" : "en";
  const element = (id) => document.getElementById(id);
  let opener = null; // the [n] whose source is shown

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
    const characters = Array.from(paragraph.text); // offsets are code points, JavaScript's strings are not
    const { begin, stop } = paragraph.mark ?? { begin: 0, stop: 0 };
    const mark = document.createElement("mark");
    mark.textContent = characters.slice(begin, stop).join("");
    element("pq-text").replaceChildren(
      characters.slice(0, begin).join(""), ...(stop > begin ? [mark] : []), characters.slice(stop).join(""),
    );
    element("pq-section").textContent = paragraph.section.join(" › ") || paragraph.document_title;
    const { number, line_start: first, line_end: last } = paragraph;
    const lines = first === last ? first : `${first}–${last}`;
    element("pq-place").textContent = chinese
      ? `第 ${number} 段 · 第 ${lines} 行` : `Paragraph ${number} · ${first === last ? "line" : "lines"} ${lines}`;
    element("pq-whole").href = link.href;
    return mark;
  }

  async function open(link) {
    const url = new URL(link.href);
    const document_ = url.pathname.split("/").pop();
    const address = `api/v1/documents/${document_}/paragraphs/${url.hash.slice(2)}${url.search}`;
    const response = await fetch(new URL(address, document.baseURI)).catch(() => null);
    if (!response?.ok) return window.open(link.href, "_blank", "noopener"); // the plan's page says what is wrong
    const mark = fill(link, await response.json());
    opener?.removeAttribute("aria-current");
    opener = link;
    link.setAttribute("aria-current", "true");
    element("pq-hint").hidden = true;
    element("pq-found").hidden = false;
    element("pq-source").classList.add("pq-open");
    element("pq-source").focus({ preventScroll: true });
    mark.scrollIntoView?.({ block: "nearest" });
    link.scrollIntoView({ block: "nearest" });
  }

  // Gradio labels each message with its HTML, which a screen reader would spell out; the text speaks for itself.
  const unlabel = () => document.querySelectorAll("#pq-chat [data-testid][aria-label]")
    .forEach((message) => message.removeAttribute("aria-label"));
  new MutationObserver(unlabel).observe(
    document.documentElement, { subtree: true, childList: true, attributeFilter: ["aria-label"] },
  );

  // In the capture phase: before Gradio's own handlers, and for links in messages yet to come.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#pq-close")) return close();
    const link = event.target.closest?.("#pq-chat a.pq-cite");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    open(link);
  }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();
