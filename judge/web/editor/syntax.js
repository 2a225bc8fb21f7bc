// The first syntax error of a program, in plain English, at its place. Nothing is found where Python finds nothing.

import { endOfLine, indentationFault, readLines } from "./lines.js";
import { readable } from "./readable.js";
import { structureFault } from "./structure.js";
import { enclosing } from "./tree.js";

const BLOCK = /^(?:async\s+)?(if|elif|else|for|while|def|class|with|try|except|finally|match|case)\b/;
const UNFINISHED = "This line ends before it is complete";
const LISTS = { ArgList: "arguments", ParamList: "parameters", TupleExpression: "values", ArrayExpression: "values", DictionaryExpression: "entries", SetExpression: "values" };
const ELSEWHERE = { "++": "x += 1", "--": "x -= 1", "&&": "and", "||": "or", "!": "not", "?": "a if b else c" };

/**
 * Return the first error, `fault: {from, to, message}` or null, and the tree that was read, `root`: null if it is not whole.
 *
 * `parse` makes a tree of a text; `root` is the tree of `source`, which may hold errors where only the parser has them.
 */
export function readSyntax(source, root, parse) {
  let { error, texts } = look(root);
  if (error) {
    const text = readable(source, root);
    if (text !== source) ({ error, texts } = look((root = parse(text))));
  }
  const isKnown = error && !isUnread(error, source);
  const fault = firstFault(source, root, isKnown ? error : null, texts) ?? (error ? null : structureFault(source, root));
  return { fault, root: fault || error ? null : root };
}

/** Return the parser's first error, from which later ones often follow, and the places of all texts. */
function look(root) {
  let error = null;
  const texts = [];
  root.cursor().iterate((node) => {
    if (node.type.isError) error ??= node.node;
    else if (node.name === "String" || node.name === "FormatString") texts.push({ from: node.from, to: node.to });
  });
  return { error, texts };
}

function firstFault(source, root, error, texts) {
  const { lines, fault } = readLines(source, root);
  const text = unfinishedText(source, texts);
  const bracket = error || text ? fault : null;
  const found = [text, bracket];
  if (!text && !bracket) {
    const indent = indentationFault(source, lines);
    const other = error ? explained(source, error, lines) : null;
    found.push(indent, indent && other?.message === UNFINISHED ? null : other); // a block that is missing ends a line too early
  }
  return found.filter(Boolean).sort((a, b) => a.from - b.from)[0] ?? null;
}

/** Whether an error is the parser's own: targets of `with`, raw format strings, stars, decorators that are no names. */
function isUnread(node, source) {
  if (enclosing(node, "FormatString", "Decorator", "DecoratedStatement")) return true;
  if (source[node.from] === "*" && enclosing(node, "MemberExpression")) return true;
  const before = node.prevSibling ?? node.parent?.prevSibling;
  return before?.name === "WithStatement" || enclosing(node, "WithStatement")?.to >= node.from;
}

function unfinishedText(source, texts) {
  for (const node of texts) {
    const text = source.slice(node.from, node.to);
    const quote = /^[a-z]{0,2}('''|"""|'|")/i.exec(text);
    if (!quote) continue;
    const rest = text.slice(quote[0].length);
    if (rest.endsWith(quote[1]) && !(quote[1].length === 1 && /(?<!\\)\n/.test(rest))) continue;
    const to = Math.min(node.to, endOfLine(source, node.from));
    return { from: node.from, to, message: `This text has no closing \`${quote[1]}\`` };
  }
  return null;
}

/** Say in words why the parser stumbled. */
function explained(source, node, lines) {
  const { from, to } = node;
  const line = lines.findLast((each) => each.from <= from) ?? { from: 0, to: source.length };
  const code = source.slice(line.from, line.to);
  const keyword = BLOCK.exec(code)?.[1];
  const isLast = from >= line.to;
  const token = /^(?:\w+|\S)/.exec(source.slice(from))?.[0] ?? "";
  const at = isLast ? { from: Math.max(line.from, line.to - 1), to: line.to } : { from, to: Math.max(to, from + (token.length || 1)) };
  const say = (message, place = at) => ({ ...place, message });
  if (/^else\s+if\b/.test(code)) return say("Python spells `else if` as `elif`", { from: line.from, to: line.from + /^else\s+if/.exec(code)[0].length });
  for (const [sign, instead] of Object.entries(ELSEWHERE)) {
    const start = source.slice(from - sign.length, from) === sign ? from - sign.length : source.startsWith(sign, from - 1) ? from - 1 : source.startsWith(sign, from) ? from : -1;
    if (start >= line.from) return say(`Python has no \`${sign}\`: write \`${instead}\``, { from: start, to: start + sign.length });
  }
  if (token === "=" && ["if", "elif", "while"].includes(keyword)) return say("`=` assigns: write `==` to compare");
  if (keyword && !hasColon(code)) return say(`Expected \`:\` at the end of this \`${keyword}\` line`, { from: Math.max(line.from, line.to - 1), to: line.to });
  if (/^\w/.test(token) && node.parent?.name in LISTS) return say(`Is a comma missing before \`${token}\`? These are ${LISTS[node.parent.name]} of one list`);
  if (isLast || token === "") return say(UNFINISHED);
  return say(`Python doesn't expect \`${token}\` here`);
}

/** Whether a logical line has a colon outside its brackets and texts. */
function hasColon(code) {
  const plain = code.replace(/(['"])(?:\\.|(?!\1).)*\1/g, "").replace(/#.*/g, "").replace(/\blambda\b[^:]*:/g, "");
  let depth = 0;
  for (const character of plain) {
    depth += "([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0;
    if (character === ":" && depth === 0) return true;
  }
  return false;
}
