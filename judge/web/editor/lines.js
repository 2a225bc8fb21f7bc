// Logical lines of a program, its brackets and its indentation, by the rules of Python's tokenizer.

const MASKED = new Set(["String", "FormatString", "Comment"]);
const CLOSING = { ")": "(", "]": "[", "}": "{" };
const TAB = 8;

/** Return the places of texts and comments, in which brackets and line ends mean nothing. */
export function masks(root) {
  const found = [];
  root.cursor().iterate((node) => {
    if (!MASKED.has(node.name)) return true;
    found.push({ from: node.from, to: node.to, isComment: node.name === "Comment" });
    return false;
  });
  return found;
}

/**
 * Split `source` into logical lines: `{from, to, indent, ends}`, where `ends` is the last character that is code.
 *
 * `fault` is the first bracket that fits nothing, or the outermost one that is never closed: `{from, to, message}`.
 */
export function readLines(source, root) {
  const lines = [];
  const open = [];
  let line = null;
  let fault = null;
  const token = (from, to, character) => {
    line ??= { from, to, ...indentation(source, from) };
    Object.assign(line, { to, ends: character });
  };
  const bracket = (at, character) => {
    if ("([{".includes(character)) return open.push({ at, character });
    const last = open.pop();
    if (last?.character === CLOSING[character] || fault) return undefined;
    const message = last ? `\`${character}\` doesn't close \`${last.character}\`${on(source, last.at)}` : `Nothing was opened for this \`${character}\``;
    fault = { from: at, to: at + 1, message };
    return undefined;
  };
  const plain = (from, to) => {
    for (let at = from; at < to; at++) {
      const character = source[at];
      if (character === "\n") {
        if (open.length || (source[at - 1] === "\\" && at > from) || !line) continue;
        lines.push(line);
        line = null;
      } else if (character === "\\" || /\s/.test(character)) continue;
      else {
        token(at, at + 1, character);
        if ("()[]{}".includes(character)) bracket(at, character);
      }
    }
  };
  let position = 0;
  for (const mask of masks(root)) {
    plain(position, mask.from);
    if (!mask.isComment) token(mask.from, mask.to, '"');
    position = mask.to;
  }
  plain(position, source.length);
  if (line) lines.push(line);
  if (!fault && open.length) {
    const { at, character } = open[0];
    fault = { from: at, to: at + 1, message: `This \`${character}\` is never closed` };
  }
  return { lines, fault };
}

function on(source, at) {
  return ` on line ${source.slice(0, at).split("\n").length}`;
}

function indentation(source, at) {
  const start = at && source.lastIndexOf("\n", at - 1) + 1;
  let indent = 0;
  let short = 0; // with a tab for one column: Python wants both to agree
  for (const character of source.slice(start, at)) {
    if (character === "\ufeff") continue; // a byte order mark
    indent = character === "\t" ? (Math.floor(indent / TAB) + 1) * TAB : character === "\f" ? 0 : indent + 1;
    short = character === "\f" ? 0 : short + 1;
  }
  return { indent, short };
}

/** Return the first line whose indentation Python refuses, as `{from, to, message}`, or null. */
export function indentationFault(source, lines) {
  const levels = [{ indent: 0, short: 0 }];
  let before = null;
  for (const line of lines) {
    const top = levels.at(-1);
    const opens = before?.ends === ":";
    const at = (message) => ({ from: line.from, to: Math.min(line.to, endOfLine(source, line.from)), message });
    if (Math.sign(line.indent - top.indent) !== Math.sign(line.short - top.short) && line.indent >= top.indent) {
      return at("Tabs and spaces are mixed in the indentation here");
    }
    if (opens && line.indent <= top.indent) {
      return at(`Expected an indented block below \`${word(source, before)}\`${on(source, before.from)}`);
    }
    if (!opens && line.indent > top.indent) return at("This line is indented, but nothing before it opens a block");
    if (opens) levels.push(line);
    while (levels.length > 1 && line.indent < levels.at(-1).indent) levels.pop();
    if (line.indent !== levels.at(-1).indent) return at("This indentation fits no block above");
    before = line;
  }
  if (before?.ends !== ":") return null;
  return { from: before.from, to: before.to, message: `Expected an indented block below \`${word(source, before)}\`` };
}

export function endOfLine(source, at) {
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end;
}

function word(source, line) {
  return /^\W*\w*/.exec(source.slice(line.from, line.to))[0];
}
