// What the page's scripts share: words, elements, text with marks, requests, copying.
// All that is pasted, asked or quoted is set as text, never as markup. Offsets from the server are code points.
const planqaWording = (() => {
  const { chinese } = planqaLanguage;
  const say = (zh, en) => (chinese ? zh : en);
  const element = (id) => document.getElementById(id);
  const narrow = matchMedia("(max-width: 800px)");
  const WORDS = {
    exact: say("一致", "exact"),
    normalised: say("实质一致", "same in substance"),
    altered: say("有出入", "differs"),
    absent: say("未见", "not found"),
    too_short: say("太短", "too short"),
    own: say("自述", "own words"),
  };

  function make(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const letters = (text) => Array.from(text);

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text); // only where the page came over https, or from this machine
    } catch {
      const area = make("textarea", "pq-unseen");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  async function request(path, body) {
    const response = await fetch(new URL(`api/v1/${path}`, document.baseURI), body && {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    }).catch(() => null);
    if (response?.ok) return response;
    const problem = await response?.json().catch(() => null);
    const reason = busy(response) ?? problem?.detail
      ?? say("服务没有应答，请稍后再试。", "The service does not answer; please try again later.");
    throw Object.assign(new Error(reason), { status: response?.status ?? 0 });
  }

  // What is told of a refusal that passes by itself; nothing of others.
  function busy(response) {
    const seconds = Number(response?.headers.get("retry-after"));
    if (response?.status === 429 && seconds) {
      return say(`您问得太快了，请等 ${seconds} 秒再试。`, `That was faster than the service takes; please wait ${seconds} s.`);
    }
    return [429, 503].includes(response?.status)
      ? say("现在提问的人很多，请稍等片刻再试。", "The service is busy; please try again in a moment.") : undefined;
  }

  // A sentence that only frames quotations is the writer's own, whatever is near it in the plan.
  const look = ({ concern, verdict }) => (concern === "own" && verdict.verdict !== "absent" ? "own" : verdict.verdict);

  // Text with marks: { begin, stop, label?, side, kind }; where nothing stands, a mark shows the gap.
  function painted(text, marks) {
    const all = letters(text);
    const parts = [];
    let position = 0;
    for (const mark of [...marks].sort((one, other) => one.begin - other.begin)) {
      const begin = Math.max(mark.begin, position);
      if (mark.stop < begin) continue;
      const inner = all.slice(begin, mark.stop).join("");
      const shown = make("mark", inner ? `pq-${mark.side}` : "pq-gap", inner || "‸");
      if (mark.label) shown.append(make("sup", "", mark.label));
      parts.push(all.slice(position, begin).join(""), shown);
      position = mark.stop;
    }
    return [...parts, all.slice(position).join("")];
  }

  return { chinese, say, element, letters, make, painted, request, busy, copy, look, narrow, WORDS };
})();
