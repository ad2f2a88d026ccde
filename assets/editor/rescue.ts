/**
 * Words of this person that somebody else's change took away with the whole block they were in: an article was cut in two, a
 * paragraph removed, while they were being typed there. They are handed back, since no merging can tell where they belong now.
 */
import * as Y from "yjs";

/**
 * An acknowledged word may still have crossed the change that took its block: a live server that lost a notice looks for itself within
 * five seconds. Milliseconds.
 */
const CROSSING = 10_000;

interface Typed {
  clock: number;
  text: string;
  at: number;
}

/** The words an update inserts, a line a block. */
export function wordsOf(update: Uint8Array): string {
  return inserted(update)
    .map(({ text }) => text)
    .join("");
}

interface Inserted {
  client: number;
  clock: number;
  text: string;
}

function inserted(update: Uint8Array): Inserted[] {
  const found: Inserted[] = [];
  for (const struct of Y.decodeUpdate(update).structs) {
    if (!(struct instanceof Y.Item)) continue;
    const { client, clock } = struct.id;
    if (struct.content instanceof Y.ContentString) found.push({ client, clock, text: struct.content.str });
    else if (struct.content instanceof Y.ContentType && found.length > 0) found.push({ client, clock, text: "\n" });
  }
  return found;
}

/** True when the block that held this character is gone from the document. */
function uprooted(doc: Y.Doc, client: number, clock: number): boolean {
  if (clock >= Y.getState(doc.store, client)) return false;
  const struct = Y.getItem(doc.store, Y.createID(client, clock)) as Y.Item | Y.GC;
  if (struct instanceof Y.GC) return true;
  const parent = struct.deleted && struct.parent instanceof Y.AbstractType ? struct.parent._item : null;
  return parent?.deleted ?? false;
}

function alive(doc: Y.Doc, client: number, clock: number): boolean {
  const struct = clock < Y.getState(doc.store, client) ? (Y.getItem(doc.store, Y.createID(client, clock)) as Y.Item | Y.GC) : null;
  return struct instanceof Y.Item && !struct.deleted;
}

/** The words of `update` that have no place in `doc` any more. */
export function stray(doc: Y.Doc, update: Uint8Array): string {
  let words = "";
  for (const { client, clock, text } of inserted(update)) {
    if (text === "\n") words += words ? "\n" : "";
    else words += [...text.matchAll(/[^]/g)].map(([unit], index) => (uprooted(doc, client, clock + index) ? unit : "")).join("");
  }
  return words.trim();
}

/** What this browser typed lately in one document. */
export class Recent {
  private typed: Typed[] = [];

  constructor(private readonly doc: Y.Doc) {}

  note(update: Uint8Array): void {
    const now = Date.now();
    for (const { client, clock, text } of inserted(update))
      if (client === this.doc.clientID && text !== "\n") this.typed.push({ clock, text, at: now });
  }

  /** Runs a change that came from elsewhere; gives the words of the last moments, or from `owedSince` on, that went with their block. */
  during(change: () => void, owedSince: number | null): string {
    const since = Math.min(owedSince ?? Infinity, Date.now() - CROSSING);
    this.typed = this.typed.filter(({ at }) => at >= since);
    const there = this.typed.filter(({ clock }) => alive(this.doc, this.doc.clientID, clock));
    change();
    const gone = there.filter(({ clock }) => uprooted(this.doc, this.doc.clientID, clock));
    if (gone.length === 0) return "";
    this.typed = this.typed.filter((one) => !gone.includes(one));
    const words = gone.map(({ text }) => text).join("");
    // Changing the kind of a paragraph replaces its block, words included.
    return plain(this.doc).includes(words.trim()) ? "" : words.trim();
  }
}

function plain(doc: Y.Doc): string {
  const text = (node: Y.XmlFragment | Y.XmlText): string =>
    node instanceof Y.XmlText ? node.toDelta().map(({ insert }: { insert?: unknown }) => (typeof insert === "string" ? insert : "")).join("")
      : node.toArray().map((child) => (child instanceof Y.XmlHook ? "" : text(child))).join("");
  return text(doc.getXmlFragment("content"));
}
