// Marks in the text: the first syntax error, names that nothing defines, and what the judge said of a line.

import { ensureSyntaxTree, pythonLanguage } from "./python.js";
import { linter } from "@codemirror/lint";
import { BUILTINS } from "./builtins.js";
import { inline } from "./card.js";
import { marks, setMark } from "./marks.js";
import { Scopes } from "./scopes.js";
import { readSyntax } from "./syntax.js";
import { TooDeep } from "./tree.js";

const MOST_CHARACTERS = 64 * 1024; // as many bytes a source may have
const DELAY_MS = 350; // after the last key
const PARSE_MS = 40; // for what the editor has not parsed yet
const MOST_NAMES = 50; // that are marked
const IMPORTS = {
  jax: "import jax", jnp: "import jax.numpy as jnp", np: "import numpy as np", nnx: "from flax import nnx", optax: "import optax",
  lax: "from jax import lax", partial: "from functools import partial", functools: "import functools", math: "import math",
  dataclass: "from dataclasses import dataclass", dataclasses: "import dataclasses", numpy: "import numpy", flax: "import flax",
};

/** Return the faults of a program, as `{from, to, severity, message, fix}`; `root` is the tree that the editor has. */
function faults(source, root) {
  try {
    const read = readSyntax(source, root, (text) => pythonLanguage.parser.parse(text).topNode);
    if (read.fault) return [{ ...read.fault, severity: "error" }];
    if (!read.root) return [];
    const scopes = new Scopes(read.root, (node) => source.slice(node.from, node.to));
    return scopes.undefinedNames().slice(0, MOST_NAMES).map((use) => ({ from: use.from, to: use.to, severity: "warning", ...advice(use) }));
  } catch (error) {
    if (error instanceof TooDeep) return [];
    throw error;
  }
}

/** Return the faults of a program that is in no editor. */
export function check(source) {
  return source.length > MOST_CHARACTERS ? [] : faults(source, pythonLanguage.parser.parse(source).topNode);
}

function advice({ name, scope }) {
  const fix = Object.hasOwn(IMPORTS, name) ? IMPORTS[name] : "";
  if (fix) return { message: `\`${name}\` is not defined: \`${fix}\` is missing`, fix };
  const near = nearest(name, [...new Set([...scope.visible()].map(([each]) => each).concat(...BUILTINS))]);
  return { message: near ? `\`${name}\` is not defined. Did you mean \`${near}\`?` : `\`${name}\` is not defined` };
}

function nearest(name, known) {
  const most = name.length < 3 ? 0 : name.length < 6 ? 1 : 2;
  let best = "";
  let least = most + 1;
  for (const each of known) {
    if (Math.abs(each.length - name.length) >= least || each.startsWith("__")) continue;
    const far = distance(name, each);
    if (far < least) [best, least] = [each, far];
  }
  return best;
}

/** Count the edits between two names: letters put in, left out, changed, or swapped with their neighbour. */
function distance(a, b) {
  let [older, old] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], older[j - 2] + 1);
    }
    [older, old] = [old, row];
  }
  return old[b.length];
}

/** Return the place where an import statement belongs: before the first one, or below the text that opens the file. */
function importPlace(root, source) {
  let place = 0;
  for (let node = root.firstChild; node; node = node.nextSibling) {
    const text = source.slice(node.from, node.to);
    if (node.name === "ImportStatement" && !/^from\s+__future__/.test(text)) return node.from;
    const isOpening = node.name === "Comment" || /^\w*["']/.test(text) || node.name === "ImportStatement";
    if (!isOpening) return place;
    place = Math.min(node.to + 1, source.length);
  }
  return place;
}

function diagnostic(fault) {
  const { fix, ...shown } = fault;
  shown.renderMessage = () => {
    const text = document.createElement("span");
    text.append(...inline(fault.message));
    return text;
  };
  if (fix) shown.actions = [{ name: "Add it", apply: (view) => addImport(view, fix) }];
  return shown;
}

function addImport(view, line) {
  const source = view.state.doc.toString();
  const at = importPlace(ensureSyntaxTree(view.state, source.length, PARSE_MS)?.topNode ?? pythonLanguage.parser.parse(source).topNode, source);
  const isInside = at > 0 && source[at - 1] !== "\n";
  view.dispatch({ changes: { from: at, insert: `${isInside ? "\n" : ""}${line}\n` }, userEvent: "input.fix" });
}

function look({ state }) {
  const source = state.doc.toString();
  const tree = source.length > MOST_CHARACTERS ? null : ensureSyntaxTree(state, source.length, PARSE_MS);
  const said = state.field(marks);
  const lineOf = (place) => state.doc.lineAt(Math.min(place, source.length)).number;
  const marked = new Set(said.map((mark) => lineOf(mark.from)));
  const head = state.selection.main.head;
  const found = tree ? faults(source, tree.topNode) : [];
  const isBeingWritten = (fault) => fault.severity === "warning" && fault.to === head; // the end of the word is still open
  const shown = found.filter((fault) => !isBeingWritten(fault) && !(fault.severity === "error" && marked.has(lineOf(fault.from))));
  return [...said, ...shown.map(diagnostic)];
}

function needsRefresh(update) {
  const said = update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(setMark)));
  return said || (update.selectionSet && !update.docChanged);
}

/** Return the extension that looks at the program after each pause of the keys. */
export function lint() {
  return linter(look, { delay: DELAY_MS, needsRefresh });
}
