// What the reader chose here before: the language, and light or dark; else the browser's. Runs before Gradio, which
// asks the browser for both. Kept in cookies, so that the plans' own pages know it too.
const planqaChoices = (() => {
  const YEAR = 365 * 24 * 60 * 60;

  const kept = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

  function keep(name, value) {
    const path = new URL(document.baseURI).pathname;
    document.cookie = `${name}=${value}; max-age=${value ? YEAR : 0}; path=${path}; samesite=lax`;
  }

  return { kept, keep };
})();

const planqaLanguage = (() => {
  const COOKIE = "planqa_language";
  const asked = new URLSearchParams(location.search).get("lang");
  const chosen = [asked, planqaChoices.kept(COOKIE)].find((one) => one === "zh" || one === "en");
  const chinese = chosen ? chosen === "zh" : navigator.language.toLowerCase().startsWith("zh");
  if (chosen) Object.defineProperty(navigator, "language", { get: () => (chinese ? "zh-CN" : "en") });
  document.documentElement.lang = chinese ? "zh-CN" : "en";

  function choose(language) {
    planqaChoices.keep(COOKIE, language);
    const draft = document.getElementById("pq-v-text")?.value;
    if (draft) sessionStorage.setItem("planqa-draft", draft); // only over this reload
    const url = new URL(location.href);
    url.searchParams.set("lang", language); // where cookies are refused, as in a frame, the address has to do
    location.assign(url);
  }

  return { chinese, choose };
})();

const planqaTheme = (() => {
  const COOKIE = "planqa_theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = [planqaChoices.kept(COOKIE)].find((one) => one === "light" || one === "dark");

  const wanted = () => chosen ?? (system.matches ? "dark" : "light");

  function apply() {
    document.documentElement.dataset.theme = wanted();
    document.body?.classList.toggle("dark", wanted() === "dark");
  }

  // Choosing what the system says anyway is following it again.
  function turn() {
    const other = wanted() === "dark" ? "light" : "dark";
    chosen = other === (system.matches ? "dark" : "light") ? undefined : other;
    planqaChoices.keep(COOKIE, chosen ?? "");
    apply();
  }

  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributeFilter: ["class"] }); // Gradio follows the system
  });
  apply();

  return { turn };
})();

// Here, since Gradio draws the buttons before it loads our other scripts.
document.addEventListener("click", (event) => {
  const language = event.target.closest?.("[data-language]")?.dataset.language;
  if (language) planqaLanguage.choose(language);
  if (event.target.closest?.("#pq-theme")) planqaTheme.turn();
});
// The chosen language's button says that it is.
new MutationObserver(() => document.querySelectorAll("[data-language]").forEach((button) => {
  const chosen = String((button.dataset.language === "zh") === planqaLanguage.chinese);
  if (button.getAttribute("aria-pressed") !== chosen) button.setAttribute("aria-pressed", chosen);
})).observe(document.documentElement, { subtree: true, childList: true });
