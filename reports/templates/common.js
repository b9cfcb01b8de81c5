"use strict";
// What all pages do: code is copied, tables keep their meaning, and the theme follows the system or its button.
const copy = async (figure, button) => {
  try {
    await navigator.clipboard.writeText(figure.querySelector("code").textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(figure.querySelector("code"));
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
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
  for (const figure of root.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", () => copy(figure, button));
    figure.append(button);
  }
};

{
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("dl-claims-theme"); } catch { return null; } };
  if (stored() === "light" || stored() === "dark") root.dataset.theme = stored();
  document.getElementById("ui_theme").addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    try { localStorage.setItem("dl-claims-theme", root.dataset.theme); } catch { /* private windows have no store */ }
  });
}
