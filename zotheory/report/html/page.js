"use strict";
{
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);

  // --- light and dark: as the system has it, until somebody says otherwise ---

  const theme = by("theme"), system = matchMedia("(prefers-color-scheme: dark)");
  const kept = (value) => {
    try {
      return value === undefined ? localStorage.getItem("theme") : localStorage.setItem("theme", value);
    } catch { // the browser keeps nothing for this file: the choice lasts as long as the page
      return null;
    }
  };
  const dark = () => (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const told = () => theme.setAttribute("aria-pressed", dark());
  const chosen = kept();
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    kept(document.documentElement.dataset.theme);
    told();
  });
  system.addEventListener("change", told);
  told();
  theme.hidden = false;

  // --- filter: the articles, and with each its line in the index and in the list beside ---

  const lines = all("nav li"), rows = all(".index tbody tr"), families = all(".family");
  const claims = all("article").map((article, i) => ({ article, shown: [article, lines[i], rows[i]], text: null }));
  const words = by("words"), verdict = by("verdict"), proof = by("proof"), count = by("count");

  const textOf = ({ article }) => all("h3, .sentence, .source", article).map((part) => part.textContent).join(" ");
  const fits = (claim, wanted) =>
    (!verdict.value || claim.article.dataset.verdict === verdict.value) &&
    (!proof.value || claim.article.dataset.proof === proof.value) &&
    wanted.every((word) => (claim.text ??= textOf(claim).toLowerCase()).includes(word));

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const claim of claims) {
      const hidden = !fits(claim, wanted);
      found += !hidden;
      for (const part of claim.shown) part.hidden = hidden;
    }
    const left = "li:not([hidden]), tr:not([hidden]), article:not([hidden])";
    for (const family of families) family.hidden = !family.querySelector(left);
    count.textContent = `${found} of ${claims.length} claim${claims.length === 1 ? "" : "s"}`;
  };
  const clear = () => { words.value = verdict.value = proof.value = ""; filter(); };
  for (const field of [words, verdict, proof]) field.addEventListener("input", filter);
  words.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  filter(); // a browser that goes back may have kept what was filled in
  by("search").hidden = false;

  // --- a link to a claim that the filter hides shows it ---

  const follow = () => {
    const target = by(decodeURIComponent(location.hash.slice(1)));
    if (!target?.hidden) return;
    clear();
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);

  // --- what is wider than its place can be scrolled by keys ---

  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const wide = target.scrollWidth > target.clientWidth;
      for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", target.dataset.name]]) {
        if (wide) target.setAttribute(name, value); else target.removeAttribute(name);
      }
    }
  });
  for (const element of all(".scroll")) sized.observe(element);
}
