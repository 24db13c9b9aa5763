// The whole plan beside the chat. Order and headings are those of the plan's own page, of which only texts are taken.
const planqaReader = (() => {
  const { element, make, letters } = planqaWording;
  const pages = new Map(); // a plan's id as in addresses -> what its page holds, once it is here
  let turn = 0; // of the newest

  async function fetched(plan) {
    const response = await fetch(new URL(`plans/${plan}`, document.baseURI)).catch(() => null);
    if (!response?.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html"); // runs nothing, loads nothing
    return [...page.querySelectorAll("main > section > *")].map((part) => {
      const text = part.matches(".paragraph") ? part.lastElementChild : part;
      return { number: Number(part.id.slice(1)), text: text.textContent, heading: /^H\d$/.test(text.tagName) };
    });
  }

  // A paragraph with its number, which is its permanent link, and what is quoted of it marked.
  function row(plan, number, ...content) {
    const place = make("a", "pq-number", String(number));
    Object.assign(place, { href: new URL(`plans/${plan}#p${number}`, document.baseURI), target: "_blank", rel: "noopener", tabIndex: -1 });
    return make("p", "", place, ...content);
  }

  function quoted(plan, { number, text, mark }) {
    const all = letters(text); // offsets are code points, JavaScript's strings are not
    const { begin, stop } = mark ?? { begin: 0, stop: 0 };
    const marked = make("mark", "", all.slice(begin, stop).join(""));
    const made = row(plan, number, all.slice(0, begin).join(""), ...(stop > begin ? [marked] : []), all.slice(stop).join(""));
    made.className = "pq-cited";
    return [made, marked];
  }

  // Only the box itself: the page stays where it is.
  function scrollTo(part, above) {
    const box = element("pq-text");
    box.scrollTop = part.offsetTop - above * box.clientHeight;
  }

  // The paragraph at once, the plan around it as soon as it is there; the marked quote.
  async function show(plan, paragraph) {
    const mine = ++turn;
    const [cited, mark] = quoted(plan, paragraph);
    element("pq-text").replaceChildren(cited);
    element("pq-outline").hidden = true;
    element("pq-outline").open = false;
    if (!pages.get(plan)) pages.set(plan, await fetched(plan));
    const parts = pages.get(plan);
    if (mine !== turn || !parts?.some(({ number }) => number === paragraph.number)) return;
    const headings = [];
    const rows = parts.map(({ number, text, heading }) => {
      if (number === paragraph.number) return cited;
      if (!heading) return row(plan, number, text);
      headings.push(make("h3", "", text));
      return headings.at(-1);
    });
    element("pq-text").replaceChildren(...rows);
    outline(headings);
    scrollTo(mark.isConnected ? mark : cited, 0.3);
  }

  function outline(headings) {
    element("pq-outline").hidden = !headings.length;
    element("pq-outline").lastElementChild.replaceChildren(...headings.map((heading) => {
      const button = make("button", "", heading.textContent);
      button.type = "button";
      button.addEventListener("click", () => {
        scrollTo(heading, 0);
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
      });
      return make("li", "", button);
    }));
  }

  return { show };
})();
