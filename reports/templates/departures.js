(() => {
  const entries = [...document.querySelectorAll(".departure")];
  if (!entries.length) return;
  const issues = JSON.parse(document.getElementById("ui_issues").textContent);
  const buttons = [...document.querySelectorAll(".kinds button")];

  const fill = async entry => {
    const body = entry.lastElementChild;
    if (!entry.open || !await page.fill(body, "departure_body_" + entry.dataset.number)) return;
    page.prepare(body);
    body.querySelector(".copy_issue").addEventListener("click", event => copy(event.target));
  };
  const copy = async button => {
    const text = issues[button.dataset.issue];
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Without a clipboard the text is shown and selected, ready for the keyboard.
      const shown = button.parentNode.querySelector("pre") || document.createElement("pre");
      shown.textContent = text;
      button.after(shown);
      getSelection().selectAllChildren(shown);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy as issue"; }, 1500);
  };
  const show = kind => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
    for (const entry of entries) entry.hidden = Boolean(kind) && entry.dataset.kind !== kind;
    const shown = entries.filter(entry => !entry.hidden).length;
    document.getElementById("ui_departures_shown").textContent = `${shown} of ${entries.length}`;
  };
  const recall = () => {
    let id;
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const entry = entries.find(one => one.id === id);
    if (!entry) return;
    if (entry.hidden) show("");
    entry.open = true;
    fill(entry);
    entry.scrollIntoView();
  };

  for (const entry of entries) entry.addEventListener("toggle", () => fill(entry));
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.kind));
  addEventListener("hashchange", recall);
  recall();
})();
