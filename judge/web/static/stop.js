// The Stop button of the workbench: shown while a submission waits or runs.

/**
 * Show `button` for the submission with this `page`, and stop it when pressed. Returns a function that hides it again.
 *
 * The page learns of the end as of every other: from the stream that it follows.
 */
export function offerStop(button, page, onTrouble) {
  if (!button) return () => {};
  const hide = () => {
    button.hidden = true;
    button.onclick = null;
    button.removeAttribute("aria-disabled");
  };
  button.onclick = async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true"); // not disabled: it keeps the focus
    try {
      const answer = await fetch(`${page}/stop`, { method: "POST", headers: { Accept: "application/json" } });
      if (answer.ok || answer.status === 409) return; // stopped, or its verdict was quicker
      const content = await answer.json();
      throw new Error(content.detail || `the judge answered ${answer.status}`);
    } catch (error) {
      button.removeAttribute("aria-disabled");
      onTrouble(error instanceof TypeError ? "The judge can't be reached; try again." : error.message);
    }
  };
  button.hidden = false;
  return hide;
}
