// The plan's passage beside a sentence that was verified, with what differs marked on both sides.
const planqaCompare = (() => {
  const { chinese, say, element, letters, make, painted, request, look, narrow, WORDS } = planqaWording;
  const KINDS = {
    changed: say("改动", "changed"),
    omitted: say("漏掉", "left out"),
    inserted: say("多出", "put in"),
    moved: say("移位", "moved"),
    joined: say("出自别处", "from elsewhere"),
  };
  const NAMES = {
    "full width": "全角半角", "white space": "空白", "traditional characters": "繁体字", "numeral spelling": "数字写法",
    "quotation marks": "引号形式", punctuation: "标点形式", "final punctuation": "句末标点", "page furniture": "页码等版面文字",
    "several places": "分见几处", ellipsis: "省略号",
  };
  const AROUND = 60; // characters of the plan, at most, that are shown before and behind the place
  const BREAK = /[，、；。：！？,;:!?\s]/;
  const MOST_PLACES = 8;
  let opened = null; // the button of the sentence that is compared
  let turn = 0; // of the newest request; the answers to older ones are dropped

  const address = (match) =>
    `plans/${encodeURIComponent(match.document_id)}?start=${match.start}&end=${match.end}#p${match.paragraph_number}`;

  function placeOf(match) {
    const { paragraph_number: number, line_start: first, line_end: last } = match;
    const lines = first === last ? first : `${first}–${last}`;
    return [...match.section, say(`第 ${number} 段 · 第 ${lines} 行`,
      `paragraph ${number} · ${first === last ? "line" : "lines"} ${lines}`)].join(" › ");
  }

  function reason(piece) {
    const { verdict, concern } = piece;
    const name = look(piece);
    if (name === "own") return say("作者自己的话；其中的引文单独核对。", "The writer's own words; the quotations in it are verified by themselves.");
    if (name === "exact") return say("与规划原文一字不差。", "The plan says exactly this.");
    if (name === "too_short") {
      return verdict.places_total
        ? say(`太短：规划中有 ${verdict.places_total} 处，请多粘贴一些。`, `Too short: it stands in ${verdict.places_total} places; paste more of the sentence.`)
        : say("太短，不能确定出自哪一处，请多粘贴一些。", "Too short to mean one place; paste more of the sentence.");
    }
    if (name === "normalised") {
      const names = verdict.normalised.map((named) => (chinese ? NAMES[named] ?? named : named));
      return say(`除下列写法不同外，与规划原文相同：${names.join("、")}。`, `The same as the plan but for: ${names.join(", ")}.`);
    }
    if (name === "altered") return say("规划中有相应的话，但内容不同：", "The plan has such a passage, but it says something else:");
    if (concern === "own") return say("规划中没有这句话。句中没有引文或待核的数字，可视为作者自述。", "The plan does not say this. It holds no quotation and no figure to check, so it may be the writer's own words.");
    return say("规划中没有这句话；引文和数字需要出处。", "The plan does not say this; its quotation or figures have no source.");
  }

  async function open(button, piece) {
    const mine = ++turn;
    const { verdict } = piece;
    const name = look(piece);
    const match = name === "own" ? null : verdict.match;
    const changes = name === "altered" ? verdict.changes : [];
    let passage = [];
    if (match) {
      const query = new URLSearchParams({ start: match.start, end: match.end });
      for (const change of changes) query.append("at", `${change.start}-${change.end}`);
      const path = `documents/${encodeURIComponent(match.document_id)}/slice?${query}`;
      try {
        passage = await (await request(path)).json();
      } catch (error) {
        passage = null;
        if (mine === turn) element("pq-v-failed").textContent = error.message;
      }
      if (mine !== turn || !passage) return;
    }
    const label = (index) => (changes.length > 1 ? String(index + 1) : "");
    element("pq-c-title").className = `pq-is-${name}`;
    element("pq-c-title").replaceChildren(make("span", "pq-word", WORDS[name]));
    element("pq-c-why").textContent = reason(piece);
    element("pq-c-plan").hidden = !match;
    element("pq-c-passage").replaceChildren(...passage.map((one) => planSide(one, changes, label)));
    if (match) {
      element("pq-c-place").textContent = placeOf(match);
      element("pq-c-place").title = match.document_title;
      element("pq-c-link").href = address(match);
      element("pq-c-plan").querySelector("h4").classList.toggle("pq-near", name === "absent");
    }
    element("pq-c-pasted").replaceChildren(...painted(verdict.text, changes.map(
      (change, index) => ({ begin: change.begin, stop: change.stop, label: label(index), side: "pasted" }),
    )));
    element("pq-c-more").replaceChildren(...more(verdict, changes));
    close();
    opened = button;
    button.setAttribute("aria-expanded", "true");
    place();
    element("pq-v-hint").hidden = true;
    element("pq-compare").hidden = false;
    element("pq-compare").focus({ preventScroll: true });
    (narrow.matches ? button : element("pq-compare")).scrollIntoView({ block: narrow.matches ? "start" : "nearest" });
  }

  // The place itself and a little around it; what the changes are about is marked.
  function planSide({ paragraph, marks }, changes, label) {
    const all = letters(paragraph.text);
    const { begin, stop } = paragraph.mark ?? { begin: 0, stop: 0 };
    let first = Math.max(begin - AROUND, 0);
    let last = Math.min(stop + AROUND, all.length);
    while (first && first < begin && !BREAK.test(all[first - 1])) first += 1; // never within a figure or a word
    while (last < all.length && last > stop && !BREAK.test(all[last - 1])) last -= 1;
    const here = marks.flatMap((mark, index) => (mark && changes[index].kind !== "joined"
      ? [{ begin: mark.begin - begin, stop: mark.stop - begin, label: label(index), side: "plan" }] : []));
    const place = make("span", "pq-here", ...painted(all.slice(begin, stop).join(""), here));
    return make("p", "", (first ? "…" : "") + all.slice(first, begin).join(""), place,
      all.slice(stop, last).join("") + (last < all.length ? "…" : ""));
  }

  function more(verdict, changes) {
    const blocks = [];
    const list = (title, items, ordered) => items.length
      && blocks.push(make("h4", "", title), make(ordered ? "ol" : "ul", "", ...items));
    list(say("不同之处", "What differs"), changes.map((change) => make("li", "",
      make("b", "", KINDS[change.kind]), say("：", ": "),
      ...(change.plan ? [say("规划 ", "plan "), make("mark", "pq-plan", change.plan)] : []),
      ...(change.plan && change.pasted ? [" → "] : []),
      ...(change.pasted ? [say("您的 ", "yours "), make("mark", "pq-pasted", change.pasted)] : []))), changes.length > 1);
    const missing = verdict.figures.filter((figure) => !figure.found).map((figure) => make("li", "", make("mark", "pq-pasted", figure.text)));
    list(say("最近的段落中没有的数字", "Figures that the nearest passage does not have"), missing);
    list(say("各部分的出处", "Where its parts stand"), verdict.joined.filter((part) => part.match).map((part) =>
      make("li", "", part.text, " ", link(part.match))));
    const shown = verdict.places.slice(0, MOST_PLACES).map((match) => make("li", "", link(match)));
    if (verdict.places_total > shown.length && shown.length) {
      shown.push(make("li", "", say(`另有 ${verdict.places_total - shown.length} 处`, `and ${verdict.places_total - shown.length} more`)));
    }
    if (shown.length > 1 && !verdict.joined.length) list(say("所有出处", "All its places"), shown);
    return blocks;
  }

  function link(match) {
    const made = make("a", "", placeOf(match));
    Object.assign(made, { href: address(match), target: "_blank", rel: "noopener", title: match.document_title });
    return made;
  }

  // Beside the sentences, or right below the chosen one where there is no room beside.
  function place() {
    const compared = element("pq-compare");
    if (!compared) return;
    const home = narrow.matches && opened ? opened.parentElement : element("pq-v-side");
    if (compared.parentElement !== home) home.append(compared);
  }

  function close(refocus = false) {
    turn += 1;
    const button = opened;
    opened = null;
    button?.setAttribute("aria-expanded", "false");
    if (!element("pq-compare")) return;
    place();
    element("pq-compare").hidden = true;
    element("pq-v-hint").hidden = false;
    if (refocus) button?.focus();
  }

  narrow.addEventListener("change", place);
  return { open, close, isOpen: (button) => button === opened, anyOpen: () => opened !== null };
})();
