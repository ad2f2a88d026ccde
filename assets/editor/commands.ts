/** What one can do to a text: the toolbar's actions and the keyboard's, one list for both. */
import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark } from "prosemirror-commands";
import { InputRule, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
import type { MarkType, NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import type { Command, EditorState } from "prosemirror-state";
import { redoCommand } from "y-prosemirror";
import { editNote } from "./notes.ts";
import { schema } from "./schema.ts";
import { addColumn, addRow, deleteAcross, inTable, insertTable, keepWall, leave, removeColumn, removeRow, removeTable, toCell } from "./tables.ts";
import { apart, undo } from "./undo.ts";
import type { WordKey } from "./words.ts";

const { paragraph, heading, bullet_list, ordered_list, list_item, hard_break } = schema.nodes as Record<string, NodeType> &
  Record<"paragraph" | "heading" | "bullet_list" | "ordered_list" | "list_item" | "hard_break", NodeType>;
const { strong, em, link } = schema.marks as Record<string, MarkType> & Record<"strong" | "em" | "link", MarkType>;

export interface Action {
  id: string;
  word: WordKey;
  /** ProseMirror key name; shown in the button's title. */
  keys: string;
  run: Command;
  /** Shown only where it applies. */
  where?: "table";
  /** Absent for actions that are not on or off. */
  pressed?(state: EditorState): boolean;
}

export function markActive(state: EditorState, type: MarkType): boolean {
  const { from, $from, to, empty } = state.selection;
  if (empty) return Boolean(type.isInSet(state.storedMarks ?? $from.marks()));
  return state.doc.rangeHasMark(from, to, type);
}

function inNode(state: EditorState, type: NodeType, attrs: Record<string, unknown> = {}): boolean {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type === type) return Object.entries(attrs).every(([name, value]) => node.attrs[name] === value);
    if (node.type === bullet_list || node.type === ordered_list) return false;
  }
  return false;
}

const toggleHeading = (level: number): Command => (state, dispatch) =>
  inNode(state, heading, { level }) ? setBlockType(paragraph)(state, dispatch) : setBlockType(heading, { level })(state, dispatch);

/** Off when on; the other kind of list becomes this kind. */
const toggleList = (type: NodeType): Command => (state, dispatch) => {
  if (inNode(state, type)) return liftListItem(list_item)(state, dispatch);
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type !== bullet_list && node.type !== ordered_list) continue;
    dispatch?.(state.tr.setNodeMarkup($from.before(depth), type));
    return true;
  }
  return wrapInList(type)(state, dispatch);
};

/** The server refuses what is nested too deep; nobody needs more in a charter. */
const DEEPEST = 8;
const indent: Command = (state, dispatch) => state.selection.$from.depth <= DEEPEST && sinkListItem(list_item)(state, dispatch);

const lineBreak: Command = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(hard_break.create()).scrollIntoView());
  return true;
});

export const ACTIONS: readonly Action[] = [
  { id: "heading", word: "heading", keys: "Mod-Alt-3", run: toggleHeading(3), pressed: (state) => inNode(state, heading, { level: 3 }) },
  { id: "subheading", word: "subheading", keys: "Mod-Alt-4", run: toggleHeading(4), pressed: (state) => inNode(state, heading, { level: 4 }) },
  { id: "bold", word: "bold", keys: "Mod-b", run: toggleMark(strong), pressed: (state) => markActive(state, strong) },
  { id: "italic", word: "italic", keys: "Mod-i", run: toggleMark(em), pressed: (state) => markActive(state, em) },
  { id: "bullets", word: "bullets", keys: "Shift-Mod-8", run: toggleList(bullet_list), pressed: (state) => inNode(state, bullet_list) },
  { id: "numbers", word: "numbers", keys: "Shift-Mod-7", run: toggleList(ordered_list), pressed: (state) => inNode(state, ordered_list) },
  { id: "table", word: "table", keys: "Mod-Alt-g", run: apart(insertTable), pressed: inTable },
  { id: "note", word: "note", keys: "Mod-Alt-f", run: editNote },
  { id: "undo", word: "undo", keys: "Mod-z", run: undo },
  { id: "redo", word: "redo", keys: "Shift-Mod-z", run: redoCommand },
  { id: "row-above", word: "row_above", keys: "Alt-Shift-ArrowUp", run: apart(addRow(false)), where: "table" },
  { id: "row-below", word: "row_below", keys: "Alt-Shift-ArrowDown", run: apart(addRow(true)), where: "table" },
  { id: "column-before", word: "column_before", keys: "Alt-Shift-ArrowLeft", run: apart(addColumn(false)), where: "table" },
  { id: "column-after", word: "column_after", keys: "Alt-Shift-ArrowRight", run: apart(addColumn(true)), where: "table" },
  { id: "row-remove", word: "row_remove", keys: "Alt-Shift-Backspace", run: apart(removeRow), where: "table" },
  { id: "column-remove", word: "column_remove", keys: "Alt-Shift-Delete", run: apart(removeColumn), where: "table" },
  { id: "table-remove", word: "table_remove", keys: "Mod-Alt-Backspace", run: apart(removeTable), where: "table" },
];

const base = baseKeymap as Record<"Enter" | "Backspace" | "Delete", Command>;

/** Keys beside the actions'. Tab goes from cell to cell; elsewhere it is left alone: it leaves the text, as everywhere on the web. */
export function keyboard(): Record<string, Command> {
  const bound: Record<string, Command> = {
    ...baseKeymap,
    Enter: chainCommands(deleteAcross, splitListItem(list_item), base.Enter),
    Backspace: chainCommands(deleteAcross, undoInputRule, keepWall(-1), base.Backspace),
    Delete: chainCommands(deleteAcross, keepWall(1), base.Delete),
    Tab: toCell(1),
    "Shift-Tab": toCell(-1),
    ArrowDown: leave(1, true),
    ArrowUp: leave(-1, true),
    "Shift-Enter": lineBreak,
    "Mod-Enter": chainCommands(leave(1, false), lineBreak),
    "Mod-y": redoCommand,
    "Mod-Alt-0": setBlockType(paragraph),
    "Alt-Shift-ArrowRight": indent,
    "Alt-Shift-ArrowLeft": liftListItem(list_item),
  };
  // In a table first, then elsewhere: one key may mean a column here and a list's depth there.
  for (const { keys, run } of ACTIONS) bound[keys] = bound[keys] ? chainCommands(run, bound[keys]) : run;
  return bound;
}

export function listRules(): InputRule[] {
  return [wrappingInputRule(/^\s*[-*•]\s$/, bullet_list), wrappingInputRule(/^1[.)]\s$/, ordered_list)];
}

/** The link around the cursor or at the selection's start: its address and extent. */
export function linkAt(state: EditorState): { href: string; from: number; to: number } | null {
  const { $from } = state.selection;
  const here = $from.parent.childAfter($from.parentOffset).node ?? $from.parent.childBefore($from.parentOffset).node;
  const mark = here && link.isInSet(here.marks);
  if (!mark) return null;
  let from = $from.start();
  let to = from;
  let inside = false;
  $from.parent.forEach((child, offset) => {
    const start = $from.start() + offset;
    if (!mark.isInSet(child.marks)) {
      if (!inside || start >= $from.pos) return;
      inside = false;
    } else if (!inside && to < $from.pos) {
      inside = true;
      from = start;
      to = start + child.nodeSize;
    } else if (inside && start === to) {
      to = start + child.nodeSize;
    }
  });
  return to > from ? { href: String(mark.attrs.href), from, to } : null;
}

/** Point the selection (or the link under the cursor, or the address itself when nothing is selected) to `href`. */
export function setLink(href: string | null): Command {
  return (state, dispatch) => {
    const found = linkAt(state);
    const { empty } = state.selection;
    const from = empty && found ? found.from : state.selection.from;
    const to = empty && found ? found.to : state.selection.to;
    const tr = state.tr;
    if (href === null) tr.removeMark(from, to, link);
    else if (from === to) tr.insert(from, schema.text(href.replace(/^mailto:/, ""), [link.create({ href })]));
    else tr.removeMark(from, to, link).addMark(from, to, link.create({ href }));
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}
