/** Finding words in a document: by blocks, with the same length whatever case or accents are set aside, so that places hold. */
import type { Node } from "prosemirror-model";

export interface Match {
  from: number;
  to: number;
}

export interface Options {
  /** Upper and lower case are different. */
  exactCase: boolean;
  /** « é » and « e » are different. */
  exactAccents: boolean;
}

/** One character for one character: what typography and, unless asked, case and accents make different is the same. */
export function fold(text: string, { exactCase, exactAccents }: Options): string {
  let folded = "";
  for (let index = 0; index < text.length; index += 1) {
    let unit = text[index] ?? "";
    if (/[\u00a0\u202f\s]/.test(unit)) unit = " ";
    else if (unit === "’") unit = "'";
    if (!exactAccents) unit = unit.normalize("NFD")[0] ?? unit;
    if (!exactCase) {
      const lower = unit.toLowerCase();
      if (lower.length === 1) unit = lower;
    }
    folded += unit;
  }
  return folded;
}

/** Each block's text with the place where it begins; anything that is not text counts for one character nobody types. */
export function* texts(doc: Node): Generator<{ text: string; start: number }> {
  const blocks: { text: string; start: number }[] = [];
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true;
    let text = "";
    node.forEach((child) => (text += child.isText ? (child.text ?? "") : "\ufffc".repeat(child.nodeSize)));
    blocks.push({ text, start: position + 1 });
    return false;
  });
  yield* blocks;
}

export function matches(doc: Node, words: string, options: Options): Match[] {
  const wanted = fold(words, options);
  const found: Match[] = [];
  if (!wanted.trim()) return found;
  for (const { text, start } of texts(doc)) {
    const folded = fold(text, options);
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length))
      found.push({ from: start + at, to: start + at + wanted.length });
  }
  return found;
}
