// Follows a submission while it is judged: the server sends pieces of the page, and each replaces the element with its id.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

function put(root, html) {
  const template = document.createElement("template");
  template.innerHTML = html; // drawn and escaped by the server; the page's policy runs no script in it
  for (const piece of [...template.content.children]) {
    const old = root.querySelector(`#${CSS.escape(piece.id)}`);
    const hadFocus = old?.contains(document.activeElement);
    old?.replaceWith(piece);
    if (hadFocus) root.focus({ preventScroll: true }); // else it would be lost
  }
}

/**
 * Fill `root` from the event stream at `url` until the verdict is there, then call `onEnd` with the result's element.
 *
 * A stream that breaks is opened again, with growing pauses, for as long as the page is open. Returns a function that stops it early.
 */
export function follow(root, url, onEnd, onTrouble = () => {}) {
  let source;
  let timer;
  let pause = FIRST_PAUSE_MS;
  const stop = () => (clearTimeout(timer), source.close());
  const open = () => {
    source = new EventSource(url);
    source.addEventListener("piece", (event) => {
      pause = FIRST_PAUSE_MS;
      onTrouble("");
      put(root, event.data);
    });
    source.addEventListener("end", (event) => {
      stop();
      onTrouble("");
      put(root, event.data);
      onEnd(root.querySelector("#result"));
    });
    source.addEventListener("error", () => {
      source.close(); // the browser itself never reconnects after some answers, so we do
      onTrouble("The judge can't be reached; trying again…");
      timer = setTimeout(open, pause);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    });
  };
  open();
  return stop;
}
