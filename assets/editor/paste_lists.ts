/** Word has no lists in what it copies: paragraphs that say their depth in a style of its own, and draw their own bullet. */

interface Level {
  element: HTMLElement;
  depth: number;
}

const LIST = /mso-list:\s*l\d+\s+level(\d+)/i;
const IGNORED = /mso-list:\s*ignore/i;
const NUMBERED = /^\s*[([]?(\d{1,6}|[a-z]|[ivxlcdm]{1,6})[.)\]]/i;
/** The server refuses what is nested too deep; nobody needs more in a charter. */
const DEEPEST = 6;

const styleOf = (element: Element | null): string => (element instanceof HTMLElement ? (element.dataset.style ?? "") : "");

function depthOf(element: Element | null): number {
  if (!element || !/^(p|h\d|div)$/.test(element.localName)) return 0;
  const found = LIST.exec(styleOf(element));
  if (found) return Math.min(DEEPEST, Math.max(1, Number(found[1])));
  return 0;
}

export function cleanLists(body: HTMLElement): void {
  for (const first of [...body.querySelectorAll<HTMLElement>("[data-style*='mso-list']")]) {
    if (first.isConnected && depthOf(first) > 0 && depthOf(first.previousElementSibling) === 0) gather(first);
  }
  flatten(body);
}

/** One run of such paragraphs becomes one list, or several where bullets give way to numbers. */
function gather(first: HTMLElement): void {
  const run: HTMLElement[] = [];
  for (let next: Element | null = first; next instanceof HTMLElement && depthOf(next) > 0; next = next.nextElementSibling) run.push(next);
  const place = first.ownerDocument.createComment("");
  first.before(place);
  let open: Level[] = [];
  for (const paragraph of run) {
    const depth = depthOf(paragraph);
    const { ordered, start } = marker(paragraph);
    open = open.filter((level) => level.depth <= depth);
    let last = open[open.length - 1];
    if (last && last.depth === depth && (last.element.localName === "ol") !== ordered) {
      open.pop();
      last = undefined;
    }
    if (!last || last.depth < depth) {
      const list = begin(first.ownerDocument, ordered, start);
      const parent = open[open.length - 1]?.element.lastElementChild;
      if (parent) parent.append(list);
      else place.before(list);
      last = { element: list, depth };
      open.push(last);
    }
    const item = first.ownerDocument.createElement("li");
    const inside = first.ownerDocument.createElement("p");
    inside.append(...paragraph.childNodes);
    item.append(inside);
    last.element.append(item);
    paragraph.remove();
  }
  place.remove();
}

function begin(page: Document, ordered: boolean, start: number): HTMLElement {
  const list = page.createElement(ordered ? "ol" : "ul");
  if (ordered && start > 1) list.setAttribute("start", String(start));
  return list;
}

/** Reads the bullet or number that Word drew, and takes it away. */
function marker(paragraph: HTMLElement): { ordered: boolean; start: number } {
  let drawn = "";
  for (const element of [...paragraph.querySelectorAll<HTMLElement>("[data-style]")]) {
    if (!IGNORED.test(styleOf(element))) continue;
    drawn += element.textContent ?? "";
    element.remove();
  }
  const found = NUMBERED.exec(drawn.replace(/\u00a0/g, " "));
  // Word's round bullet is the letter o in a font of signs.
  return { ordered: found !== null, start: Number.parseInt(found?.[1] ?? "1", 10) || 1 };
}

/** Lists nested beyond DEEPEST continue at that depth. */
function flatten(body: HTMLElement): void {
  for (const list of [...body.querySelectorAll("ul, ol")].reverse()) {
    let depth = 1;
    for (let outer = list.parentElement?.closest("ul, ol"); outer; outer = outer.parentElement?.closest("ul, ol")) depth += 1;
    const item = list.closest("li");
    if (depth > DEEPEST && item) item.after(...list.children);
    if (depth > DEEPEST) list.remove();
  }
}
