"use strict";
const page = (() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const index = JSON.parse($("#ui_index").textContent);
  const filters = ["q", "chapter", "verdict", "evidence", "place", "dtype", "operation"];
  const controls = Object.fromEntries([...filters, "sort"].map(name => [name, document.getElementById("ui_" + name)]));
  const body = $(".list > tbody");
  const claims = index.claims.map((entry, number) => {
    const row = document.getElementById(entry.id), detail = document.getElementById("open_" + number);
    const text = [entry.id, entry.title, ...entry.operations].join(" ").toLowerCase();
    return { ...entry, number, text, row, detail, button: $(".open", row) };
  });
  const byId = new Map(claims.map(claim => [claim.id, claim]));
  let current = "", descending = false;

  // The text of a claim lies compressed in an inert script element until it is opened: a large page stays quick.
  const fill = async (target, source) => {
    if (target.dataset.filled) return false;
    target.dataset.filled = "1";
    const packed = Uint8Array.from(atob(document.getElementById(source).textContent), letter => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    target.innerHTML = await new Response(stream).text();
    return true;
  };
  const furnish = root => {
    prepare(root);
    for (const fold of root.querySelectorAll("details[data-benchmark]")) {
      const show = () => fold.open && fill(fold.lastElementChild, "benchmark_" + fold.dataset.benchmark);
      fold.addEventListener("toggle", show);
      show();
    }
  };

  const open = (claim, wanted) => {
    if (wanted) fill(claim.detail.firstElementChild, "detail_" + claim.number).then(made => made && furnish(claim.detail));
    claim.detail.hidden = !wanted || claim.row.hidden;
    claim.opened = wanted;
    claim.row.classList.toggle("opened", wanted);
    claim.button.setAttribute("aria-expanded", String(wanted));
  };

  const measured = (claim, { place, dtype, evidence }) => claim.cells.some((outcome, position) =>
    (!place || index.places[Math.floor(position / index.dtypes.length)] === place)
    && (!dtype || index.dtypes[position % index.dtypes.length] === dtype)
    && (evidence ? index.outcomes[outcome] === evidence : index.measured[outcome]));
  const matches = claim => {
    const asked = Object.fromEntries(filters.map(name => [name, controls[name].value]));
    return asked.q.toLowerCase().split(/\s+/).every(word => claim.text.includes(word))
      && (!asked.chapter || claim.chapter === asked.chapter)
      && (!asked.verdict || claim.verdict === asked.verdict)
      && (!asked.operation || claim.operations.some(name => name.startsWith(asked.operation)))
      && (!(asked.place || asked.dtype || asked.evidence) || measured(claim, asked));
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
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.target.matches?.(".open")) {
      const shown = [...body.querySelectorAll("tr.claim:not([hidden]) .open")];
      shown[shown.indexOf(event.target) + step]?.focus();
      event.preventDefault();
    }
  });
  addEventListener("hashchange", recall);

  // Errors in ulps: a tbody a function, which sorts with its detail.
  const functions = $("table.ulps");
  const bodies = functions ? [...functions.tBodies] : [];
  const heads = functions ? [...functions.tHead.rows[0].cells] : [];
  for (const [column, head] of heads.entries()) {
    $("button", head).addEventListener("click", () => {
      const now = head.getAttribute("aria-sort"), numeric = head.classList.contains("num");
      const down = now ? now === "ascending" : numeric;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = part => part.rows[0].cells[column].dataset.v;
      const order = (a, b) => numeric ? value(a) - value(b) : value(a).localeCompare(value(b));
      functions.append(...[...bodies].sort((a, b) => (down ? -1 : 1) * order(a, b)));
    });
  }
  for (const [number, part] of bodies.entries()) {
    const [row, detail] = part.rows, button = $(".open", row);
    row.addEventListener("click", event => {
      if (!event.target.closest(".open") && String(getSelection())) return;
      detail.hidden = !detail.hidden;
      row.classList.toggle("opened", !detail.hidden);
      button.setAttribute("aria-expanded", String(!detail.hidden));
      fill(detail.firstElementChild, "ulps_" + number).then(made => made && prepare(detail));
    });
  }

  furnish(document);
  recall();
  return { fill, prepare };
})();
