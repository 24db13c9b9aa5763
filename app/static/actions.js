// What can be done with an answer and a conversation: copy, judge, save; what is told when a question fails.
const planqaActions = (() => {
  const { say, element, make, request, busy, copy } = planqaWording;

  // Answers

  // Statements as they read, then the quotes' places.
  function asText(message) {
    const body = message.cloneNode(true);
    body.querySelectorAll(".pq-actions, .pq-place").forEach((part) => part.remove());
    body.querySelectorAll("li").forEach((item) => item.prepend("- "));
    const lines = [...body.querySelectorAll("p, li")].map((part) => part.textContent.trim());
    const links = new Map([...message.querySelectorAll("a.pq-cite")].map((link) => [link.textContent, link]));
    return [...lines, "", ...[...links].map(([number, link]) => `${number} ${link.title}\n    ${link.href}`)].join("\n");
  }

  function action(name, label, run, parent) {
    const button = make("button", `pq-do pq-do-${name}`, label);
    button.type = "button";
    button.addEventListener("click", () => run(button));
    parent.append(button);
    return button;
  }

  // The buttons below an answer; Gradio lets no handler of ours through, so they are put there once it is shown.
  function dress(message) {
    const bar = make("div", "pq-actions");
    const told = make("span", "pq-told");
    told.setAttribute("role", "status");
    action("copy", say("复制", "Copy"), async () => {
      await copy(asText(message));
      told.textContent = say("已复制", "Copied");
    }, bar);
    const id = [...message.classList].find((name) => name.startsWith("pq-answer-"))?.slice("pq-answer-".length);
    if (id) {
      const votes = [["up", say("有用", "Helpful")], ["down", say("有问题", "Not helpful")]].map(([vote, label]) => {
        const button = action(vote, label, () => judge(bar, told, id, vote, button), bar);
        button.setAttribute("aria-expanded", "false");
        return button;
      });
      bar.votes = votes;
    }
    bar.append(told);
    message.append(bar);
  }

  function judge(bar, told, id, vote, button) {
    const open = button.getAttribute("aria-expanded") === "true";
    bar.querySelector("form")?.remove();
    bar.votes.forEach((one) => one.setAttribute("aria-expanded", "false"));
    told.textContent = "";
    if (open) return;
    button.setAttribute("aria-expanded", "true");
    const comment = make("textarea", "");
    comment.rows = 2;
    comment.maxLength = 1000;
    const form = make("form", "pq-judge", make("label", "", say("想说明什么？（可不填）", "Anything to add? (optional)"), comment));
    form.append(make("button", "pq-do", say("发送", "Send")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    bar.append(form);
    comment.focus();

    async function send() {
      const said = comment.value.trim();
      try {
        await request("feedback", { answer_id: id, vote, ...(said && { comment: said }) });
        told.textContent = say("谢谢，已收到。", "Thank you, it has been received.");
        bar.votes.forEach((one) => one.remove());
        form.remove();
      } catch (error) {
        told.textContent = error.status === 404 || error.status === 405
          ? say("这里暂不收集评价。", "Feedback is not collected here.") : error.message;
      }
    }
  }

  const messages = () => [...document.querySelectorAll("#pq-chat .pq-message")];
  let most = 0; // messages that were shown before
  new MutationObserver(() => {
    const all = messages();
    for (const message of all) if (!message.querySelector(":scope > .pq-actions")) dress(message);
    if (all.length > most) {
      all.at(-1).closest(".message-row")?.scrollIntoView({ block: "nearest" });
      tell("");
    }
    most = all.length;
  }).observe(document.documentElement, { subtree: true, childList: true });

  // The conversation as a file: "name,content in base 64"
  function save(file) {
    const [name, content] = file.split(",");
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const anchor = make("a", "");
    anchor.href = URL.createObjectURL(new Blob([bytes]));
    anchor.download = name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
  }

  // Questions that fail

  function tell(words) {
    const alert = element("pq-alert");
    if (!alert || alert.hidden === !words) return;
    alert.firstElementChild.textContent = words;
    alert.hidden = !words;
  }

  // Gradio has emptied the box by the time an answer fails on its way.
  function giveBack() {
    const box = document.querySelector("#pq-question textarea");
    const asked = [...document.querySelectorAll("#pq-chat .user-row .md")].at(-1);
    if (!box || box.value || !asked || !document.querySelector("#pq-chat .pq-waiting")) return;
    box.value = asked.innerText.trim();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function failed(response) {
    giveBack();
    const held = busy(response);
    const kept = document.querySelector("#pq-question textarea")?.value ? say("您的问题还在输入框里。", " Your question is still in the box.") : "";
    tell((held ?? say("没有连上服务，请稍后再试。", "The service cannot be reached; please try again later.")) + kept);
  }

  planqaQueue.whenRefused(failed);

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#pq-alert-close")) tell("");
    if (event.target.closest?.(".pq-all")) {
      event.preventDefault();
      document.querySelectorAll("#pq-tabs [role=tab]")[2]?.click();
    }
  });

  return { save };
})();
