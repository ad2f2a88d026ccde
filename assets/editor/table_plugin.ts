/** What a table needs all along: rows completed after one's own changes, and deletions that do not take its walls down. */
import type { Node, NodeType } from "prosemirror-model";
import { Plugin, type EditorState, type Transaction } from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";
import { schema } from "./schema.ts";
import { crosses, deleteAcross, emptyCell, widthOf } from "./tables.ts";

const { table, table_cell, paragraph } = schema.nodes as Record<"table" | "table_cell" | "paragraph", NodeType>;

/** After one's own change only: rows one left shorter are completed, and a text does not end with a table. */
function tidied(before: EditorState, state: EditorState): Transaction | null {
  const tr = state.tr;
  const known = new Set<Node>();
  before.doc.forEach((block) => known.add(block));
  state.doc.forEach((block, start) => {
    if (block.type === table && !known.has(block)) complete(tr, block, start);
  });
  if (state.doc.lastChild?.type === table) tr.insert(tr.doc.content.size, paragraph.create());
  return tr.docChanged ? tr : null;
}

function complete(tr: Transaction, node: Node, pos: number): void {
  const width = widthOf(node);
  node.forEach((row, offset) => {
    const missing = width - row.childCount;
    const type = row.lastChild?.type ?? table_cell;
    const end = pos + 1 + offset + row.nodeSize - 1;
    if (missing > 0) tr.insert(tr.mapping.map(end), Array.from({ length: missing }, () => emptyCell(type)));
  });
}

export function tablePlugin(): Plugin {
  return new Plugin({
    appendTransaction(transactions, before, state) {
      const own = transactions.some((tr) => tr.docChanged && !tr.getMeta(ySyncPluginKey));
      return own ? tidied(before, state) : null;
    },
    props: {
      handleTextInput(view, _from, _to, text) {
        if (!deleteAcross(view.state, view.dispatch)) return false;
        view.dispatch(view.state.tr.insertText(text).scrollIntoView());
        return true;
      },
      handlePaste(view) {
        deleteAcross(view.state, view.dispatch);
        return false;
      },
      handleDOMEvents: {
        cut(view, event) {
          if (!view.editable || !event.clipboardData || !crosses(view.state)) return false;
          const { dom, text } = view.serializeForClipboard(view.state.selection.content());
          event.preventDefault();
          event.clipboardData.clearData();
          event.clipboardData.setData("text/html", dom.innerHTML);
          event.clipboardData.setData("text/plain", text);
          return deleteAcross(view.state, view.dispatch);
        },
      },
    },
  });
}
