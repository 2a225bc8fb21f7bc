// Scopes of a Python program: what each binds, and the names that nothing binds.

import { GIVEN, OF_CLASSES } from "./builtins.js";
import { Scope } from "./scope.js";
import { DEEPEST, TooDeep, childOf, children, imports } from "./tree.js";

const DYNAMIC = new Set(["exec", "globals", "locals", "vars", "__builtins__", "builtins", "NameError"]);
const CATCHING = new Set(["NameError", "Exception", "BaseException"]);
const COMPREHENSIONS = new Set([
  "ArrayComprehensionExpression", "SetComprehensionExpression", "DictionaryComprehensionExpression", "ComprehensionExpression",
]);

/** Walks a program once. `top` is its module's scope; `isDynamic` says that names may come from elsewhere. */
export class Scopes {
  constructor(root, text) {
    this.text = text;
    this.depth = 0;
    this.isDynamic = false;
    this.areAnnotationsTexts = false;
    this.top = new Scope("module", null, root.from, root.to);
    this.all(children(root), this.top);
  }

  /** Return the innermost scope around a place. */
  at(position) {
    let scope = this.top;
    for (;;) {
      const inner = scope.scopes.find((each) => each.from <= position && position <= each.to);
      if (!inner) return scope;
      scope = inner;
    }
  }

  /** Return uses of names that nothing binds, in the order of the text; none where names may come from elsewhere. */
  undefinedNames() {
    if (this.isDynamic) return [];
    const found = [];
    const look = (scope) => {
      for (const use of scope.uses) if (!GIVEN.has(use.name) && !scope.knows(use.name)) found.push({ ...use, scope });
      scope.scopes.forEach(look);
    };
    look(this.top);
    return found.sort((a, b) => a.from - b.from);
  }

  all(nodes, scope) {
    for (const node of nodes) this.visit(node, scope);
  }

  visit(node, scope) {
    if (!node) return; // a program that is being written lacks parts
    if (++this.depth > DEEPEST) throw new TooDeep();
    const special = this[node.name];
    if (special) special.call(this, node, scope);
    else if (COMPREHENSIONS.has(node.name)) this.comprehension([...children(node)], scope);
    else this.all(children(node), scope);
    this.depth--;
  }

  VariableName(node, scope) {
    const name = this.text(node);
    if (DYNAMIC.has(name)) this.isDynamic = true;
    if (!scope.isGuarded) scope.uses.push({ name, from: node.from, to: node.to });
  }

  // --- what binds

  target(node, scope) {
    if (!node) return;
    if (++this.depth > DEEPEST) throw new TooDeep();
    if (node.name === "VariableName") scope.bind(this.text(node), node);
    else if (["TupleExpression", "ArrayExpression", "ParenthesizedExpression"].includes(node.name)) {
      for (const child of children(node)) this.target(child, scope);
    } else this.visit(node, scope);
    this.depth--;
  }

  AssignStatement(node, scope) {
    const parts = [...children(node)];
    const last = parts.findLastIndex((part) => part.name === "AssignOp");
    parts.forEach((part, index) => {
      if (part.name === "TypeDef") this.annotation(part, scope);
      else if (index < last || last < 0) this.target(part, scope);
      else this.visit(part, scope);
    });
  }

  Decorator(node, scope) {
    let isMember = false; // the parser gives `@jax.jit` as names side by side
    for (const child of children(node)) {
      if (!isMember || child.name !== "VariableName") this.visit(child, scope);
      isMember = child.name === ".";
    }
  }

  UpdateStatement(node, scope) {
    this.target(node.firstChild, scope);
    this.all(children(node), scope);
  }

  DeleteStatement(node, scope) {
    for (const child of children(node)) this.target(child, scope); // deleting makes a name local, as assigning does
  }

  NamedExpression(node, scope) {
    this.walrus(node.firstChild, scope);
    this.all([...children(node)].slice(1), scope);
  }

  walrus(node, scope) {
    let outer = scope;
    while (outer.kind === "comprehension") outer = outer.parent;
    this.target(node, outer);
  }

  ForStatement(node, scope) {
    let isTarget = true;
    for (const child of children(node)) {
      if (child.name === "in") isTarget = false;
      else if (isTarget && !["for", "async"].includes(child.name)) this.target(child, scope);
      else this.visit(child, scope);
    }
  }

  WithStatement(node, scope) {
    let isTarget = false;
    for (const child of children(node)) {
      if (isTarget) this.target(child, scope);
      else this.visit(child, scope);
      isTarget = child.name === "as";
    }
  }

  TryStatement(node, scope) {
    const handlers = [...children(node)].filter((child) => !["try", "Body", "finally", "else"].includes(child.name));
    const names = new Set(handlers.map(this.text));
    const isGuarded = /\bexcept\s*:/.test(this.text(node)) || [...CATCHING].some((name) => names.has(name));
    let isTarget = false;
    let isFirst = true;
    for (const child of children(node)) {
      const before = scope.isGuarded;
      scope.isGuarded ||= isGuarded && isFirst && child.name === "Body"; // an undefined name there is caught
      if (isTarget) this.target(child, scope);
      else this.visit(child, scope);
      scope.isGuarded = before;
      isTarget = child.name === "as";
      isFirst &&= child.name !== "Body";
    }
  }

  ImportStatement(node, scope) {
    for (const { name, path, node: named } of imports(node, this.text)) {
      if (name === "*") this.isDynamic = true;
      else scope.bind(name, named, "import", path);
      if (path === "__future__.annotations") this.areAnnotationsTexts = true;
    }
  }

  ScopeStatement(node, scope) {
    const isGlobal = node.firstChild?.name === "global";
    for (const child of children(node)) {
      if (child.name !== "VariableName" || !isGlobal) continue;
      scope.globals.add(this.text(child));
      scope.module.bind(this.text(child), child);
    }
  }

  TypeDefinition(node, scope) {
    const name = childOf(node, "VariableName");
    if (name) scope.bind(this.text(name), name, "class");
    const inner = this.typeParameters(node, scope);
    this.all([...children(node)].filter((child) => child.name !== "TypeParamList" && child.from !== name?.from), inner);
  }

  // --- patterns of match

  CapturePattern(node, scope) {
    this.target(node.firstChild, scope);
  }

  AsPattern(node, scope) {
    const last = node.lastChild;
    for (const child of children(node)) if (child.from !== last?.from) this.visit(child, scope);
    this.target(last, scope);
  }

  KeywordPattern(node, scope) {
    this.all([...children(node)].slice(1), scope);
  }

  // --- scopes of their own

  FunctionDefinition(node, scope) {
    const name = childOf(node, "VariableName");
    if (name) scope.bind(this.text(name), name, "function");
    const outer = this.typeParameters(node, scope);
    const inner = new Scope("function", outer, node.from, node.to);
    for (const child of children(node)) {
      if (child.name === "ParamList") this.parameters(child, outer, inner);
      else if (child.name === "TypeDef") this.annotation(child, outer);
      else if (child.name === "Body") this.visit(child, inner);
    }
  }

  ClassDefinition(node, scope) {
    const name = childOf(node, "VariableName");
    if (name) scope.bind(this.text(name), name, "class");
    const outer = this.typeParameters(node, scope);
    const inner = new Scope("class", outer, node.from, node.to);
    OF_CLASSES.forEach((each) => inner.bind(each, null));
    for (const child of children(node)) {
      if (child.name === "ArgList") this.visit(child, outer);
      else if (child.name === "Body") this.visit(child, inner);
    }
  }

  LambdaExpression(node, scope) {
    const inner = new Scope("function", scope, node.from, node.to);
    for (const child of children(node)) {
      if (child.name === "ParamList") this.parameters(child, scope, inner);
      else this.visit(child, inner);
    }
  }

  ArgList(node, scope) {
    const parts = [...children(node)];
    if (parts.some((part) => part.name === "for")) return this.comprehension(parts, scope);
    parts.forEach((part, index) => {
      const sign = parts[index + 1]?.name === "AssignOp" && part.name === "VariableName" && this.text(parts[index + 1]);
      if (sign === ":=") this.walrus(part, scope);
      else if (!sign) this.visit(part, scope);
    });
  }

  comprehension(parts, scope) {
    const inner = new Scope("comprehension", scope, parts[0].from, parts.at(-1).to);
    inner.isGuarded = scope.isGuarded;
    let isTarget = false;
    let count = 0;
    for (const part of parts) {
      if (part.name === "for") (isTarget = true), count++;
      else if (part.name === "in") isTarget = false;
      else if (isTarget) this.target(part, inner);
      else this.visit(part, count === 1 && !inner.hasFirst ? scope : inner); // the first iterable is the outer scope's
      if (count === 1 && !isTarget && part.name !== "in") inner.hasFirst = true;
    }
  }

  parameters(node, outer, inner) {
    let isDefault = false;
    for (const child of children(node)) {
      if (child.name === "VariableName" && !isDefault) inner.bind(this.text(child), child, "parameter");
      else if (child.name === "TypeDef") this.annotation(child, outer);
      else this.visit(child, outer);
      isDefault = child.name === "AssignOp";
    }
  }

  typeParameters(node, scope) {
    const list = childOf(node, "TypeParamList");
    if (!list) return scope;
    const inner = new Scope("function", scope, list.from, node.to);
    for (const parameter of children(list)) {
      const [first, ...rest] = [...children(parameter)].filter((part) => !"**".includes(part.name));
      if (first?.name === "VariableName") inner.bind(this.text(first), first, "class");
      this.all(rest, inner);
    }
    return inner;
  }

  annotation(node, scope) {
    if (!this.areAnnotationsTexts && scope.kind !== "function") this.all(children(node), scope);
  }
}
