// One line on a town's own site puts the question page on it, behind a button:
//   <script src="https://plans.example/page/widget.js" defer></script>
// The service lets in only the sites that PLANQA_EMBED_ORIGINS names.
(() => {
  const home = new URL("../", document.currentScript.src);
  const chinese = (document.documentElement.lang || navigator.language).toLowerCase().startsWith("zh");
  const words = chinese ? { ask: "问规划", title: "规划问答" } : { ask: "Ask the plan", title: "Ask the plan" };
  // In a shadow: the site's styles do not reach in, ours do not reach out.
  const host = document.createElement("planqa-widget");
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = `
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; padding: 12px 22px; border: 0; border-radius: 99px;
      font: 600 16px/1.5 system-ui, sans-serif; color: #fff; background: #1d4ed8; box-shadow: 0 4px 18px rgb(0 0 0 / .3); cursor: pointer; }
    button:hover { background: #1e40af; }
    button:focus-visible { outline: 3px solid #93b4ff; outline-offset: 2px; }
    iframe { position: fixed; right: 20px; bottom: 84px; z-index: 2147483000; width: min(440px, calc(100vw - 40px)); height: min(680px, calc(100vh - 104px));
      border: 1px solid #c5ccd6; border-radius: 14px; background: #fff; box-shadow: 0 8px 40px rgb(0 0 0 / .3); }
    iframe[hidden] { display: none; }`;
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.textContent = words.ask;
  let frame = null;

  function toggle(open) {
    if (open && !frame) { // nothing is asked of the service before somebody wants it
      frame = document.createElement("iframe");
      frame.title = words.title;
      frame.allow = "clipboard-write";
      frame.src = `${home.href}?lang=${chinese ? "zh" : "en"}`;
      root.append(frame);
    }
    frame.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "✕" : words.ask;
    button.setAttribute("aria-label", open ? (chinese ? "关闭" : "Close") : words.ask);
    if (open) frame.focus();
  }

  button.addEventListener("click", () => toggle(!frame || frame.hidden));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && frame && !frame.hidden) {
      toggle(false);
      button.focus();
    }
  });
  root.append(style, button);
  document.body.append(host);
})();
