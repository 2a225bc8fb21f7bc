// The reader's settings of the editor, kept in the browser: size of the font, wrapping of lines, Vim's keys.

const KEY = "judge:editor";
const SIZES = { least: 12, most: 24 }; // pixels
const GAP = 6; // pixels between the button and the panel

const size = document.getElementById("setting-size");
const wrap = document.getElementById("setting-wrap");
const vim = document.getElementById("setting-vim");
const note = document.getElementById("settings-note");
const panel = document.getElementById("settings-panel");
const button = document.getElementById("editor-settings");

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY)) ?? {};
    const isSize = Number.isInteger(found.size) && found.size >= SIZES.least && found.size <= SIZES.most;
    return { size: isSize ? found.size : null, wrap: found.wrap === true, vim: found.vim === true };
  } catch {
    return { size: null, wrap: false, vim: false }; // nothing is kept, or not by this page
  }
}

function keep(settings) {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
    note.textContent = "";
  } catch {
    note.textContent = "These settings end with this page: the browser's storage is full or disabled";
  }
}

function place() {
  const { right, bottom } = button.getBoundingClientRect();
  panel.style.setProperty("top", `${bottom + GAP}px`);
  panel.style.setProperty("right", `${Math.max(GAP, document.documentElement.clientWidth - right)}px`);
}

/** Apply the settings that are kept to the editor in `host`, and those that are chosen from now on. */
export function connectSettings(editor, host) {
  const apply = async (settings) => {
    if (settings.size) host.style.setProperty("--code-size", `${settings.size}px`);
    else host.style.removeProperty("--code-size");
    try {
      await editor.configure(settings);
    } catch {
      vim.checked = false;
      note.textContent = "Vim's keys could not be loaded. Reload the page to try again";
    }
  };
  const first = kept();
  size.value = first.size ?? "";
  if (size.selectedIndex < 0) size.value = ""; // a size that is no longer offered
  wrap.checked = first.wrap;
  vim.checked = first.vim;
  vim.disabled = !editor.hasVim;
  apply(first);
  panel.addEventListener("change", () => {
    const chosen = { size: Number(size.value) || null, wrap: wrap.checked, vim: vim.checked };
    keep(chosen);
    apply(chosen);
  });
  panel.addEventListener("beforetoggle", (event) => event.newState === "open" && place());
}
