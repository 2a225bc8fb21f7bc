// The language, without the completions that come along with it.
export { ensureSyntaxTree } from "@codemirror/language";
export { pythonLanguage } from "@codemirror/lang-python";
