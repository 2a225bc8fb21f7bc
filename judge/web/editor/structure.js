// Errors that a parser does not see: statements in the wrong place, and targets that can't be assigned to.

import { DEEPEST, TooDeep, children } from "./tree.js";

const LITERALS = { Number: "a number", String: "a text", FormatString: "a text", Boolean: "`True` or `False`", None: "`None`", CallExpression: "what a call returns", BinaryExpression: "the result of an operation", UnaryExpression: "the result of an operation", Ellipsis: "`...`", LambdaExpression: "a function", ConditionalExpression: "the result of `if`", DictionaryExpression: "a dictionary" };
const LOOPS = new Set(["ForStatement", "WhileStatement"]);

/** Return the first such error as `{from, to, message}`, or null. */
export function structureFault(source, root) {
  let fault = null;
  const say = (node, message) => {
    if (!fault || node.from < fault.from) fault = { from: node.from, to: node.to, message };
  };
  const walk = (node, inside, depth) => {
    if (depth > DEEPEST) throw new TooDeep();
    CHECKS[node.name]?.(node, inside, say, source);
    for (const child of children(node)) walk(child, within(node, child, inside), depth + 1);
  };
  walk(root, { isFunction: false, isLoop: false }, 0);
  return fault;
}

function within(node, child, inside) {
  if (child.name !== "Body" && node.name !== "LambdaExpression") return inside;
  if (["FunctionDefinition", "LambdaExpression"].includes(node.name)) return { isFunction: true, isLoop: false };
  if (node.name === "ClassDefinition") return { isFunction: false, isLoop: false };
  if (!LOOPS.has(node.name)) return inside;
  let before = child.prevSibling;
  while (before && before.name === "Comment") before = before.prevSibling;
  return before?.name === "else" ? inside : { ...inside, isLoop: true }; // the `else` of a loop is outside of it
}

const CHECKS = {
  ReturnStatement: (node, inside, say) => inside.isFunction || say(node, "`return` is outside of a function"),
  YieldStatement: (node, inside, say) => inside.isFunction || say(node, "`yield` is outside of a function"),
  BreakStatement: (node, inside, say) => inside.isLoop || say(node, "`break` is outside of a loop"),
  ContinueStatement: (node, inside, say) => inside.isLoop || say(node, "`continue` is outside of a loop"),
  PrintStatement: (node, _, say, source) => /^print\s*(>>|\()/.test(source.slice(node.from, node.to)) || say(node, "`print` is a function: write `print(...)`"),
  Number: (node, _, say, source) => /^0[\d_]*[1-9][\d_]*$/.test(source.slice(node.from, node.to)) && say(node, "A whole number doesn't begin with 0"),
  AssignStatement: (node, _, say) => {
    const parts = [...children(node)];
    const last = parts.findLastIndex((part) => part.name === "AssignOp");
    parts.slice(0, Math.max(last, 0)).forEach((part) => target(part, say));
  },
  UpdateStatement: (node, _, say) => {
    const first = node.firstChild;
    if (first.name === "TupleExpression") say(first, "Only one value at a time can be updated");
    else target(first, say);
  },
  ArgList: (node, _, say, source) => {
    let hasKeyword = false;
    const parts = code(node);
    const isNamed = (part) => part?.name === "AssignOp" && source.slice(part.from, part.to) === "=";
    parts.forEach((part, index) => {
      const starts = index === 1 || parts[index - 1]?.name === ",";
      if (!starts || part.name === ")") return;
      if (part.name === "**" || isNamed(parts[index + 1])) hasKeyword = true;
      else if (hasKeyword && part.name !== "*" && part.name !== ",") say(part, "Arguments by position come before those by name");
    });
  },
  ParamList: (node, _, say, source) => {
    const names = new Set();
    const parts = code(node);
    let hasDefault = false;
    let isKeywordOnly = false;
    parts.forEach((part, index) => {
      isKeywordOnly ||= part.name === "*" || part.name === "**";
      if (part.name !== "VariableName" || parts[index - 1]?.name === "AssignOp") return;
      const name = source.slice(part.from, part.to);
      if (names.has(name)) say(part, `Two parameters are named \`${name}\``);
      names.add(name);
      const has = parts.slice(index + 1, index + 3).find((each) => each.name !== "TypeDef")?.name === "AssignOp";
      if (hasDefault && !has && !isKeywordOnly) say(part, "A parameter without a default can't follow one that has a default");
      hasDefault ||= has;
    });
  },
};

function code(node) {
  return [...children(node)].filter((child) => child.name !== "Comment");
}

function target(node, say) {
  if (node.name in LITERALS) say(node, `${LITERALS[node.name][0].toUpperCase()}${LITERALS[node.name].slice(1)} can't be assigned to`);
  else if (["TupleExpression", "ArrayExpression", "ParenthesizedExpression"].includes(node.name)) {
    for (const child of children(node)) target(child, say);
  }
}
