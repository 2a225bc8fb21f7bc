// The card that explains a name: its signature, and the first line of its documentation.

import { parameters } from "./names.js";

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Return text with what is in backticks as code. */
export function inline(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", "", part) : part));
}

/** Return the card of an entry; the parameter at `active` is emphasized. */
export function card({ path, kind, signature, summary }, active = -1) {
  const line = element("div", "cm-card-signature", element("span", "cm-card-path", path));
  if (signature) {
    line.append("(");
    parameters(signature).forEach(({ text }, index) => {
      line.append(index ? ", " : "", index === active ? element("strong", "", text) : text);
    });
    line.append(")");
  } else if (kind === "namespace") line.append(element("span", "cm-card-kind", " module"));
  return element("div", "cm-card", line, ...(summary ? [element("div", "cm-card-summary", ...inline(summary))] : []));
}
