// Reads what the parser made of a program: nodes, their children, and the text between two places.

export const DEEPEST = 400; // nodes inside one another; deeper programs are not analysed

/** Thrown for a program that is nested more deeply than DEEPEST. */
export class TooDeep extends Error {}

/** Yield the children of a node, tokens included. */
export function* children(node) {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
}

/** Return the first child with one of the given names, or null. */
export function childOf(node, ...names) {
  for (const child of children(node)) if (names.includes(child.name)) return child;
  return null;
}

/** Return the nearest node around a node, itself included, that has one of the given names, or null. */
export function enclosing(node, ...names) {
  for (let at = node; at; at = at.parent) if (names.includes(at.name)) return at;
  return null;
}

/** Return the names that a chain like `jax.tree.map` consists of, or null for any other expression. */
export function dotted(node, text) {
  if (node.name === "VariableName") return [text(node)];
  if (node.name !== "MemberExpression" || !node.firstChild || node.lastChild.name !== "PropertyName") return null;
  const start = dotted(node.firstChild, text);
  return start && [...start, text(node.lastChild)];
}

/** Yield what an import statement binds: `name`, the dotted `path` behind it, and the `node` of the name. */
export function* imports(node, text) {
  const parts = [...children(node)];
  const isFrom = parts[0]?.name === "from";
  const split = isFrom ? parts.findIndex((part) => part.name === "import") : 0;
  const base = isFrom ? pathOf(parts.slice(1, split), text) : "";
  for (const item of separated(parts.slice(split + 1))) {
    const at = item.findIndex((part) => part.name === "as");
    const path = pathOf(at < 0 ? item : item.slice(0, at), text);
    const named = at < 0 ? item[0] : item[at + 1];
    if (!named) continue;
    if (named.name === "*") yield { name: "*", path: base, node: named };
    else if (named.name !== "VariableName") continue;
    else if (isFrom) yield { name: text(named), path: `${base}.${path}`, node: named };
    else yield { name: text(named), path: at < 0 ? text(named) : path, node: named };
  }
}

function pathOf(parts, text) {
  return parts.filter((part) => ["VariableName", "."].includes(part.name)).map(text).join("");
}

function separated(parts) {
  const items = [[]];
  for (const part of parts) {
    if (part.name === ",") items.push([]);
    else if (!"()".includes(part.name) && part.name !== "Comment") items.at(-1).push(part);
  }
  return items.filter((item) => item.length);
}
