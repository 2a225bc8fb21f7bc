// The workbench of one problem: editor, draft, upload, and the verdict beside the code.

import { announce, announceResult, entitle } from "./announcer.js";
import { installKeys } from "./keys.js";
import { connectSettings } from "./editor_settings.js";
import { markSolved } from "./accepted.js";
import { follow } from "./live.js";
import { addOwnInput } from "./own_input.js";
import { makePanes } from "./panes.js";
import { installSnippets } from "./snippets.js";
import { offerStop } from "./stop.js";

const LARGEST_FILE_BYTES = 64 * 1024;
const bench = document.getElementById("bench");
const host = document.getElementById("editor");
const area = document.getElementById("source");
const output = document.getElementById("output");
const status = document.getElementById("message");
const paper = document.getElementById("paper");
const buttons = [...bench.querySelectorAll("button[name=action]")]; // none for those who must sign in first
const starter = area.dataset.starter;
const draftKey = `judge:draft:${bench.dataset.slug}`;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let stopFollowing = () => {};
let hideStop = () => {};

function say(text, isWrong = false) {
  status.textContent = text;
  announce(text);
  status.classList.toggle("wrong", isWrong);
}

// --- the draft stays in the browser; the unchanged starter is not kept

function keep(text) {
  entitle(""); // what was judged is not what is there now
  try {
    if (text === starter) localStorage.removeItem(draftKey);
    else localStorage.setItem(draftKey, text);
  } catch {
    say("Your draft isn't saved: this browser's storage is full or disabled", true);
  }
}

function firstText() {
  const isGiven = new URLSearchParams(location.search).has("from"); // an earlier submission was opened here
  return (!isGiven && localStorage.getItem(draftKey)) || area.value;
}

// --- the editor, or else the text area

function plainEditor() {
  area.value = firstText();
  area.addEventListener("input", () => keep(area.value));
  return {
    text: () => area.value,
    replace: (text) => ((area.value = text), keep(text)),
    mark: selectLine,
    clearMarks: () => {},
    focus: () => area.focus(),
    configure: async ({ wrap }) => area.style.setProperty("white-space", wrap ? "pre-wrap" : "pre"),
  };
}

function selectLine(line) {
  const lines = area.value.split("\n");
  const from = lines.slice(0, line - 1).join("\n").length + (line > 1);
  area.setSelectionRange(from, from + (lines[line - 1] ?? "").length);
}

async function richEditor() {
  const { mountEditor } = await import(bench.dataset.editor);
  const text = firstText();
  area.hidden = true;
  area.disabled = true; // the form's text comes from the editor now
  return mountEditor(host, {
    text,
    nonce: bench.dataset.nonce,
    completion: bench.dataset.completion,
    label: area.getAttribute("aria-label"),
    onChange: keep,
    onSubmit: () => send("submit"),
    onRun: () => send("run"),
  });
}

async function makeEditor() {
  if (!bench.dataset.editor) return plainEditor();
  try {
    return await richEditor();
  } catch (error) {
    console.warn("the editor did not load, a plain text area takes its place", error);
    return plainEditor();
  }
}

const editor = await makeEditor();
host.classList.add("ready");
connectSettings(editor, host);

// --- sending

const isBusy = () => buttons[0].getAttribute("aria-disabled") === "true";

function setBusy(isBusyNow) {
  for (const button of buttons) button.setAttribute("aria-disabled", isBusyNow); // a disabled button would lose the focus
}

async function send(action) {
  if (!buttons.length || isBusy()) return;
  stopFollowing();
  entitle("");
  editor.clearMarks();
  setBusy(true);
  const form = new FormData();
  form.set("source", editor.text());
  form.set("action", action);
  const isOwn = addOwnInput(form, action);
  say(isOwn ? "Running your input…" : action === "run" ? "Running the samples…" : "Submitting…");
  try {
    const answer = await fetch(bench.getAttribute("action"), { method: "POST", body: form, headers: { Accept: "application/json" } });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.detail || content.title || `the judge answered ${answer.status}`);
    show(content);
  } catch (error) {
    const isNetwork = error instanceof TypeError;
    say(isNetwork ? "The judge can't be reached. Your draft is saved; try again." : error.message, true);
    setBusy(false);
  }
}

function show({ page, live, html }) {
  const hadFocus = output.contains(document.activeElement);
  output.innerHTML = html; // drawn and escaped by the server
  output.scrollTop = 0;
  if (hadFocus) output.focus({ preventScroll: true });
  if (matchMedia("(max-width: 60rem)").matches) output.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  say("");
  hideStop = offerStop(document.getElementById("stop"), page, (trouble) => say(trouble, true));
  stopFollowing = follow(output, live, (result) => end(result, page), (trouble) => say(trouble, true));
}

function end(result, page) {
  hideStop();
  setBusy(false);
  announceResult(result);
  const link = document.createElement("a");
  link.href = page;
  link.textContent = "Open the full report";
  status.replaceChildren(link);
  status.classList.remove("wrong");
  markSolved(result);
  if (result.dataset.line) editor.mark(Number(result.dataset.line), result.dataset.message, result.textContent);
}

bench.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.submitter?.value ?? "submit");
});

// --- files and the starter

async function openFile(file) {
  if (file.size > LARGEST_FILE_BYTES) return say(`${file.name} has ${file.size.toLocaleString("en")} bytes; at most 65,536 are allowed`, true);
  try {
    editor.replace(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()));
    say(`Opened ${file.name}`);
  } catch {
    say(`${file.name} is not UTF-8 text`, true);
  }
}

document.getElementById("open").addEventListener("click", () => {
  const picker = bench.querySelector("input[type=file]");
  picker.onchange = () => picker.files[0] && openFile(picker.files[0]).then(() => (picker.value = ""));
  picker.click();
});
document.getElementById("reset").addEventListener("click", () => {
  if (editor.text() === starter || confirm("Reset to the starter code? Your draft will be deleted.")) {
    editor.clearMarks();
    editor.replace(starter);
    say("Reset to the starter code");
  }
});

const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
for (const type of ["dragenter", "dragover"]) {
  bench.addEventListener(type, (event) => holdsFiles(event) && (event.preventDefault(), host.classList.add("dropping")), true);
}
bench.addEventListener("dragleave", (event) => bench.contains(event.relatedTarget) || host.classList.remove("dropping"));
bench.addEventListener("drop", (event) => {
  host.classList.remove("dropping");
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.stopPropagation(); // the editor would insert the text where it was dropped
  openFile(event.dataTransfer.files[0]);
}, true);

makePanes(document.getElementById("main"), bench);
installKeys({ submit: () => send("submit"), run: () => send("run") });
document.querySelector(".skip[href='#source']").addEventListener("click", (event) => {
  event.preventDefault(); // its target is hidden where the editor has taken its place
  editor.focus();
});
addEventListener("beforeprint", () => (paper.textContent = editor.text())); // the editor holds only the lines in sight
installSnippets(document.getElementById("snippets"));
if (draftIsOpen()) say("Draft restored");

function draftIsOpen() {
  return editor.text() !== starter && editor.text() === localStorage.getItem(draftKey);
}
