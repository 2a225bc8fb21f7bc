// One scope of a Python program: a module, function, class or comprehension, and what it binds.

export class Scope {
  constructor(kind, parent, from, to) {
    Object.assign(this, { kind, parent, from, to, bound: new Map(), globals: new Set(), uses: [], scopes: [] });
    parent?.scopes.push(this);
  }

  /** Remember that `name` is bound here, and where it was first. */
  bind(name, node, kind = "variable", path = "") {
    if (!this.bound.has(name)) this.bound.set(name, { node, kind, path });
  }

  get module() {
    return this.parent ? this.parent.module : this;
  }

  /** Whether a name that is used in this scope is bound somewhere. */
  knows(name) {
    if (this.globals.has(name)) return this.module.bound.has(name);
    for (let scope = this; scope; scope = scope.parent) {
      if ((scope === this || scope.kind !== "class") && scope.bound.has(name)) return true;
      if (scope.kind === "class" && name === "__class__") return true;
    }
    return false;
  }

  /** Return what a name means here, `{node, kind, path}`, or null. */
  find(name) {
    for (const [each, binding] of this.visible()) if (each === name) return binding;
    return null;
  }

  /** Yield the names that can be used here, the nearest first, each with what it means. */
  *visible() {
    for (let scope = this; scope; scope = scope.parent) {
      if (scope === this || scope.kind !== "class") yield* scope.bound;
    }
  }
}
