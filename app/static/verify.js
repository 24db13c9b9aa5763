// The tab that verifies a wording: text or file -> verdicts sentence by sentence -> the plan's passage beside one.
(() => {
  const { say, element, letters, make, painted, request, look, narrow, WORDS } = planqaWording;
  let checked = null; // what the result shown is of: { text, plan, docx, pieces }
  let file = null; // a .docx, and the text that it gave, while that text is unchanged
  let turn = 0; // of the newest request; the answers to older ones are dropped

  function tell(status, failure = "") {
    element("pq-v-status").textContent = status;
    element("pq-v-failed").textContent = failure;
  }

  function tooLong(text) {
    const longest = Number(element("pq-verify").dataset.longest);
    const length = letters(text).length;
    element("pq-v-length").textContent = length ? `${length} / ${longest}` : "";
    element("pq-v-length").classList.toggle("pq-over", length > longest);
    return length <= longest ? "" : say(
      `文字有 ${length} 字，一次最多核对 ${longest} 字，请分段核对。`,
      `The text has ${length} characters; at most ${longest} are verified at once. Please verify it in parts.`,
    );
  }

  async function check() {
    const text = element("pq-v-text").value;
    const plan = element("pq-v-plan").value || null;
    const reason = text.trim() ? tooLong(text) : say("请先粘贴要核对的文字。", "Please paste some text first.");
    if (reason) return tell("", reason);
    const mine = ++turn;
    tell(say("正在核对……", "Verifying…"));
    element("pq-v-check").setAttribute("aria-busy", "true");
    try {
      const found = await (await request("verify", { text, plan })).json();
      if (mine !== turn) return;
      checked = { text, plan, docx: file?.text === text ? file.content : null };
      show(found);
      tell("");
    } catch (error) {
      if (mine === turn) tell("", error.message);
    } finally {
      if (mine === turn) element("pq-v-check").removeAttribute("aria-busy");
    }
  }

  function show({ whole, sentences }) {
    planqaCompare.close();
    const many = sentences.filter((piece) => !piece.quotation).length > 1;
    if (!many && sentences.length === 1) sentences[0].verdict = whole; // its places are counted
    const counts = Object.keys(WORDS).map((name) => [name, sentences.filter((piece) => look(piece) === name).length]);
    element("pq-v-counts").replaceChildren(...counts.filter(([name, count]) => count || name !== "own").map(
      ([name, count]) => make("li", count ? `pq-is-${name}` : "pq-none", make("b", "", WORDS[name]), ` ${count}`),
    ));
    element("pq-v-whole").textContent = !many || !["exact", "normalised"].includes(whole.verdict) ? "" : say(
      whole.normalised.includes("several places") ? "每一句都见于规划，但分见几处。" : "整段文字连在一起见于规划。",
      whole.normalised.includes("several places")
        ? "Every sentence is in the plan, in several places." : "The plan says all of it in one passage.",
    );
    let before = 0;
    element("pq-v-sentences").replaceChildren(...sentences.map((piece) => {
      const gap = piece.quotation ? "" : letters(checked.text).slice(before, piece.begin).join("");
      before = piece.quotation ? before : piece.stop;
      return row(piece, gap.includes("\n"));
    }));
    if (!sentences.length) tell("", say("没有可以核对的句子。", "There is no sentence to verify."));
    element("pq-v-result").hidden = !sentences.length;
    if (!sentences.length) return;
    element("pq-v-title").focus({ preventScroll: true });
    element("pq-v-title").scrollIntoView({ block: narrow.matches ? "start" : "nearest" });
  }

  function row(piece, newLine) {
    const name = look(piece);
    const { verdict } = piece;
    const said = make("span", "pq-said");
    const marks = name === "altered" ? verdict.changes.filter((change) => change.begin < change.stop) : [];
    said.append(...painted(verdict.text, marks.map((change) => ({ ...change, side: "pasted" }))));
    const word = make("span", "pq-word", WORDS[name]);
    const button = make("button", `pq-sentence pq-is-${name}${piece.concern === "own" ? " pq-quiet" : ""}`, word, said);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", "pq-compare");
    if (piece.quotation) said.prepend(make("span", "pq-quoted", say("引文", "quotation")));
    button.addEventListener("click", () => (planqaCompare.isOpen(button) ? planqaCompare.close() : planqaCompare.open(button, piece)));
    return make("li", `${piece.quotation ? "pq-inner" : ""}${newLine ? " pq-new" : ""}`, button);
  }

  async function read(chosen) {
    if (!chosen) return;
    const largest = Number(element("pq-verify").dataset.largest);
    if (chosen.size > largest) {
      return tell("", say(`文件太大：最多 ${largest / 1e6} MB。`, `The file is too large: at most ${largest / 1e6} MB are taken.`));
    }
    const mine = ++turn;
    tell(say("正在读取……", "Reading…"));
    try {
      const content = await encoded(chosen);
      const { text } = await (await request("drafts/text", { name: chosen.name, content })).json();
      if (mine !== turn) return;
      element("pq-v-text").value = text;
      // A textarea may write line ends in its own way.
      file = /\.docx$/i.test(chosen.name) ? { text: element("pq-v-text").value, content } : null;
      tell(chosen.name);
      tooLong(text);
      await check();
    } catch (error) {
      if (mine === turn) tell("", error.message);
    }
  }

  const encoded = (chosen) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(new Error(say("文件读不出来。", "The file cannot be read.")));
    reader.readAsDataURL(chosen);
  });

  async function download(button) {
    const form = button.dataset.form;
    const { text, plan, docx } = checked;
    button.setAttribute("aria-busy", "true");
    tell(say("正在生成文件……", "Making the file…"));
    try {
      const made = await (await request(`drafts/${form}`, docx ? { docx, plan } : { text, plan })).blob();
      const anchor = make("a", "");
      anchor.href = URL.createObjectURL(made);
      anchor.download = form;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
      tell(say(`已生成 ${form}`, `${form} is made`));
    } catch (error) {
      tell("", error.message);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async function offerPlans() {
    const choice = element("pq-v-plan");
    if (!choice || choice.dataset.filled) return;
    choice.dataset.filled = "true";
    const draft = sessionStorage.getItem("planqa-draft"); // kept over a change of the page's language
    sessionStorage.removeItem("planqa-draft");
    if (draft && !element("pq-v-text").value) element("pq-v-text").value = draft;
    const plans = await request("documents").then((response) => response.json()).catch(() => []);
    choice.append(...plans.map((plan) => new Option(plan.title, plan.id)));
    element("pq-v-plan-line").hidden = plans.length < 2;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#pq-verify button");
    if (button?.id === "pq-v-check") check();
    else if (button?.id === "pq-v-try") {
      element("pq-v-text").value = button.dataset.text;
      tooLong(button.dataset.text);
      check();
    }
    else if (button?.id === "pq-c-close") planqaCompare.close(true);
    else if (button?.dataset.form && !button.hasAttribute("aria-busy")) download(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && planqaCompare.anyOpen()) planqaCompare.close(true);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "pq-v-text") check();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "pq-v-text") tooLong(event.target.value);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "pq-v-file") return;
    read(event.target.files[0]);
    event.target.value = ""; // the same file may be chosen again
  });
  document.addEventListener("focusin", (event) => { if (event.target.closest?.("#pq-verify")) offerPlans(); });
})();
