/** Pasted tables made simple: nothing spans, cells hold paragraphs, the first row holds the headers; a table of one cell is its content. */
import { MOST_COLUMNS, MOST_ROWS } from "./tables.ts";

const MOST_SPANNED = 40;

export function cleanTables(body: HTMLElement): void {
  // Inner tables first: a table in a cell becomes paragraphs of that cell.
  for (const table of [...body.querySelectorAll<HTMLTableElement>("table")].reverse()) {
    if (table.parentElement?.closest("td, th")) unwrap(table);
    else simplify(table);
  }
}

/** A table of one cell lays a page out: what it holds is as if it were not there. */
export function unwrapLayouts(body: HTMLElement): void {
  for (const table of [...body.querySelectorAll<HTMLTableElement>("table")]) {
    const [row, other] = table.rows;
    const [cell, beside] = row?.cells ?? [];
    if (cell && !other && !beside && !table.parentElement?.closest("td, th")) table.replaceWith(...cell.childNodes);
  }
}

function simplify(table: HTMLTableElement): void {
  const grid = gridOf(table);
  const width = Math.max(0, ...grid.map((row) => row.length));
  if (grid.length === 0 || grid.length > MOST_ROWS || width > MOST_COLUMNS || (grid.length === 1 && width === 1)) return unwrap(table);
  const page = table.ownerDocument;
  const simple = page.createElement("table");
  const lines = page.createElement("tbody");
  grid.forEach((row, index) => {
    const line = page.createElement("tr");
    for (let column = 0; column < width; column += 1) line.append(cellFrom(page, row[column] ?? null, index === 0));
    lines.append(line);
  });
  simple.append(lines);
  const caption = table.caption?.textContent?.trim();
  if (caption) table.before(paragraph(page, caption));
  // A list item has no place for a table: it follows the list.
  const list = outermost(table);
  if (list) list.after(simple);
  else table.before(simple);
  table.remove();
}

function outermost(table: Element): Element | null {
  let list: Element | null = null;
  for (let outer = table.closest("ul, ol"); outer; outer = outer.parentElement?.closest("ul, ol") ?? null) list = outer;
  return list;
}

type Grid = (HTMLTableCellElement | null)[][];

/** Each cell at its place, null where a neighbour spanned. */
function gridOf(table: HTMLTableElement): Grid {
  const grid: Grid = [...table.rows].map(() => []);
  [...table.rows].forEach((row, y) => {
    let x = 0;
    for (const cell of row.cells) {
      const line = grid[y];
      if (!line) continue;
      while (line[x] !== undefined) x += 1;
      const across = Math.min(cell.colSpan || 1, MOST_SPANNED);
      const down = Math.min(cell.rowSpan || 1, grid.length - y);
      for (let below = 0; below < down; below += 1)
        for (let beside = 0; beside < across; beside += 1) {
          const there = grid[y + below];
          if (there) there[x + beside] = below === 0 && beside === 0 ? cell : null;
        }
      x += across;
    }
  });
  return trimmed(grid.map((row) => Array.from(row, (cell) => cell ?? null)));
}

/** Without the rows and the last columns where no cell begins or says anything. */
function trimmed(grid: Grid): Grid {
  const says = (cell: HTMLTableCellElement | null | undefined): boolean => Boolean(cell && (cell.textContent?.trim() || cell.querySelector("[data-note]")));
  const rows = grid.filter((row) => row.some(says));
  let width = Math.max(0, ...rows.map((row) => row.length));
  while (width > 0 && !rows.some((row) => says(row[width - 1]))) width -= 1;
  return rows.map((row) => row.slice(0, width));
}

function cellFrom(page: Document, source: HTMLTableCellElement | null, heading: boolean): HTMLElement {
  const cell = page.createElement(heading ? "th" : "td");
  if (source) cell.append(...paragraphs(source));
  if (!cell.firstChild) cell.append(page.createElement("p"));
  return cell;
}

const BLOCKS = /^(p|div|h[1-6]|ul|ol|li|blockquote|pre|table|tbody|thead|tfoot|tr|td|th|dl|dt|dd|section|article|header|footer|figure|address)$/;

/** The cell's content as paragraphs: an item of a list keeps a dash or its number. */
function paragraphs(cell: HTMLElement): HTMLElement[] {
  const page = cell.ownerDocument;
  const made: HTMLElement[] = [];
  let inline: Node[] = [];
  const flush = (): void => {
    const block = page.createElement("p");
    block.append(...inline);
    inline = [];
    if (block.textContent?.trim() || block.querySelector("[data-note]")) made.push(block);
  };
  const walk = (node: Node): void => {
    if (!(node instanceof Element) || !BLOCKS.test(node.localName)) {
      // A block inside inline markup (Google Docs wraps all in <b>) comes out of it.
      if (node instanceof Element && [...node.querySelectorAll("*")].some((inner) => BLOCKS.test(inner.localName))) return [...node.childNodes].forEach(walk);
      inline.push(node);
      return;
    }
    flush();
    if (node.localName === "li") inline.push(page.createTextNode(sign(node)));
    [...node.childNodes].forEach((child, index) => {
      // The paragraph of an item stays on the line of its sign.
      if (node.localName === "li" && index === 0 && child instanceof Element && child.localName === "p") inline.push(...child.childNodes);
      else walk(child);
    });
    flush();
  };
  [...cell.childNodes].forEach(walk);
  flush();
  return made;
}

function sign(item: Element): string {
  if (item.parentElement?.localName !== "ol") return "– ";
  const start = Number.parseInt(item.parentElement.getAttribute("start") ?? "1", 10) || 1;
  return `${start + [...item.parentElement.children].indexOf(item)}. `;
}

/** A table of one cell, in a cell, or too large for an article: its words, one paragraph after the other. */
function unwrap(table: HTMLTableElement): void {
  table.replaceWith(...[...table.rows].flatMap((row) => [...row.cells].flatMap((cell) => paragraphs(cell))));
}

function paragraph(page: Document, text: string): HTMLElement {
  const block = page.createElement("p");
  block.append(text);
  return block;
}
