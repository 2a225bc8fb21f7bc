// The editor of the problem page: CodeMirror 6 for Python, coloured by the page's own style sheet.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { LanguageSupport, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import {
  EditorView, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers, rectangularSelection,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { markOf, marks, setMark } from "./marks.js";
import { pythonLanguage } from "./python.js";
import { theme } from "./theme.js";

// Characters that reverse or hide text are shown as a mark, so that code reads as it runs.
const BIDI_AND_INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function keys({ onSubmit, onRun }) {
  const handled = (act) => () => (act(), true);
  return Prec.highest(keymap.of([
    { key: "Mod-Enter", mac: "Cmd-Enter", run: handled(onSubmit), preventDefault: true },
    { key: "Mod-'", mac: "Cmd-'", run: handled(onRun), preventDefault: true },
    { mac: "Ctrl-Enter", run: handled(onSubmit), preventDefault: true }, // a Mac has both keys
    { mac: "Ctrl-'", run: handled(onRun), preventDefault: true },
  ]));
}

function extensions(options, parts) {
  return [
    keys(options), parts.vim.of([]), parts.wrap.of([]), parts.assistance.of([]), marks,
    lintGutter(), lineNumbers(), highlightSpecialChars({ addSpecialChars: BIDI_AND_INVISIBLE }), history(),
    drawSelection(), dropCursor(), rectangularSelection(), EditorState.allowMultipleSelections.of(true),
    indentUnit.of("    "), EditorState.tabSize.of(4), indentOnInput(), bracketMatching(), closeBrackets(),
    highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
    search({ top: true }), new LanguageSupport(pythonLanguage), syntaxHighlighting(classHighlighter), theme,
    EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
    EditorView.cspNonce.of(options.nonce),
    EditorView.updateListener.of((update) => update.docChanged && options.onChange(update.state.doc.toString())),
    keymap.of([
      ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap, indentWithTab,
    ]),
  ];
}

/** Let the editor help once the page has nothing else to do. Without that part of the bundle it works as before. */
function assistLater(view, part, url) {
  const idle = window.requestIdleCallback ?? ((act) => setTimeout(act, 200)); // Safari has none
  idle(async () => {
    try {
      const { assistance } = await import("./assist.js");
      view.dispatch({ effects: part.reconfigure(assistance(url)) });
      view.dom.dataset.assisted = "";
    } catch (error) {
      console.warn("the editor works without completion and checks", error);
    }
  }, { timeout: 3000 });
}

/**
 * Put an editor into `host`.
 *
 * `onChange(text)` is called after every edit, `onSubmit()` by Ctrl+Enter and `onRun()` by Ctrl+'; `completion` is the
 * URL of the table of names. The result reads and replaces the text, marks a line with an error (lines count from 1;
 * `report` is what the judge printed), takes the focus, and follows the reader's settings.
 */
export function mountEditor(host, options) {
  const parts = { vim: new Compartment(), wrap: new Compartment(), assistance: new Compartment() };
  const view = new EditorView({ doc: options.text, parent: host, extensions: extensions(options, parts) });
  const put = (found) => {
    view.dispatch({ effects: setMark.of(found) });
    view.dispatch(setDiagnostics(view.state, found));
  };
  const mark = (line, message, report) => {
    const found = markOf(view.state.doc, line, message, report);
    put([found]);
    const { top } = view.lineBlockAt(found.from);
    view.scrollDOM.scrollTop = top - view.scrollDOM.clientHeight / 2; // the page stays where it is: a phone shows the verdict
  };
  const configure = async ({ wrap, vim }) => {
    view.dispatch({ effects: parts.wrap.reconfigure(wrap ? EditorView.lineWrapping : []) });
    const keys = vim ? Prec.high((await import("./vim.js")).vim({ status: true })) : [];
    view.dispatch({ effects: parts.vim.reconfigure(keys) });
    view.requestMeasure(); // the size of the font may be another
  };
  assistLater(view, parts.assistance, options.completion);
  return {
    text: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    mark,
    clearMarks: () => put([]),
    focus: () => view.focus(),
    configure,
    hasVim: true,
  };
}
