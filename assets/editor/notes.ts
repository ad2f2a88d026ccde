/**
 * Notes: what they say is asked in a modal `<dialog>`, they are shown as numbers in the text and listed under it.
 * Numbers are drawn, not stored: they follow the order of the text.
 */
import { Fragment, type Node, type NodeType } from "prosemirror-model";
import { NodeSelection, Plugin, type Command, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { make } from "./dom.ts";
import { LONGEST_NOTE, noteWords, schema } from "./schema.ts";
import { apart } from "./undo.ts";
import { readWords, type Words } from "./words.ts";

const note = (schema.nodes as Record<"note", NodeType>).note;

interface Found {
  node: Node;
  pos: number;
}

/** The note selected, or touching the cursor. */
export function noteAt(state: EditorState): Found | null {
  const { selection } = state;
  if (selection instanceof NodeSelection && selection.node.type === note) return { node: selection.node, pos: selection.from };
  const { $from, empty } = selection;
  if (!empty) return null;
  if ($from.nodeBefore?.type === note) return { node: $from.nodeBefore, pos: $from.pos - $from.nodeBefore.nodeSize };
  return $from.nodeAfter?.type === note ? { node: $from.nodeAfter, pos: $from.pos } : null;
}

/** Writes a note after the selection, or again the one that is there; removes it when `text` is null. */
export function setNote(text: string | null): Command {
  return (state, dispatch) => {
    const found = noteAt(state);
    const words = text === null ? "" : noteWords(text);
    const tr = state.tr;
    if (found && !words) tr.delete(found.pos, found.pos + found.node.nodeSize);
    else if (found) tr.setNodeMarkup(found.pos, null, { text: words });
    else if (words) tr.insert(state.selection.to, Fragment.from(note.create({ text: words })));
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

/** Opens the dialog of notes, where a note may be. */
export const editNote: Command = (state, dispatch, view) => {
  const { $to } = state.selection;
  if (!noteAt(state) && !($to.parent.inlineContent && $to.parent.canReplaceWith($to.index(), $to.index(), note))) return false;
  if (dispatch && view) dialogOf(view)?.show(view);
  return true;
};

const dialogs = new WeakMap<HTMLElement, NoteDialog>();

function dialogOf(view: EditorView): NoteDialog | null {
  const root = view.dom.closest<HTMLElement>("[data-editor]");
  if (!root) return null;
  const dialog = dialogs.get(root) ?? new NoteDialog(root, readWords());
  dialogs.set(root, dialog);
  return dialog;
}

class NoteDialog {
  private readonly dialog: HTMLDialogElement;
  private readonly input: HTMLTextAreaElement;
  private readonly error: HTMLElement;
  private readonly remove: HTMLButtonElement;
  private view: EditorView | null = null;

  constructor(root: HTMLElement, words: Words) {
    this.input = make("textarea", {
      id: "editor-note-text", class: "input", rows: "4", maxlength: String(LONGEST_NOTE), lang: "fr", spellcheck: "true",
      "aria-describedby": "editor-note-hint editor-note-error",
    });
    this.error = make("p", { id: "editor-note-error", class: "editor-error", role: "alert" });
    this.remove = make("button", { type: "button", class: "button button--quiet" }, words("note_remove"));
    const cancel = make("button", { type: "button", class: "button button--quiet" }, words("cancel"));
    const form = make(
      "form",
      { novalidate: "" },
      make("h2", { id: "editor-note-title" }, words("note_title")),
      make("label", { for: "editor-note-text" }, words("note_text")),
      make("p", { id: "editor-note-hint", class: "hint" }, words("note_hint")),
      this.error,
      this.input,
      make("div", { class: "editor-dialog-buttons" }, make("button", { type: "submit", class: "button" }, words("note_apply")), this.remove, cancel),
    );
    this.dialog = make("dialog", { class: "editor-dialog", "aria-labelledby": "editor-note-title" }, form);
    root.append(this.dialog);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(words("note_empty"));
    });
    this.input.addEventListener("keydown", (event) => {
      // A note is one paragraph: the key that ends it keeps it.
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.remove.addEventListener("click", () => this.finish(null));
    cancel.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.view?.focus());
  }

  show(view: EditorView): void {
    this.view = view;
    const found = noteAt(view.state);
    this.input.value = found ? String(found.node.attrs.text) : "";
    this.remove.hidden = !found;
    this.complain("");
    this.dialog.showModal();
    this.input.focus();
  }

  private submit(missing: string): void {
    if (noteWords(this.input.value)) return this.finish(this.input.value);
    this.complain(missing);
    this.input.focus();
  }

  private complain(text: string): void {
    this.error.textContent = text;
    this.error.hidden = text === "";
    this.input.setAttribute("aria-invalid", String(text !== ""));
  }

  private finish(text: string | null): void {
    if (this.view?.editable) apart(setNote(text))(this.view.state, this.view.dispatch, this.view);
    this.dialog.close();
  }
}

function found(doc: Node): Found[] {
  const notes: Found[] = [];
  doc.descendants((node, pos) => {
    if (node.type === note) notes.push({ node, pos });
  });
  return notes;
}

/** The list under the text: for the eye; each number in the text already says its note to a screen reader. */
function list(notes: Found[], title: string): HTMLElement {
  const items = notes.map(({ node }, index) => make("li", { "data-note-item": String(index) }, String(node.attrs.text)));
  return make("div", { class: "notes", role: "group", contenteditable: "false", "aria-label": title }, make("ol", {}, ...items));
}

function drawn(doc: Node, words: Words): DecorationSet {
  const notes = found(doc);
  if (notes.length === 0) return DecorationSet.empty;
  const key = notes.map(({ node }) => node.attrs.text).join("\n");
  const numbers = notes.map(({ node, pos }, index) => {
    const label = words("note_label", { number: index + 1, text: String(node.attrs.text) });
    return Decoration.node(pos, pos + node.nodeSize, { "data-number": String(index + 1), role: "button", "aria-label": label, title: String(node.attrs.text) });
  });
  const under = Decoration.widget(doc.content.size, () => list(notes, words("notes")), { key, side: 1, ignoreSelection: true });
  return DecorationSet.create(doc, [...numbers, under]);
}

function open(view: EditorView, pos: number): boolean {
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, pos)));
  if (view.editable) editNote(view.state, view.dispatch, view);
  return true;
}

export function notePlugin(words: Words = readWords()): Plugin<DecorationSet> {
  const plugin: Plugin<DecorationSet> = new Plugin<DecorationSet>({
    state: {
      init: (_config, { doc }) => drawn(doc, words),
      apply: (tr, before) => (tr.docChanged ? drawn(tr.doc, words) : before),
    },
    props: {
      decorations: (state) => plugin.getState(state),
      handleClickOn: (view, _pos, node, nodePos) => node.type === note && open(view, nodePos),
      handleKeyDown: (view, event) => {
        const { selection } = view.state;
        const on = selection instanceof NodeSelection && selection.node.type === note;
        return on && (event.key === "Enter" || event.key === " ") && open(view, selection.from);
      },
      handleDOMEvents: {
        mousedown(view, event) {
          const item = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-note-item]") : null;
          const one = item && found(view.state.doc)[Number(item.dataset.noteItem)];
          if (!one) return false;
          event.preventDefault();
          return open(view, one.pos);
        },
      },
    },
  });
  return plugin;
}
