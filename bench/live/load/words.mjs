/**
 * The words the load writes, the same for both servers: one paragraph an author, one character an update, and how to see in an update
 * whose characters it brings. An author's n-th character is clock n of its Yjs client, so a delivery is a clock that advanced.
 */
import * as Y from "yjs";
import * as decoding from "lib0/decoding";

/** Yjs client number of the author with index 0; the others follow. */
export const FIRST_AUTHOR = 1000;
const SEEDER = 1;

/** A document of `count` paragraphs, as one update. */
export function seed(count) {
  const doc = new Y.Doc();
  doc.clientID = SEEDER;
  doc.transact(() => {
    const root = doc.getXmlFragment("content");
    for (let index = 0; index < count; index++) {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.insert(0, [new Y.XmlText("Début. ")]);
      root.push([paragraph]);
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

/** Types at the end of its own paragraph. */
export class Author {
  constructor(index, seeded) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, seeded);
    doc.clientID = FIRST_AUTHOR + index;
    this.text = doc.getXmlFragment("content").get(index).get(0);
    this.typed = 0;
    doc.on("update", (update) => (this.update = update));
  }

  /** The update of one more character. */
  type() {
    this.text.insert(this.text.length, "abcdefghijklmnopqrstuvwxyz "[this.typed++ % 27]);
    return this.update;
  }
}

/** Calls `found(client, clock)` with the clock after the last structure of each client in the update (format version 1). */
export function reach(update, found) {
  const decoder = decoding.createDecoder(update);
  for (let clients = decoding.readVarUint(decoder); clients > 0; clients--) {
    const structures = decoding.readVarUint(decoder);
    const client = decoding.readVarUint(decoder);
    let clock = decoding.readVarUint(decoder);
    if (client === SEEDER) return; // the seed, given back to who put it in; clients come in falling order, so it is the last
    for (let index = 0; index < structures; index++) clock += structure(decoder);
    found(client, clock);
  }
}

/** Reads a structure and gives its length. What this load does not write raises an Error. */
function structure(decoder) {
  const info = decoding.readUint8(decoder);
  if (info === 10 || info === 0) return decoding.readVarUint(decoder);
  if ((info & 0x1f) !== 4) throw new Error(`structure ${info} is none of ours`);
  for (const bit of [0x80, 0x40]) {
    if (info & bit) {
      decoding.readVarUint(decoder);
      decoding.readVarUint(decoder);
    }
  }
  if (!(info & 0xc0)) {
    if (decoding.readVarUint(decoder) === 1) decoding.readVarString(decoder);
    else {
      decoding.readVarUint(decoder);
      decoding.readVarUint(decoder);
    }
    if (info & 0x20) decoding.readVarString(decoder);
  }
  return decoding.readVarString(decoder).length;
}

/** A document after `edits` edits of ten authors who insert and delete here and there: `{update, vector}`, whole. */
export function worked(edits, random) {
  const doc = new Y.Doc();
  const root = doc.getXmlFragment("content");
  doc.transact(() => {
    for (let index = 0; index < 20; index++) {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.insert(0, [new Y.XmlText("Début. ")]);
      root.push([paragraph]);
    }
  });
  for (let edit = 0; edit < edits; edit++) {
    if (edit % 40 === 0) doc.clientID = FIRST_AUTHOR + Math.floor(random() * 10);
    const text = root.get(Math.floor(random() * root.length)).get(0);
    const at = Math.floor(random() * text.length);
    if (random() < 0.1 && text.length > 1) text.delete(Math.min(at, text.length - 1), 1);
    else text.insert(at, "é");
  }
  return { update: Y.encodeStateAsUpdate(doc), vector: Y.encodeStateVector(doc) };
}

/** A generator of numbers between 0 and 1, the same for the same start (mulberry32). */
export function dice(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
