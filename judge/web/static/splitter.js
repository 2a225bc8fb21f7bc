// A bar between two panes: dragged, or moved by the keys of a separator; its place is remembered.

const STEP = 2; // percent, by one press of an arrow key
const KEYS = { vertical: ["ArrowLeft", "ArrowRight"], horizontal: ["ArrowDown", "ArrowUp"] };

function remember(key, percent) {
  try {
    localStorage.setItem(key, percent);
  } catch {
    // storage is full or disabled: it stays until the page is left
  }
}

function remembered(key) {
  try {
    return Number(localStorage.getItem(key));
  } catch {
    return 0;
  }
}

/**
 * Let `bar` divide `whole`. The size of the pane on its left (vertical bar) or below it (horizontal bar) is the custom
 * property `property` of the root, in percent; the bar's aria-valuemin, -valuemax and -valuenow are its bounds and its start.
 */
export function makeSplitter(bar, whole, property, key) {
  const direction = bar.getAttribute("aria-orientation");
  const [least, most, initial] = ["min", "max", "now"].map((name) => Number(bar.getAttribute(`aria-value${name}`)));
  const now = () => Number(bar.getAttribute("aria-valuenow"));
  const set = (percent) => {
    const size = Math.round(Math.min(most, Math.max(least, percent)) * 10) / 10;
    document.documentElement.style.setProperty(property, `${size}%`);
    bar.setAttribute("aria-valuenow", Math.round(size));
    remember(key, size);
  };
  const at = (event) => {
    const box = whole.getBoundingClientRect();
    return direction === "vertical" ? (event.clientX - box.left) / box.width : (box.bottom - event.clientY) / box.height;
  };
  if (remembered(key)) set(remembered(key));
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault(); // no text is selected
    bar.focus({ preventScroll: true });
  });
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) set(at(event) * 100);
  });
  bar.addEventListener("dblclick", () => set(initial));
  bar.addEventListener("keydown", (event) => {
    const [smaller, larger] = KEYS[direction];
    const places = { [smaller]: now() - STEP, [larger]: now() + STEP, Home: least, End: most };
    if (!(event.key in places) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    set(places[event.key]);
  });
}
