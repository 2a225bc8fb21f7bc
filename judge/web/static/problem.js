// The workbench of one problem: editor, draft, upload, and the verdict beside the code.

import { markSolved } from "./accepted.js";
import { follow } from "./live.js";
import { makeSplitter } from "./splitter.js";

const LARGEST_FILE_BYTES = 64 * 1024;
const bench = document.getElementById("bench");
const host = document.getElementById("editor");
const area = document.getElementById("source");
const output = document.getElementById("output");
const status = document.getElementById("message");
const buttons = [...bench.querySelectorAll("button[name=action]")]; // none for those who must sign in first
const starter = area.dataset.starter;
const draftKey = `judge:draft:${bench.dataset.slug}`;
let stopFollowing = () => {};

function say(text, isWrong = false) {
  status.textContent = text;
  status.classList.toggle("wrong", isWrong);
}

// --- the draft stays in the browser; the unchanged starter is not kept

function keep(text) {
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
  area.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const action = { Enter: "submit", "'": "run" }[event.key];
    if (action) (event.preventDefault(), send(action));
  });
  return {
    text: () => area.value,
    replace: (text) => ((area.value = text), keep(text)),
    mark: selectLine,
    clearMarks: () => {},
    focus: () => area.focus(),
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

// --- sending

async function send(action) {
  if (!buttons.length || buttons[0].disabled) return;
  stopFollowing();
  editor.clearMarks();
  buttons.forEach((button) => (button.disabled = true));
  say(action === "run" ? "Running the samples…" : "Submitting…");
  const form = new FormData();
  form.set("source", editor.text());
  form.set("action", action);
  try {
    const answer = await fetch(bench.getAttribute("action"), { method: "POST", body: form, headers: { Accept: "application/json" } });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.detail || content.title || `the judge answered ${answer.status}`);
    show(content);
  } catch (error) {
    const isNetwork = error instanceof TypeError;
    say(isNetwork ? "The judge can't be reached. Your draft is saved; try again." : error.message, true);
    buttons.forEach((button) => (button.disabled = false));
  }
}

function show({ page, live, html }) {
  output.innerHTML = html; // drawn and escaped by the server
  output.scrollTop = 0;
  if (matchMedia("(max-width: 60rem)").matches) output.scrollIntoView({ behavior: "smooth" });
  say("");
  stopFollowing = follow(output, live, (result) => end(result, page), (trouble) => say(trouble, true));
}

function end(result, page) {
  buttons.forEach((button) => (button.disabled = false));
  const link = document.createElement("a");
  link.href = page;
  link.textContent = "Open the full report";
  status.replaceChildren(link);
  status.classList.remove("wrong");
  markSolved(result);
  if (result.dataset.line) editor.mark(Number(result.dataset.line), result.dataset.message);
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

makeSplitter(document.querySelector(".splitter"), document.getElementById("main"));
if (draftIsOpen()) say("Draft restored");

function draftIsOpen() {
  return editor.text() !== starter && editor.text() === localStorage.getItem(draftKey);
}
