// The page's language: the one chosen here before, else the browser's. Runs before Gradio, which asks the browser.
const planqaLanguage = (() => {
  const COOKIE = "planqa_language"; // a cookie, so that the plans' own pages know it too
  const YEAR = 365 * 24 * 60 * 60;
  const kept = document.cookie.split("; ").find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  const asked = new URLSearchParams(location.search).get("lang");
  const chosen = [asked, kept].find((one) => one === "zh" || one === "en");
  const chinese = chosen ? chosen === "zh" : navigator.language.toLowerCase().startsWith("zh");
  if (chosen) Object.defineProperty(navigator, "language", { get: () => (chinese ? "zh-CN" : "en") });
  document.documentElement.lang = chinese ? "zh-CN" : "en";

  function choose(language) {
    document.cookie = `${COOKIE}=${language}; max-age=${YEAR}; path=${new URL(document.baseURI).pathname}; samesite=lax`;
    const draft = document.getElementById("pq-v-text")?.value;
    if (draft) sessionStorage.setItem("planqa-draft", draft); // only over this reload
    const url = new URL(location.href);
    url.searchParams.set("lang", language); // where cookies are refused, as in a frame, the address has to do
    location.assign(url);
  }

  return { chinese, choose };
})();
