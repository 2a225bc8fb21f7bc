// The table of the libraries' names: fetched once the page is idle, asked by dotted paths.

const MOST_TRIES = 60; // for a table that the server is making just now
const RETRY_MS = 2000;
const KINDS = { m: "namespace", c: "class", f: "function", v: "constant" };

export class Names {
  constructor(table) {
    this.modules = table.modules;
    this.read = new Map();
  }

  /** Return the paths of all modules. */
  get paths() {
    return Object.keys(this.modules);
  }

  /** Return the names of a module, each with `{path, kind, signature, summary}`; null for everything else. */
  members(path) {
    if (!this.read.has(path)) this.read.set(path, this.readModule(path));
    return this.read.get(path);
  }

  /** Return what a path stands for, or null. */
  find(path) {
    const at = path.lastIndexOf(".");
    return (at > 0 && this.members(path.slice(0, at))?.get(path.slice(at + 1))) || null;
  }

  readModule(path) {
    const found = new Map();
    const listed = this.modules[path];
    listed?.names.split(" ").forEach((name, index) => {
      found.set(name, this.entry(`${path}.${name}`, listed, index));
    });
    for (const other of this.paths) {
      const name = other.startsWith(`${path}.`) && other.slice(path.length + 1).split(".")[0];
      if (name && !found.has(name)) found.set(name, { path: `${path}.${name}`, kind: "namespace", signature: "", summary: "" });
    }
    return found.size ? found : null;
  }

  entry(path, listed, index) {
    const kind = KINDS[listed.kinds[index]];
    const raw = listed.signatures[index];
    if (!raw.startsWith("=")) return { path, kind, signature: raw, summary: listed.summaries[index] };
    return { path, kind, ...this.described(raw.slice(1)) }; // another name of the same
  }

  /** Return the signature and summary of the name that others refer to. */
  described(path) {
    const at = path.lastIndexOf(".");
    const listed = this.modules[path.slice(0, at)];
    const index = listed ? listed.names.split(" ").indexOf(path.slice(at + 1)) : -1;
    if (index < 0 || listed.signatures[index].startsWith("=")) return { signature: "", summary: "" };
    return { signature: listed.signatures[index], summary: listed.summaries[index] };
  }
}

/** Fetch the table, or null if there is none. The server answers 202 while it is making it. */
export async function fetchNames(url) {
  for (let tries = 0; url && tries < MOST_TRIES; tries++) {
    try {
      const answer = await fetch(url);
      if (answer.status === 200) return new Names(await answer.json());
      if (answer.status !== 202) return null;
    } catch {
      // the judge can't be reached: perhaps later
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return null;
}

/** Return the parameters of a signature as it is in the table: `{name, text, isPositional}` of each. */
export function parameters(signature) {
  const parts = [];
  let depth = 0;
  let from = 1;
  for (let at = 1; at < signature.length; at++) {
    const character = signature[at];
    if ((character === "," && depth === 0) || at === signature.length - 1) {
      const text = signature.slice(from, at).trim();
      if (text) parts.push(text);
      from = at + 1;
    } else depth += "([{".includes(character) ? 1 : ")]}".includes(character) ? -1 : 0;
  }
  const star = parts.findIndex((part) => part.startsWith("*"));
  return parts.map((text, index) => ({ text, name: /^\**(\w*)/.exec(text)[1], isPositional: star < 0 || index <= star }));
}
