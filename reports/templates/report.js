"use strict";
const page = (() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const index = JSON.parse($("#ui_index").textContent);
  const filters = ["q", "chapter", "verdict", "evidence"];
  const controls = Object.fromEntries([...filters, "sort"].map(name => [name, document.getElementById("ui_" + name)]));
  const body = $(".list > tbody");
  const claims = index.map((entry, number) => {
    const row = document.getElementById(entry.id), detail = document.getElementById("open_" + number);
    return { ...entry, number, row, detail, button: $(".open", row) };
  });
  const byId = new Map(claims.map(claim => [claim.id, claim]));
  let current = "", descending = false;

  // The text of a claim lies in an inert script element until it is opened: a large page stays quick.
  const fill = (target, source) => {
    if (!target.firstChild) target.innerHTML = document.getElementById(source).textContent;
  };
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  const prepare = root => {
    // On a narrow screen rows become blocks, which would cost a table its meaning and its cells their column's name.
    for (const table of root.querySelectorAll("table")) {
      const names = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
      for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td, th")]) {
        const column = part.closest("thead") ? "columnheader" : "rowheader";
        part.setAttribute("role", roles[part.tagName] || column);
        if (part.classList.contains("num")) part.dataset.name = names[part.cellIndex];
      }
    }
    for (const sign of root.querySelectorAll("i, .strip svg")) sign.setAttribute("aria-hidden", "true");
    for (const strip of root.querySelectorAll(".strip svg")) strip.setAttribute("preserveAspectRatio", "none");
    for (const scrolled of root.querySelectorAll("pre, .values, div.math")) {
      if (!scrolled.matches(".math") || scrolled.scrollWidth > scrolled.clientWidth) scrolled.tabIndex = 0;
      if (scrolled.matches("pre")) scrolled.setAttribute("role", "group");
    }
    for (const fold of root.querySelectorAll("details[data-benchmark]")) {
      const show = () => fold.open && fill(fold.lastElementChild, "benchmark_" + fold.dataset.benchmark);
      fold.addEventListener("toggle", show);
      show();
    }
    for (const figure of root.querySelectorAll(".code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", () => copy(figure, button));
      figure.append(button);
    }
  };
  const copy = async (figure, button) => {
    try {
      await navigator.clipboard.writeText($("code", figure).textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren($("code", figure));
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  const open = (claim, wanted) => {
    if (wanted && !claim.detail.firstElementChild.firstChild) {
      fill(claim.detail.firstElementChild, "detail_" + claim.number);
      prepare(claim.detail);
    }
    claim.detail.hidden = !wanted || claim.row.hidden;
    claim.opened = wanted;
    claim.row.classList.toggle("opened", wanted);
    claim.button.setAttribute("aria-expanded", String(wanted));
  };

  const matches = claim => {
    const words = controls.q.value.toLowerCase().split(/\s+/);
    return words.every(word => claim.text.includes(word))
      && (!controls.chapter.value || claim.chapter === controls.chapter.value)
      && (!controls.verdict.value || claim.verdict === controls.verdict.value)
      && (!controls.evidence.value || claim.evidence.includes(controls.evidence.value));
  };
  const filter = () => {
    let shown = 0;
    for (const claim of claims) {
      const match = matches(claim);
      claim.row.hidden = !match;
      claim.detail.hidden = !match || !claim.opened;
      shown += match;
    }
    $("#ui_shown").textContent = `${shown} of ${claims.length}`;
    $("#ui_nothing").hidden = shown > 0 || !claims.length;
  };
  const sort = () => {
    const key = controls.sort.value, sign = descending ? -1 : 1;
    const order = (a, b) => typeof a === "string" ? a.localeCompare(b) : a - b;
    const missing = claim => claim[key] === null;
    const sorted = [...claims].sort((a, b) => key
      ? (missing(a) - missing(b) || sign * order(a[key], b[key]) || a.number - b.number)
      : a.number - b.number);
    body.append(...sorted.flatMap(claim => [claim.row, claim.detail]));
    for (const head of document.querySelectorAll("th[data-sort]")) {
      if (head.dataset.sort === key) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };

  // The address keeps the state: #claim-id?q=...&verdict=...
  const remember = () => {
    const state = new URLSearchParams();
    for (const name of [...filters, "sort"]) if (controls[name].value) state.set(name, controls[name].value);
    if (descending) state.set("down", "1");
    const query = state.toString();
    history.replaceState(null, "", "#" + current + (query ? "?" + query : ""));
  };
  const recall = () => {
    const [id, query] = location.hash.slice(1).split("?");
    if (query !== undefined) {
      const state = new URLSearchParams(query);
      for (const name of [...filters, "sort"]) controls[name].value = state.get(name) || "";
      for (const name of [...filters, "sort"]) if (controls[name].selectedIndex === -1) controls[name].value = "";
      descending = state.has("down");
    }
    const claim = byId.get(id);
    if (claim && !matches(claim)) for (const name of filters) controls[name].value = "";
    sort();
    filter();
    if (claim) {
      current = claim.id;
      open(claim, true);
      claim.row.scrollIntoView();
      claim.button.focus({ preventScroll: true });
      remember();
    } else if (query !== undefined) $("#ui_claims").scrollIntoView();
  };

  const reorder = (key, down) => {
    controls.sort.value = key;
    descending = down;
    sort();
    remember();
  };
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const numeric = head.classList.contains("num");
    $("button", head).addEventListener("click", () => {
      const again = controls.sort.value === head.dataset.sort;
      reorder(head.dataset.sort, again ? !descending : numeric);
    });
  }
  controls.sort.addEventListener("change", () => reorder(controls.sort.value, ["worst", "seconds"].includes(controls.sort.value)));
  for (const name of filters) controls[name].addEventListener("input", () => { filter(); remember(); });
  $("#ui_clear").addEventListener("click", () => {
    for (const name of filters) controls[name].value = "";
    filter();
    remember();
    controls.q.focus();
  });
  $("#ui_all").addEventListener("click", event => {
    const wanted = event.target.getAttribute("aria-pressed") !== "true";
    for (const claim of claims) if (!claim.row.hidden || !wanted) open(claim, wanted);
    event.target.setAttribute("aria-pressed", String(wanted));
    event.target.textContent = wanted ? "Close all" : "Open all";
  });
  body.addEventListener("click", event => {
    const row = event.target.closest("tr.claim");
    if (!row || (event.target.closest("a, button") && !event.target.closest(".open"))) return;
    if (!event.target.closest(".open") && String(getSelection())) return;
    const claim = byId.get(row.id);
    open(claim, !claim.opened);
    current = claim.opened ? claim.id : "";
    remember();
  });
  body.addEventListener("mouseover", event => {
    const heat = event.target.closest(".heat");
    if (!heat || heat.dataset.told) return;
    const words = heat.getAttribute("aria-label").split(";\n");
    heat.querySelectorAll("i").forEach((cell, number) => { cell.title = words[number]; });
    heat.dataset.told = "1";
  });
  addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, select, textarea");
    if (event.key === "/" && !typing) { event.preventDefault(); controls.q.focus(); }
    if (event.key === "Escape" && event.target === controls.q) { controls.q.value = ""; filter(); remember(); }
  });
  addEventListener("hashchange", recall);

  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("dl-claims-theme"); } catch { return null; } };
  if (stored() === "light" || stored() === "dark") root.dataset.theme = stored();
  $("#ui_theme").addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    try { localStorage.setItem("dl-claims-theme", root.dataset.theme); } catch { /* private windows have no store */ }
  });

  prepare(document);
  recall();
  return { fill, prepare };
})();
