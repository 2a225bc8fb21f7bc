// The page of one submission: it is updated while it is judged, and completed once the verdict is there.

import { announce } from "./announcer.js";
import { follow } from "./live.js";

const panel = document.querySelector("[data-live]");

async function addTheRest(result) {
  document.getElementById("stop-form")?.remove();
  announce(result.dataset.announcement);
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = whole.title;
  const after = whole.getElementById("after");
  if (after) panel.parentElement.append(document.adoptNode(after));
  for (const part of whole.querySelectorAll("#source ~ section")) document.getElementById("source").parentElement.append(document.adoptNode(part));
  const line = whole.querySelector(".source tr.at")?.id;
  if (line) document.getElementById(line)?.classList.add("at");
}

if (panel?.dataset.live) follow(panel, panel.dataset.live, addTheRest);
