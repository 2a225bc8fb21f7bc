// What helps while a program is written; a part of the bundle that is loaded once the page is idle.

import { autocompletion } from "@codemirror/autocomplete";
import { hovers, signatures } from "./calls.js";
import { completions } from "./complete.js";
import { lint } from "./lint.js";
import { fetchNames } from "./names.js";

export { check } from "./lint.js";

/** Return the extensions; the table at `url` joins them when it is there. */
export function assistance(url) {
  let table = null;
  fetchNames(url).then((names) => (table = names));
  const names = () => table;
  return [
    signatures(names), // first: Escape closes its card together with the completions
    autocompletion({ icons: false, override: [completions(names)], maxRenderedOptions: 60 }),
    hovers(names), lint(),
  ];
}
