// The editor of the problem page: CodeMirror 6 for Python, coloured by the page's own style sheet.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec } from "@codemirror/state";
import {
  EditorView, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers, rectangularSelection,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

// Characters that reverse or hide text are shown as a mark, so that code reads as it runs.
const BIDI_AND_INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const theme = EditorView.theme({
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
});

function keys({ onSubmit, onRun }) {
  const handled = (act) => () => (act(), true);
  return Prec.highest(keymap.of([
    { key: "Mod-Enter", run: handled(onSubmit), preventDefault: true },
    { key: "Mod-'", run: handled(onRun), preventDefault: true },
  ]));
}

function extensions(options) {
  return [
    keys(options),
    lintGutter(), lineNumbers(), highlightSpecialChars({ addSpecialChars: BIDI_AND_INVISIBLE }), history(),
    drawSelection(), dropCursor(), rectangularSelection(), EditorState.allowMultipleSelections.of(true),
    indentUnit.of("    "), EditorState.tabSize.of(4), indentOnInput(), bracketMatching(), closeBrackets(),
    autocompletion({ icons: false }), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
    search({ top: true }), python(), syntaxHighlighting(classHighlighter), theme,
    EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
    EditorView.cspNonce.of(options.nonce),
    EditorView.updateListener.of((update) => update.docChanged && options.onChange(update.state.doc.toString())),
    keymap.of([
      ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap,
      indentWithTab,
    ]),
  ];
}

/**
 * Put an editor into `host`.
 *
 * `onChange(text)` is called after every edit, `onSubmit()` by Ctrl+Enter and `onRun()` by Ctrl+'. The result reads and
 * replaces the text, marks a line with an error (lines count from 1), and takes the focus.
 */
export function mountEditor(host, options) {
  const view = new EditorView({ doc: options.text, parent: host, extensions: extensions(options) });
  const mark = (line, message) => {
    const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    const from = at.from + (/^\s*/.exec(at.text)?.[0].length ?? 0);
    view.dispatch(setDiagnostics(view.state, [{ from, to: at.to, severity: "error", message }]));
    view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "center" }) });
  };
  return {
    text: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    mark,
    clearMarks: () => view.dispatch(setDiagnostics(view.state, [])),
    focus: () => view.focus(),
  };
}
