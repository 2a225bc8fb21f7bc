// What a name in the editor stands for: an entry of the table, or a function or class of the program itself.

import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import { Scopes } from "./scopes.js";
import { childOf, dotted, enclosing } from "./tree.js";

const PARSE_MS = 50; // for what the editor has not parsed yet
const scopesOf = new WeakMap(); // by tree
const MOST_SIGNATURE = 400; // characters of a function of the program

/** Return the tree of what is in the editor, of the whole of it if there is time. */
export function treeOf(state) {
  return ensureSyntaxTree(state, state.doc.length, PARSE_MS) ?? syntaxTree(state);
}

/** Return the scopes of what is in the editor; null for a program that is nested too deeply. */
export function scopes(state) {
  const tree = treeOf(state);
  if (!scopesOf.has(tree)) {
    let found = null;
    try {
      found = new Scopes(tree.topNode, textIn(state));
    } catch {
      // TooDeep, or a program in the middle of being written
    }
    scopesOf.set(tree, found);
  }
  return scopesOf.get(tree);
}

/** Return a function that gives the text of a node. */
export function textIn(state) {
  return (node) => state.sliceDoc(node.from, node.to);
}

/** Return the path of a module or of one of its members behind a chain of names at a place; an empty text for others. */
export function pathOf(state, chain, position) {
  const binding = scopes(state)?.at(position).find(chain[0]);
  return binding?.kind === "import" ? [binding.path, ...chain.slice(1)].join(".") : "";
}

/** Return `{path, kind, signature, summary}` of a chain of names, or null. `names` may be null. */
export function meaning(state, names, chain, position) {
  const path = pathOf(state, chain, position);
  if (path) return names?.find(path) ?? null;
  const binding = chain.length === 1 ? scopes(state)?.at(position).find(chain[0]) : null;
  return binding?.node && ["function", "class"].includes(binding.kind) ? own(state, binding, chain[0]) : null;
}

/** Return the chain of names around a place, up to the name that is there: `jax.tree` of `jax.tree.map` over `tree`. */
export function chainAt(state, position, side = -1) {
  const node = treeOf(state).resolveInner(position, side);
  if (!["VariableName", "PropertyName"].includes(node.name)) return null;
  const chain = node.parent.name === "Decorator" ? inDecorator(state, node) : dotted(node.name === "PropertyName" ? node.parent : node, textIn(state));
  return chain && { chain, node };
}

function inDecorator(state, node) {
  const chain = [];
  for (let at = node; at && at.name !== "At"; at = at.prevSibling) if (at.name === "VariableName") chain.unshift(state.sliceDoc(at.from, at.to));
  return chain;
}

function own(state, { node, kind }, name) {
  const definition = enclosing(node, "FunctionDefinition", "ClassDefinition");
  const body = definition && childOf(definition, "Body");
  if (!body) return null;
  const made = kind === "class" ? initializer(state, body) : definition;
  const list = made && childOf(made, "ParamList");
  let signature = list ? state.sliceDoc(list.from, list.to).replace(/#.*$/gm, "").replace(/\s+/g, " ") : "()";
  if (kind === "class") signature = signature.replace(/^\(\s*self\s*(,\s*|(?=\)))/, "(");
  return { path: name, kind, signature: signature.slice(0, MOST_SIGNATURE), summary: docstring(state, body) };
}

function initializer(state, body) {
  for (let child = body.firstChild; child; child = child.nextSibling) {
    const name = child.name === "FunctionDefinition" && childOf(child, "VariableName");
    if (name && state.sliceDoc(name.from, name.to) === "__init__") return child;
  }
  return null;
}

function docstring(state, body) {
  const first = body.firstChild?.nextSibling;
  const node = first?.name === "ExpressionStatement" && first.firstChild;
  if (node?.name !== "String") return "";
  const text = state.sliceDoc(node.from, node.to).replace(/^\w*('''|"""|'|")|('''|"""|'|")$/g, "");
  return text.trim().split("\n")[0].trim();
}
