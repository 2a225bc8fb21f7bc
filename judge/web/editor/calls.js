// The call around a place, the card of its signature while arguments are written, and cards of names under the pointer.

import { Prec, StateEffect, StateField } from "@codemirror/state";
import { hoverTooltip, keymap, showTooltip } from "@codemirror/view";
import { card } from "./card.js";
import { chainAt, meaning, textIn, treeOf } from "./meaning.js";
import { parameters } from "./names.js";
import { children, dotted } from "./tree.js";

const show = StateEffect.define();

/**
 * Return the innermost call whose arguments are around a place, or null.
 *
 * `chain` names what is called, `from` is where its arguments begin, `index` counts the commas before the place,
 * `keyword` names the argument there, `isValue` says that the place is behind its `=`, `given` lists all names there are.
 */
export function callAt(state, position) {
  const text = textIn(state);
  for (let node = treeOf(state).resolveInner(position, -1); node; node = node.parent) {
    if (["Body", "LambdaExpression"].includes(node.name)) return null;
    if (node.name !== "ArgList" || node.parent?.name !== "CallExpression") continue;
    if (position <= node.from || (position >= node.to && node.lastChild?.name === ")")) continue;
    const chain = dotted(node.parent.firstChild, text);
    return chain && { chain, from: node.from, ...argumentAt([...children(node)], position, text) };
  }
  return null;
}

function argumentAt(parts, position, text) {
  const before = parts.filter((part) => part.to <= position);
  const start = before.findLastIndex((part) => part.name === ",");
  const named = parts.slice(Math.max(start + 1, 1));
  const keyword = named[1]?.name === "AssignOp" ? text(named[0]) : "";
  const given = parts.filter((part, index) => parts[index + 1]?.name === "AssignOp" && part.to < position).map(text);
  const isValue = keyword !== "" && named[1].to <= position;
  return { index: before.filter((part) => part.name === ",").length, keyword, isValue, given };
}

/** Return the tooltip of the call around a place, or null if what is called is not known. */
function signatureHelp(state, names, position) {
  const call = callAt(state, position);
  const entry = call && meaning(state, names, call.chain, call.from);
  if (!entry?.signature) return null;
  const all = parameters(entry.signature).filter(({ text }) => text !== "/");
  const places = parameters(entry.signature);
  const chosen = call.keyword ? all.find(({ name }) => name === call.keyword) : positional(all, call.index);
  const active = chosen ? places.findIndex(({ text }) => text === chosen.text) : -1;
  return { pos: call.from, above: true, create: () => ({ dom: card(entry, active) }) };
}

function positional(all, index) {
  const rest = all.find(({ text }) => /^\*\w/.test(text));
  const chosen = all[index];
  return chosen?.isPositional && chosen.text !== "*" ? chosen : (rest ?? null);
}

/** Return the extension that shows the signature of a call; `names()` gives the table. Escape closes it. */
export function signatures(names) {
  const field = StateField.define({
    create: () => null,
    update(shown, transaction) {
      for (const effect of transaction.effects) if (effect.is(show)) return effect.value;
      const { state } = transaction;
      if (!transaction.docChanged && !transaction.selection) return shown;
      const isTyped = transaction.isUserEvent("input") || transaction.isUserEvent("delete");
      if (!shown && !transaction.isUserEvent("input")) return null;
      const next = signatureHelp(state, names(), state.selection.main.head);
      const isSame = shown && next && transaction.changes.mapPos(shown.pos) === next.pos;
      return isTyped || isSame ? next : null;
    },
    provide: (self) => showTooltip.from(self),
  });
  const ask = (view) => {
    const { state } = view;
    const head = state.selection.main.head;
    view.dispatch({ effects: show.of(signatureHelp(state, names(), head) ?? nameHelp(state, names(), head, -1)) });
    return true;
  };
  const close = (view) => {
    if (view.state.field(field)) view.dispatch({ effects: show.of(null) });
    return false; // the same key closes completions, too
  };
  return [field, keymap.of([{ key: "Mod-Shift-Space", run: ask }]), Prec.highest(keymap.of([{ key: "Escape", run: close }]))];
}

function nameHelp(state, names, position, side) {
  const found = chainAt(state, position, side);
  const entry = found && meaning(state, names, found.chain, position);
  if (!entry) return null;
  return { pos: found.node.from, end: found.node.to, above: true, create: () => ({ dom: card(entry) }) };
}

/** Return the extension that explains the name under the pointer. */
export function hovers(names) {
  return hoverTooltip((view, position, side) => nameHelp(view.state, names(), position, side));
}
