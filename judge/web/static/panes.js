// The panes of the workbench: their two splitters, the result in full height, and room for a keyboard on the screen.

import { makeSplitter } from "./splitter.js";

export function makePanes(main, bench) {
  makeSplitter(main.querySelector(".splitter[aria-orientation=vertical]"), main, "--left", "judge:left");
  makeSplitter(bench.querySelector(".splitter[aria-orientation=horizontal]"), bench, "--low", "judge:low");
  makeFullHeight(bench, document.getElementById("fill"));
  makeRoomForTheKeyboard();
}

function makeFullHeight(bench, button) {
  const isFull = () => button.getAttribute("aria-pressed") === "true";
  const fill = (full) => {
    button.setAttribute("aria-pressed", full);
    bench.classList.toggle("filled", full);
  };
  button.addEventListener("click", () => fill(!isFull()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isFull() && !event.defaultPrevented && !document.querySelector("dialog[open]")) fill(false);
  });
  // The link to the editor can focus it only while it is shown, so this comes before the link's own listener.
  document.querySelector(".skip[href='#source']").addEventListener("click", () => fill(false), true);
}

// Some browsers lay a keyboard over the page instead of making the page smaller.
function makeRoomForTheKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const measure = () => {
    const isZoomed = Math.abs(seen.scale - 1) > 0.01; // two fingers, and no keyboard
    const hidden = isZoomed ? 0 : Math.max(0, Math.round(window.innerHeight - seen.offsetTop - seen.height));
    document.documentElement.style.setProperty("--keyboard", `${hidden}px`);
  };
  seen.addEventListener("resize", measure);
  seen.addEventListener("scroll", measure);
}
