// What the judge said of a line: marked at the column if it named one, until that line is edited.

import { StateEffect, StateField } from "@codemirror/state";

const NAMED = [/\bname '(\w+)'/, /\battribute '(\w+)'/, /\bargument '(\w+)'/, /\bmodule named '([\w.]+)'/, /\bKeyError: '(\w+)'/, /\bname '(\w+)' from/];
const MOST_REPORT = 200_000; // characters in which a column is looked for

export const setMark = StateEffect.define();

export const marks = StateField.define({
  create: () => [],
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMark)) return effect.value;
    if (!transaction.docChanged) return shown;
    const kept = shown.filter(({ line: [from, to] }) => !transaction.changes.touchesRange(from, to));
    const map = (place) => transaction.changes.mapPos(place);
    return kept.map((mark) => ({ ...mark, from: map(mark.from), to: map(mark.to), line: mark.line.map(map) }));
  },
});

/** Return the mark of an error in a line, which counts from 1; `report` is what the judge printed about it. */
export function markOf(doc, number, message, report = "") {
  const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
  const columns = underCaret(line.text, number, report) ?? ofName(line.text, message) ?? whole(line.text);
  return { from: line.from + columns[0], to: line.from + columns[1], line: [line.from, line.to], severity: "error", message };
}

/** Return the columns of the word above a traceback's `^`. */
function underCaret(text, number, report) {
  const found = new RegExp(`line ${number}\\n {4}(.*)\\n {4}( *)\\^`).exec(report.slice(0, MOST_REPORT));
  const indent = /^\s*/.exec(text)[0].length;
  if (!found || !text.slice(indent).startsWith(found[1].trimEnd().slice(0, 100))) return null;
  const at = Math.min(indent + found[2].length, text.trimEnd().length);
  const length = /^(?:\w+|\S)/.exec(text.slice(at))?.[0].length ?? 0;
  return length ? [at, at + length] : lastWord(text);
}

function ofName(text, message) {
  for (const pattern of NAMED) {
    const name = pattern.exec(message)?.[1];
    const at = name ? text.search(new RegExp(`\\b${name.replaceAll(".", "\\.")}\\b`)) : -1;
    if (at >= 0) return [at, at + name.length];
  }
  return null;
}

function lastWord(text) {
  const found = /(?:\w+|\S)\s*$/.exec(text);
  return found ? [found.index, text.trimEnd().length] : whole(text);
}

function whole(text) {
  return [/^\s*/.exec(text)[0].length, text.length];
}
