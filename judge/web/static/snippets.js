// Run buttons of a statement's snippets: what a snippet printed is shown below it.

import { announce } from "./announcer.js";
import { follow } from "./live.js";

const MOST_ANNOUNCED = 200; // characters

function show(output, text, isWrong = false) {
  output.textContent = text;
  output.classList.toggle("wrong", isWrong);
  output.hidden = false;
  announce(text.slice(0, MOST_ANNOUNCED));
}

/** Show what the snippet printed, taken from the result of its run; else how it ended. */
function showResult(output, result) {
  const printed = [...result.querySelectorAll("[data-printed] pre")].map((each) => each.textContent).join("");
  const traceback = result.querySelector("pre[aria-label=Traceback]")?.textContent;
  if (traceback || printed) show(output, [printed, traceback].filter(Boolean).join("\n"), Boolean(traceback));
  else show(output, result.dataset.verdict === "wrong_answer" ? "It printed nothing." : result.dataset.announcement, true);
}

async function run(form, button) {
  const output = button.closest(".snippet").querySelector(".snippet-output");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const end = () => button.setAttribute("aria-disabled", "false");
  show(output, "Running…");
  try {
    const body = new URLSearchParams({ number: button.value });
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.detail || content.title || `the judge answered ${answer.status}`);
    const root = document.createElement("div");
    root.innerHTML = '<div id="result"></div>';
    follow(root, content.live, (result) => (end(), showResult(output, result)), (trouble) => trouble && show(output, trouble, true));
  } catch (error) {
    end();
    show(output, error instanceof TypeError ? "The judge can't be reached; try again." : error.message, true);
  }
}

/** Let the buttons of `form`, which stand in the statement, run their snippets in place. */
export function installSnippets(form) {
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form, event.submitter);
  });
}
