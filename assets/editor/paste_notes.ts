/** Footnotes of Word, LibreOffice, Google Docs and of web pages: a number that leads to a block of the same paste, and back. */
import { noteWords } from "./schema.ts";

const CALL = /^\s*[[(]?\s*[\divx*†‡]{1,6}\s*[\])]?\s*$/i;
const BLOCK = "div[id^='ftn'], div[id^='edn'], div[id^='sdfootnote'], div[id^='sdendnote'], li, p";

export function cleanNotes(body: HTMLElement): void {
  const spent = new Set<Element>();
  for (const call of [...body.querySelectorAll<HTMLElement>("a[href^='#']")]) {
    const block = blockOf(body, call);
    if (!block || spent.has(call) || block.contains(call) || !follows(block, call)) continue;
    for (const back of block.querySelectorAll("a[href^='#']")) spent.add(back);
    const words = wordsOf(block);
    if (!words) continue;
    const note = body.ownerDocument.createElement("sup");
    note.dataset.note = words;
    const raised = call.closest("sup");
    (raised && CALL.test(raised.textContent ?? "") ? raised : call).replaceWith(note);
    spent.add(block);
  }
  for (const one of spent) if (one.matches(BLOCK)) one.remove();
}

function blockOf(body: HTMLElement, call: HTMLElement): HTMLElement | null {
  if (!CALL.test(call.textContent ?? "")) return null;
  const name = CSS.escape(call.getAttribute("href")?.slice(1) ?? "");
  const target = name ? body.querySelector(`[id="${name}"], a[name="${name}"]`) : null;
  return target?.closest<HTMLElement>(BLOCK) ?? null;
}

const follows = (block: Node, call: Node): boolean => Boolean(call.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING);

/** What the block says without its own number and its way back. */
function wordsOf(block: HTMLElement): string {
  const copy = block.cloneNode(true) as HTMLElement;
  for (const link of [...copy.querySelectorAll("a[href^='#']")]) link.remove();
  return noteWords(copy.textContent ?? "");
}
