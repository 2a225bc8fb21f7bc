// What Python reads and the editor's parser does not: written in another words of the same length, so that places agree.

import { masks } from "./lines.js";

const same = (text) => " ".repeat(text.length);

// [what to look for outside of texts and comments, what stands there instead]
const REWRITINGS = [
  [/(?<![\w.])(\d[\d_]*)\.(?![\d\w.])|(?<![\w.])(\d[\d_]*)\.(?=[eEjJ])/g, (found) => found.replace(".", "0")], // 1. and 1.e-3
  [/\byield\b(?=[ \t]*(?:[\n)\]};,#]|$))/g, () => "...  "],
  [/\bfor\b[^\n]*?\bin\b/g, (found) => found.replaceAll("*", " ")], // for first, *rest in rows
  [/\[\s*\*(?!\*)/g, (found) => found.replace("*", " ")], // x[*names]
  [/^[ \t]*case\b[^\n]*/gm, (found) => found.replace(/\(\s*\)/g, same).replace(/\{\s*\}/g, (empty) => `[${empty.slice(1, -1)}]`)],
  [/\[[^[\]\n]*\]/g, (found) => found.replace(/,\s*\*(?!\*)/g, (star) => star.replace("*", " "))], // x[a, *names]
  [/\blambda\b[^:\n]*/g, (found) => found.replace(/,\s*\/\s*(,?)/, (all, comma) => comma.padStart(all.length))],
  [/\\\n(?=[ \t]*\n)/g, () => " \n"],
  [/^\ufeff/g, () => "\n"],
];

/** Return `source` in a form that the parser reads. What Python refuses stays as it is. */
export function readable(source, root) {
  const code = blanked(source, root);
  const text = source.split("");
  const put = (at, character) => (text[at] = character);
  for (const [pattern, write] of REWRITINGS) {
    for (const found of code.matchAll(pattern)) {
      const instead = write(found[0]);
      for (let at = 0; at < instead.length; at++) if (instead[at] !== found[0][at]) put(found.index + at, instead[at]);
    }
  }
  return text.join("");
}

/** Return `source` with texts as quotes and comments as spaces, line ends kept. */
function blanked(source, root) {
  let code = "";
  let position = 0;
  for (const mask of masks(root)) {
    code += source.slice(position, mask.from) + source.slice(mask.from, mask.to).replace(/[^\n]/g, mask.isComment ? " " : "'");
    position = mask.to;
  }
  return code + source.slice(position);
}
