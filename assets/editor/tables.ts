/**
 * Simple tables: a row of headers, cells of paragraphs, nothing spanning. Own commands rather than prosemirror-tables: that one
 * repairs a table in every browser at once, and two repairs of one shared document add up.
 */
import type { Node, NodeType, ResolvedPos } from "prosemirror-model";
import { NodeSelection, Selection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { schema } from "./schema.ts";
import { apart } from "./undo.ts";

export const MOST_COLUMNS = 12;
export const MOST_ROWS = 200;

type Names = "table" | "table_row" | "table_header" | "table_cell" | "paragraph";
const types = schema.nodes as Record<string, NodeType> & Record<Names, NodeType>;
const { table, table_row, table_header, table_cell, paragraph } = types;

/** Where the cursor is: the table, its position, and the row's and the cell's numbers. */
export interface Place {
  node: Node;
  pos: number;
  row: number;
  column: number;
}

export function placeOf($pos: ResolvedPos): Place | null {
  for (let depth = $pos.depth; depth > 0; depth -= 1) {
    if ($pos.node(depth).type !== table) continue;
    return { node: $pos.node(depth), pos: $pos.before(depth), row: $pos.index(depth), column: depth < $pos.depth ? $pos.index(depth + 1) : 0 };
  }
  return null;
}

export const inTable = (state: EditorState): boolean => placeOf(state.selection.$from) !== null;

export const emptyCell = (type: NodeType): Node => type.create(null, paragraph.create());

export const widthOf = (node: Node): number => {
  let width = 0;
  node.forEach((row) => (width = Math.max(width, row.childCount)));
  return width;
};

function filled(type: NodeType, width: number): Node {
  return table_row.create(null, Array.from({ length: width }, () => emptyCell(type)));
}

/** Position just inside a cell; of the nearest one when the row is shorter. */
function cellAt(node: Node, pos: number, row: number, column: number): number {
  const at = Math.max(0, Math.min(row, node.childCount - 1));
  let found = pos + 1;
  for (let index = 0; index < at; index += 1) found += node.child(index).nodeSize;
  const cells = node.child(at);
  for (let index = 0; index < Math.min(column, cells.childCount - 1); index += 1) found += cells.child(index).nodeSize;
  return found + 2;
}

function goTo(tr: Transaction, pos: number, row: number, column: number): Transaction {
  const node = tr.doc.nodeAt(pos);
  if (!node) return tr;
  return tr.setSelection(Selection.near(tr.doc.resolve(cellAt(node, pos, row, column)))).scrollIntoView();
}

/** A command about the table under the cursor. */
const within = (run: (place: Place, state: EditorState) => Transaction | null): Command => (state, dispatch) => {
  const place = placeOf(state.selection.$from);
  const tr = place && run(place, state);
  if (!tr) return false;
  dispatch?.(tr);
  return true;
};

/** Three columns, a row of headers and two more, after the block under the cursor; the cursor in the first header. */
export const insertTable: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if ($from.depth === 0 || inTable(state)) return false;
  const made = table.create(null, [filled(table_header, 3), filled(table_cell, 3), filled(table_cell, 3)]);
  const block = $from.node(1);
  const replaced = block.type === paragraph && block.content.size === 0;
  const start = replaced ? $from.before(1) : $from.after(1);
  const tr = replaced ? state.tr.replaceWith(start, $from.after(1), made) : state.tr.insert(start, made);
  dispatch?.(goTo(tr, start, 0, 0));
  return true;
};

export const addRow = (after: boolean): Command =>
  within(({ node, pos, row, column }, state) => {
    const at = row + (after ? 1 : 0);
    // Above the headers would be a row without headers at the top.
    if (node.childCount >= MOST_ROWS || (at === 0 && isHeading(node.child(0)))) return null;
    let start = pos + 1;
    for (let index = 0; index < at; index += 1) start += node.child(index).nodeSize;
    return goTo(state.tr.insert(start, filled(table_cell, widthOf(node))), pos, at, column);
  });

const isHeading = (row: Node): boolean => {
  let all = true;
  row.forEach((cell) => (all = all && cell.type === table_header));
  return all;
};

export const addColumn = (after: boolean): Command =>
  within(({ node, pos, row, column }, state) => {
    const width = widthOf(node);
    if (width >= MOST_COLUMNS) return null;
    const at = column + (after ? 1 : 0);
    const tr = state.tr;
    node.forEach((cells, offset) => {
      let start = pos + 1 + offset + 1;
      for (let index = 0; index < Math.min(at, cells.childCount); index += 1) start += cells.child(index).nodeSize;
      const type = (cells.maybeChild(Math.min(column, cells.childCount - 1))?.type ?? table_cell) as NodeType;
      // A shorter row is brought to the column first.
      const missing = Math.max(1, at - cells.childCount + 1);
      tr.insert(tr.mapping.map(start), Array.from({ length: missing }, () => emptyCell(type)));
    });
    return goTo(tr, pos, row, at);
  });

export const removeTable: Command = within(({ node, pos }, state) => {
  const tr = state.tr.delete(pos, pos + node.nodeSize);
  if (tr.doc.childCount === 0) tr.insert(0, paragraph.create());
  return tr.setSelection(Selection.near(tr.doc.resolve(Math.min(pos, tr.doc.content.size)))).scrollIntoView();
});

export const removeRow: Command = (state, dispatch) => {
  const place = placeOf(state.selection.$from);
  if (!place) return false;
  const { node, pos, row, column } = place;
  if (node.childCount === 1) return removeTable(state, dispatch);
  let start = pos + 1;
  for (let index = 0; index < row; index += 1) start += node.child(index).nodeSize;
  dispatch?.(goTo(state.tr.delete(start, start + node.child(row).nodeSize), pos, row, column));
  return true;
};

export const removeColumn: Command = (state, dispatch) => {
  const place = placeOf(state.selection.$from);
  if (!place) return false;
  const { node, pos, row, column } = place;
  if (widthOf(node) === 1) return removeTable(state, dispatch);
  const tr = state.tr;
  node.forEach((cells, offset) => {
    if (column >= cells.childCount) return;
    let start = pos + 1 + offset + 1;
    for (let index = 0; index < column; index += 1) start += cells.child(index).nodeSize;
    const end = start + cells.child(column).nodeSize;
    // The last cell of a shorter row is emptied: a row holds one at least.
    if (cells.childCount === 1) tr.replaceWith(tr.mapping.map(start), tr.mapping.map(end), emptyCell(cells.child(0).type));
    else tr.delete(tr.mapping.map(start), tr.mapping.map(end));
  });
  dispatch?.(goTo(tr, pos, row, Math.max(0, column - 1)));
  return true;
};

/** Tab and Shift+Tab. After the last cell a row is added, but after an empty last row Tab leaves the text as it does elsewhere. */
export const toCell = (step: 1 | -1): Command => (state, dispatch) => {
  const place = placeOf(state.selection.$from);
  if (!place) return false;
  const { node, pos, row, column } = place;
  const cells = node.child(row);
  const next = column + step;
  if (next >= 0 && next < cells.childCount) return select(state, dispatch, place, row, next);
  if (step < 0) return row > 0 && select(state, dispatch, place, row - 1, node.child(row - 1).childCount - 1);
  if (row + 1 < node.childCount) return select(state, dispatch, place, row + 1, 0);
  if (cells.textContent === "" || node.childCount >= MOST_ROWS) return false;
  const tr = state.tr.insert(pos + node.nodeSize - 1, filled(table_cell, widthOf(node)));
  dispatch?.(goTo(tr, pos, row + 1, 0));
  return true;
};

/** What the next cell holds is selected: typing replaces it, as in a spreadsheet. */
function select(state: EditorState, dispatch: Parameters<Command>[1], { node, pos }: Place, row: number, column: number): boolean {
  const start = cellAt(node, pos, row, column);
  const cell = state.doc.resolve(start).parent;
  const first = Selection.near(state.doc.resolve(start));
  const last = Selection.near(state.doc.resolve(start + cell.content.size), -1);
  dispatch?.(state.tr.setSelection(TextSelection.between(first.$from, last.$to)).scrollIntoView());
  return true;
}

/** Out of a table that begins or ends the text, to a paragraph made for it. */
export const leave = (step: 1 | -1, edge: boolean): Command => (state, dispatch, view) => {
  const place = placeOf(state.selection.$head);
  if (!place || (edge && !state.selection.empty)) return false;
  const { node, pos, row } = place;
  if (edge && row !== (step > 0 ? node.childCount - 1 : 0)) return false;
  if (edge && view && !view.endOfTextblock(step > 0 ? "down" : "up")) return false;
  const at = step > 0 ? pos + node.nodeSize : pos;
  if (edge && at !== (step > 0 ? state.doc.content.size : 0)) return false;
  const tr = state.tr.insert(at, paragraph.create());
  dispatch?.(tr.setSelection(Selection.near(tr.doc.resolve(at + 1))).scrollIntoView());
  return true;
};

/** A cell's edge is a wall: neither the browser nor a joining command may take it down. */
export const keepWall = (step: 1 | -1): Command => (state) => {
  const { $head, empty } = state.selection;
  if (!empty || !inTable(state) || $head.depth < 1) return false;
  const cell = $head.node(-1);
  const atEdge = step < 0 ? $head.parentOffset === 0 && $head.index(-1) === 0 : $head.parentOffset === $head.parent.content.size && $head.index(-1) === cell.childCount - 1;
  return atEdge && (cell.type === table_cell || cell.type === table_header);
};

const cellOf = ($pos: ResolvedPos): number | null => {
  for (let depth = $pos.depth; depth > 0; depth -= 1)
    if ($pos.node(depth).type === table_cell || $pos.node(depth).type === table_header) return $pos.before(depth);
  return null;
};

/** Does the selection begin and end in different cells, or in one and outside? */
export function crosses(state: EditorState): boolean {
  const { $from, $to, empty } = state.selection;
  if (empty || state.selection instanceof NodeSelection) return false;
  const start = cellOf($from);
  return start !== cellOf($to) && (start !== null || cellOf($to) !== null);
}

/** Deletes a selection that crosses cells: what they hold goes, they stay; a table wholly inside the selection goes. */
export const deleteAcross: Command = apart((state, dispatch) => {
  if (!crosses(state)) return false;
  const { from, to } = state.selection;
  const tr = state.tr;
  const outside: [number, number][] = [];
  const inside: [number, number][] = [];
  state.doc.forEach((block, start) => {
    const end = start + block.nodeSize;
    if (end <= from || start >= to) return;
    const last = outside[outside.length - 1];
    if (block.type === table && (from > start || to < end)) inside.push(...covered(block, start, from, to));
    else if (last && last[1] === start) last[1] = Math.min(end, to);
    else outside.push([Math.max(start, from), Math.min(end, to)]);
  });
  for (const [start, end] of inside) tr.delete(tr.mapping.map(start), tr.mapping.map(end));
  for (const [start, end] of outside) tr.deleteRange(tr.mapping.map(start), tr.mapping.map(end));
  tr.setSelection(Selection.near(tr.doc.resolve(Math.min(tr.mapping.map(from), tr.doc.content.size))));
  dispatch?.(tr.scrollIntoView());
  return true;
});

/** What of each cell of a table is between `from` and `to`, each range apart from the next. */
function covered(node: Node, pos: number, from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  node.descendants((cell, offset) => {
    if (cell.type !== table_cell && cell.type !== table_header) return true;
    const start = pos + 1 + offset + 1;
    const inside: [number, number] = [Math.max(start + 1, from), Math.min(start + cell.content.size - 1, to)];
    if (inside[0] < inside[1]) found.push(inside);
    return false;
  });
  return found;
}
