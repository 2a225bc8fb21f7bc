// What follows a verdict: the comparison with the solution, fetched when it is opened; and the state of the problem.

async function compare(fold) {
  const address = fold.dataset.compare;
  delete fold.dataset.compare; // once
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const table = page.querySelector(".diff-frame");
    if (table) fold.querySelector(".inside").append(document.adoptNode(table));
  } catch {
    fold.dataset.compare = address; // the link beside it still leads there
  }
}

document.addEventListener("toggle", ({ target }) => target.open && target.dataset.compare && compare(target), true);

/** Say on the problem's page that it is solved, once the result says so. */
export function markSolved(result) {
  if (!result.querySelector("[data-solved]")) return;
  const badge = document.getElementById("state");
  badge?.removeAttribute("hidden");
  badge?.classList.replace("v-pending", "v-accepted");
  badge?.querySelector("use").setAttribute("href", badge.querySelector("use").getAttribute("href").replace(/#.*/, "#accepted"));
  badge?.querySelector("[data-word]").replaceChildren("Solved");
}
