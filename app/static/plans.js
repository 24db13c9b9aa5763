// The tab of plans: the list, each plan's outline, and a search of their text.
(() => {
  const { say, element, make, request } = planqaWording;
  const AT_ONCE = 30; // plans in the list
  const HITS = 20;
  const MANY = 8; // plans from which on there is a box to find one
  let plans = null;
  let shown = AT_ONCE;
  let turn = 0; // of the newest search

  const address = (id, rest = "") => `plans/${encodeURIComponent(id)}${rest}`;
  const known = (plan) => [plan.issuer, plan.kind, plan.published].filter(Boolean).join(" · ");

  function link(text, href, name = "") {
    const made = make("a", name, text);
    Object.assign(made, { href, target: "_blank", rel: "noopener" });
    return made;
  }

  async function open() {
    if (plans || !element("pq-p-list")) return;
    plans = [];
    try {
      plans = await (await request("documents")).json();
      element("pq-p-filter-line").hidden = plans.length < MANY;
      list();
    } catch (error) {
      plans = null;
      element("pq-p-failed").textContent = error.message;
    }
  }

  function list() {
    const words = element("pq-p-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = plans.filter((plan) => {
      const said = `${plan.title} ${known(plan)} ${plan.id}`.toLowerCase();
      return words.every((word) => said.includes(word));
    });
    element("pq-p-count").textContent = words.length ? `${found.length} / ${plans.length}` : plans.length;
    element("pq-p-list").replaceChildren(...found.slice(0, shown).map(row));
    if (!found.length) element("pq-p-list").append(make("li", "pq-none-found", say("没有符合的规划。", "No plan fits.")));
    element("pq-p-more").hidden = found.length <= shown;
  }

  function row(plan) {
    const outline = make("details", "", make("summary", "", say("章节", "Sections")));
    outline.addEventListener("toggle", () => outline.open && fill(outline, plan), { once: true });
    const ask = make("a", "", say("就此提问", "Ask this plan"));
    ask.href = `?plan=${encodeURIComponent(plan.id)}`;
    const what = make("span", "pq-known", known(plan));
    return make("li", "", make("b", "", link(plan.title, address(plan.id))), what,
      ...(plans.length > 1 ? [make("p", "", ask)] : []), outline);
  }

  async function fill(outline, plan) {
    try {
      const { sections } = await (await request(`documents/${encodeURIComponent(plan.id)}`)).json();
      const items = sections.flatMap((headings, number) => (headings.length
        ? [make("li", `pq-level-${Math.min(headings.length, 3)}`, link(headings.at(-1), address(plan.id, `#s${number}`)))] : []));
      outline.append(items.length ? make("ol", "", ...items) : make("p", "", say("没有分章节。", "It has no sections.")));
    } catch (error) {
      outline.append(make("p", "", error.message));
    }
  }

  async function search() {
    const words = element("pq-p-words").value.trim();
    const failed = element("pq-p-failed");
    failed.textContent = "";
    if (!words) return element("pq-p-hits").replaceChildren();
    const mine = ++turn;
    element("pq-p-status").textContent = say("正在查找……", "Searching…");
    try {
      const { hits } = await (await request(`search?${new URLSearchParams({ q: words, k: HITS })}`)).json();
      if (mine !== turn) return;
      const telling = hits.filter((hit) => hit.matched.length || hit.rank <= 5);
      element("pq-p-hits").replaceChildren(...telling.map(found));
      element("pq-p-status").textContent = say(`最相关的 ${telling.length} 段`, `The ${telling.length} passages that bear most on it`);
    } catch (error) {
      if (mine !== turn) return;
      element("pq-p-status").textContent = "";
      failed.textContent = error.message;
    }
  }

  function found({ passage, matched }) {
    const [first] = passage.citations;
    const last = passage.citations.at(-1);
    const href = address(passage.document_id, `?start=${first.start}&end=${last.end}#p${first.paragraph_number}`);
    const place = [...passage.section, say(`第 ${first.paragraph_number} 段`, `paragraph ${first.paragraph_number}`)].join(" › ");
    return make("li", "", make("p", "", ...marked(passage.text, matched.flatMap((word) => word.found))),
      make("p", "pq-known", plans?.length === 1 ? "" : `${passage.document_title} › `, link(place, href)));
  }

  // Every place of the matched words, as marks; the longest word first where two begin at one place.
  function marked(text, words) {
    const longest = [...new Set(words)].sort((one, other) => other.length - one.length);
    const pattern = longest.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    if (!pattern) return [text];
    return text.split(new RegExp(`(${pattern})`, "i")).map((part, index) => (index % 2 ? make("mark", "", part) : part));
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#pq-p-search")) search();
    if (event.target.closest?.("#pq-p-more")) {
      shown += AT_ONCE;
      list();
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "pq-p-filter" || !plans) return;
    shown = AT_ONCE;
    list();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "pq-p-words") search();
  });
  // Gradio draws the tab when it pleases: the list is asked for once it is seen.
  new MutationObserver((_, self) => {
    const tab = element("pq-plans-tab");
    if (!tab) return;
    self.disconnect();
    new IntersectionObserver(([entry]) => entry.isIntersecting && open()).observe(tab);
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
