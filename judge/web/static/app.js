// What every page does: light or dark, copy buttons, and the way to a case from its cell.

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
    label.textContent = "Not allowed";
  }
  setTimeout(() => (label.textContent = "Copy"), 1500);
});

// A cell of the strip leads to its case, opened.
document.addEventListener("click", (event) => {
  const name = event.target.closest("a[href^='#case-']")?.getAttribute("href").slice(1);
  const row = name && document.getElementById(name);
  if (row instanceof HTMLDetailsElement) row.open = true;
});
