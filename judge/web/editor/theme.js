// How the editor looks; colours are those of the page.

import { EditorView } from "@codemirror/view";

export const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--code-size)", color: "var(--text)", backgroundColor: "var(--code-bg)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { padding: "0.75rem 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 1rem 0 0.5rem" },
  ".cm-gutters": { backgroundColor: "var(--code-bg)", color: "var(--faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.6rem", padding: "0 0.5rem 0 0" },
  ".cm-gutter-lint": { width: "1.1rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  ".cm-activeLineGutter": { color: "var(--muted)" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--selection-soft)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".cm-specialChar": { color: "var(--bad)", backgroundColor: "var(--bad-bg)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--text)", fontFamily: "var(--sans)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button": {
    font: "inherit", fontSize: "0.85rem", color: "var(--text)", background: "var(--surface)",
    border: "1px solid var(--line-strong)", borderRadius: "6px", padding: "0.2rem 0.5rem",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line-strong)",
    borderRadius: "8px", overflow: "hidden", boxShadow: "var(--shadow)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", padding: "0.4rem 0.7rem" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--bad)" },
  ".cm-lintRange-error": {
    backgroundImage: "none", textDecoration: "underline wavy var(--bad) 1px", textUnderlineOffset: "3px",
  },
  ".cm-lint-marker-error": { content: "none", borderRadius: "50%", background: "var(--bad)", width: "0.55em", height: "0.55em" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--limit)" },
  ".cm-diagnostic code, .cm-card code": { fontFamily: "var(--mono)", fontSize: "0.92em" },
  ".cm-diagnosticAction": { font: "inherit", fontSize: "0.85em", borderRadius: "6px", padding: "0.1rem 0.5rem", color: "var(--on-accent)", backgroundColor: "var(--accent)" },
  ".cm-lintRange-warning": {
    backgroundImage: "none", textDecoration: "underline wavy var(--limit) 1px", textUnderlineOffset: "3px",
  },
  ".cm-lint-marker-warning": { content: "none", borderRadius: "50%", background: "var(--limit)", width: "0.55em", height: "0.55em" },
  ".cm-tooltip.cm-tooltip-autocomplete": { overflow: "visible" }, // the card stands beside it
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { borderRadius: "7px", fontFamily: "var(--mono)", fontSize: "0.84rem", maxWidth: "min(46rem, 92vw)", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { display: "flex", gap: "0.9rem", padding: "0.14rem 0.6rem" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "auto", overflow: "hidden", textOverflow: "ellipsis" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-tooltip.cm-completionInfo": { padding: "0", maxWidth: "min(30rem, 84vw)" },
  ".cm-card": { padding: "0.45rem 0.7rem", maxWidth: "min(34rem, 92vw)", fontSize: "0.84rem", lineHeight: "1.45" },
  ".cm-card-signature": { fontFamily: "var(--mono)", overflowWrap: "anywhere" },
  ".cm-card-path": { color: "var(--t-name)" },
  ".cm-card strong": { color: "var(--accent)", textDecoration: "underline", textUnderlineOffset: "3px" },
  ".cm-card-kind, .cm-card-summary": { color: "var(--muted)", fontFamily: "var(--sans)" },
  ".cm-card-summary": { marginTop: "0.25rem" },
  ".cm-vim-panel, .cm-vim-panel input": { fontFamily: "var(--mono)", fontSize: "0.84rem", color: "var(--text)" },
  ".cm-fat-cursor": { color: "var(--on-accent) !important", background: "var(--accent) !important" },
  "&:not(.cm-focused) .cm-fat-cursor": { background: "none !important", outline: "1px solid var(--accent) !important", color: "inherit !important" },
});
