"use strict";
(() => {
  const page = document.documentElement;
  const search = document.querySelector(".search");
  const words = document.getElementById("words");
  const chosen = document.getElementById("tag");
  const found = document.getElementById("found");
  const nothing = document.getElementById("nothing");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const packs = [...document.querySelectorAll(".pack")].map((section) => {
    const title = plain(section.querySelector("h2").textContent);
    const styles = [...section.querySelectorAll("article")].map((article) => ({
      article,
      text: `${title} ${plain(article.textContent.replace(/\s+/g, " "))}`,
      tags: JSON.parse(article.dataset.tags),
    }));
    return { section, styles };
  });
  const all = packs.reduce((sum, pack) => sum + pack.styles.length, 0);
  let tag = null;

  const filter = () => {
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, styles } of packs) {
      let here = 0;
      for (const { article, text, tags } of styles) {
        const fits = wanted.every((word) => text.includes(word)) && (tag === null || tags.includes(tag));
        article.hidden = !fits;
        here += fits;
      }
      section.hidden = here === 0;
      shown += here;
    }
    const filtered = wanted.length > 0 || tag !== null;
    found.textContent = filtered ? `${shown} of ${all}` : "";
    nothing.hidden = shown > 0;
    chosen.hidden = tag === null;
    chosen.textContent = tag === null ? "" : `tag: ${tag} ×`;
    chosen.setAttribute("aria-label", tag === null ? "" : `Remove the tag ${tag}`);
  };

  const clear = () => {
    words.value = "";
    tag = null;
    filter();
  };

  const unhide = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) {
      clear();
      target.scrollIntoView();
    }
  };

  const byHand = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.focus();
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  };

  const copy = async (button) => {
    const text = button.closest(".text").querySelector("[data-words]").textContent;
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      done = byHand(text);
      button.focus();
    }
    const said = done ? "Copied" : "Select the text and copy it";
    button.textContent = said;
    document.getElementById("copied").textContent = said;
    setTimeout(() => {
      button.textContent = "Copy";
      document.getElementById("copied").textContent = "";
    }, 1600);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    const link = event.target.closest("a[data-tag]");
    if (button) copy(button);
    if (link) {
      event.preventDefault();
      tag = link.dataset.tag;
      filter();
      document.getElementById("styles").scrollIntoView();
      words.focus({ preventScroll: true });
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      words.focus();
    }
    if (event.key === "Escape" && (typing === words || event.target === chosen)) clear();
  });
  chosen.addEventListener("click", () => {
    tag = null;
    filter();
    words.focus();
  });
  search.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", filter);
  window.addEventListener("hashchange", unhide);
  page.classList.add("js");
  search.hidden = false;
  filter();
})();
