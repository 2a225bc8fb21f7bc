// What follows a verdict, drawn by the server: the next problem and the solution, or a hint after the same mistake.

/**
 * Put what follows the verdict of the submission at `page` below the head of `result`.
 *
 * Room for the head of it is kept at once, so that little moves when it comes.
 */
export async function showAfter(result, slug, page) {
  const place = document.createElement("section");
  place.className = "after-place";
  place.setAttribute("aria-label", "What comes next");
  const isAccepted = result.dataset.verdict === "accepted";
  const put = () => (result.querySelector("#verdict") ?? result.firstElementChild).after(place);
  if (isAccepted) put();
  try {
    const answer = await fetch(`/problems/${slug}/after?submission=${page.split("/").pop()}`);
    const html = answer.ok ? await answer.text() : "";
    if (!html.trim()) return place.remove();
    place.innerHTML = html; // drawn and escaped by the server
    if (!isAccepted) put();
  } catch {
    place.remove(); // the verdict is there; the page says the same after a reload
  }
}
