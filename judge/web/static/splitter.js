// The bar between the exercise and the editor: dragged, or moved by the arrow keys; its place is remembered.

const KEY = "judge:left";
const LEAST = 25; // percent of the width
const MOST = 70;
const STEP = 2;

export function makeSplitter(bar, split) {
  const set = (percent) => {
    const left = Math.round(Math.min(MOST, Math.max(LEAST, percent)) * 10) / 10;
    split.style.setProperty("--left", `${left}%`);
    bar.setAttribute("aria-valuenow", Math.round(left));
    localStorage.setItem(KEY, left);
  };
  const now = () => Number(bar.getAttribute("aria-valuenow"));
  const remembered = Number(localStorage.getItem(KEY));
  if (remembered) set(remembered);
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) set((event.clientX / split.clientWidth) * 100);
  });
  bar.addEventListener("dblclick", () => set(46));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    set(now() + step);
  });
}
