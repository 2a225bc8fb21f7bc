// Keys that work anywhere on the problem's page, and the list of them. A Mac has Cmd where others have Ctrl.

const isMac = document.documentElement.dataset.keys === "mac";
const dialog = document.getElementById("keys");

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]:not([contenteditable='false'])") !== null;
}

/** Call `actions.submit` and `actions.run` by their keys, and open the list of keys by `?` or its button. */
export function installKeys(actions) {
  const byKey = { Enter: actions.submit, "'": actions.run };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || dialog.open) return; // the editor has handled it, or nobody should
    const isMod = isMac ? event.metaKey !== event.ctrlKey : event.ctrlKey && !event.metaKey; // a Mac has both keys
    if (isMod && !event.shiftKey && !event.altKey && event.key in byKey) {
      event.preventDefault();
      if (!event.repeat) byKey[event.key]();
    } else if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      event.preventDefault();
      dialog.showModal();
    }
  });
  document.getElementById("show-keys").addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside the list
  for (const button of document.querySelectorAll("[data-shortcut]")) {
    button.setAttribute("aria-keyshortcuts", `${isMac ? "Meta" : "Control"}+${button.dataset.shortcut}`);
  }
}
