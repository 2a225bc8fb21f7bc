// Scripts of every page: light or dark, copy buttons, and links from a cell to its case.

const YEAR_SECONDS = 365 * 24 * 3600;

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

document.getElementById("theme")?.addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  document.cookie = `judge_theme=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`; // the server draws it next time
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.querySelector("[data-copy-label]");
  const text = button.closest(".copyable").querySelector("pre").innerText;
  try {
    await navigator.clipboard.writeText(text);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Copying failed";
  }
  setTimeout(() => (label.textContent = "Copy"), 1500);
});

// A cell of the strip opens its case, and the folds that the case is in.
document.addEventListener("click", (event) => {
  const name = event.target.closest("a[href^='#case-']")?.getAttribute("href").slice(1);
  let row = name && document.getElementById(name);
  while (row instanceof HTMLDetailsElement) {
    row.open = true;
    row = row.parentElement.closest("details");
  }
});
