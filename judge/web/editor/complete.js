// Completion: members of the libraries' modules, keyword arguments, names of the program, builtins and keywords.

import { BUILTINS, KEYWORDS } from "./builtins.js";
import { callAt } from "./calls.js";
import { card } from "./card.js";
import { meaning, pathOf, scopes, treeOf } from "./meaning.js";
import { parameters } from "./names.js";

const WORD = /^\w*$/;
const MOST_DETAIL = 56; // characters beside a name
const NAMING = /(?:\b(?:def|class|as|for|lambda|global|nonlocal)\s+|,\s*)\w*$/;
const TYPES = { import: "namespace", parameter: "variable" };

/** Return the source of completions; `names()` gives the table, or null as long as it is not there. */
export function completions(names) {
  return (context) => {
    const { state, pos } = context;
    const node = treeOf(state).resolveInner(pos, -1);
    if (/String|Comment|Format(Spec|SelfDoc)/.test(node.name)) return null;
    const line = state.doc.lineAt(pos);
    const before = state.sliceDoc(line.from, pos);
    return inImport(before, pos, names()) ?? afterDot(state, before, pos, names()) ?? plain(context, before, names());
  };
}

function inImport(before, pos, names) {
  const member = /^\s*from\s+([\w.]+)\s+import\s+\(?(?:.*,)?\s*(\w*)$/.exec(before);
  if (member) return result(pos - member[2].length, members(names, member[1]));
  const module = /^\s*(?:from|import)\s+(?:.*,\s*)?([\w.]*)$/.exec(before);
  if (!module) return null;
  const packages = names ? [...new Set(names.paths.flatMap((path) => [path.split(".")[0], path]))] : [];
  const options = packages.map((label) => ({ label, type: "namespace" }));
  return { from: pos - module[1].length, options, validFor: /^[\w.]*$/ };
}

function afterDot(state, before, pos, names) {
  const found = /((?:[A-Za-z_]\w*\s*\.\s*)+)(\w*)$/.exec(before);
  if (!found) return /[\w)\]}"']\s*\.\s*\w*$/.test(before) ? result(pos, []) : null;
  const isPart = /[\w.)\]}"']\s*$/.test(before.slice(0, found.index)) && !/\b[a-z]+\s+$/.test(before.slice(0, found.index));
  const chain = found[1].split(".").map((name) => name.trim()).filter(Boolean);
  return result(pos - found[2].length, isPart ? [] : members(names, pathOf(state, chain, pos)));
}

function members(names, path) {
  return [...(names?.members(path) ?? [])].map(([label, entry]) => option(label, entry));
}

function option(label, entry) {
  const { signature } = entry;
  const detail = signature.length > MOST_DETAIL ? `${signature.slice(0, MOST_DETAIL - 1)}…` : signature;
  return { label, type: entry.kind, detail, info: () => card(entry), boost: entry.kind === "namespace" ? -1 : 0 };
}

function result(from, options) {
  return { from, options, validFor: WORD };
}

function plain(context, before, names) {
  const word = context.matchBefore(/[A-Za-z_]\w*/);
  if (!word && !context.explicit) return null;
  const { state, pos } = context;
  const call = callAt(state, pos);
  if (NAMING.test(before) && !call) return null;
  const from = word?.from ?? pos;
  const keywords = call ? keywordArguments(state, call, names) : [];
  return result(from, [...keywords, ...own(state, pos, names), ...builtins(before)]);
}

function keywordArguments(state, call, names) {
  const entry = meaning(state, names, call.chain, call.from);
  if (!entry || call.isValue) return [];
  return parameters(entry.signature)
    .filter(({ name, text }) => name && !text.startsWith("*") && !call.given.includes(name))
    .map(({ name, text }) => ({ label: `${name}=`, type: "property", detail: text.slice(name.length), boost: 3 }));
}

function own(state, pos, names) {
  const options = new Map();
  for (const [label, { kind, node }] of scopes(state)?.at(pos).visible() ?? []) {
    const isHere = node && node.from <= pos && pos <= node.to; // the word that is being written
    if (options.has(label) || !node || isHere) continue;
    const entry = meaning(state, names, [label], pos);
    options.set(label, { ...(entry ? option(label, entry) : { label, type: TYPES[kind] ?? kind }), boost: 2 });
  }
  return options.values();
}

function builtins(before) {
  const isException = /\b(?:raise|except)\b/.test(before);
  const known = [...BUILTINS].filter((label) => isException || !/(?:Error|Warning|Exit|Interrupt|Exception|Group|Iteration)$/.test(label));
  return [
    ...known.map((label) => ({ label, type: /^[A-Z]/.test(label) ? "class" : "function" })),
    ...KEYWORDS.map((label) => ({ label, type: "keyword", boost: -1 })),
  ];
}
