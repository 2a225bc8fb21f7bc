// Says in words what a page shows: to assistive technology by one polite live region, and to all in the document's title.

const region = document.getElementById("announcer");
const title = document.title;

/** Announce `text` once. */
export function announce(text) {
  region.textContent = text;
}

/** Put a verdict in front of the title: `Wrong answer · Freeze the first layer · judge`. */
export function entitle(verdict) {
  document.title = verdict ? `${verdict} · ${title}` : title;
}

/** Announce the verdict of a result's element. */
export function announceResult(result) {
  announce(result.dataset.announcement);
  entitle(result.dataset.headline);
}
