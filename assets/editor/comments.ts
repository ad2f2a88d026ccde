/**
 * From a selection to a comment. The thread lives on the server; the text only carries a mark with its id.
 * - `charte:comment` {ref, quote, anchor}: this browser asks for a comment form on those words;
 * - `charte:comment-saved` {ref, id, anchor?}: the page tells the id given; the mark is added where the words are now;
 * - `charte:comment-removed` {ref, id}: the mark goes;
 * - `charte:comment-show` {ref, id}: scroll to the words; `charte:comment-open` {ref, id}: those words were clicked.
 */
import type { EditorState, Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "y-prosemirror";
import type * as Y from "yjs";
import { schema } from "./schema.ts";

/** Longest quote kept, in characters. */
const QUOTE = 500;

interface Binding {
  doc: Y.Doc;
  type: Y.XmlFragment;
  binding: { mapping: Parameters<typeof absolutePositionToRelativePosition>[2] };
}

interface Anchor {
  number: number;
  from: Y.RelativePosition;
  to: Y.RelativePosition;
}

const bindingOf = (state: EditorState): Binding => ySyncPluginKey.getState(state) as Binding;

/** Words asked to be commented, held where they are while others go on writing. */
export class Anchors {
  private readonly last = new Map<string, Anchor>();
  private next = 1;

  keep(ref: string, state: EditorState): { quote: string; anchor: number } | null {
    const { from, to, empty } = state.selection;
    if (empty) return null;
    const { type, binding } = bindingOf(state);
    const anchor: Anchor = {
      number: this.next++,
      from: absolutePositionToRelativePosition(from, type, binding.mapping) as Y.RelativePosition,
      to: absolutePositionToRelativePosition(to, type, binding.mapping) as Y.RelativePosition,
    };
    this.last.set(ref, anchor);
    return { quote: state.doc.textBetween(from, to, "\n", "\n").trim().slice(0, QUOTE), anchor: anchor.number };
  }

  /** Add the mark; false when the words are gone or another selection was asked since. */
  mark(ref: string, view: EditorView, id: string, number?: number): boolean {
    const anchor = this.last.get(ref);
    if (!anchor || (number !== undefined && anchor.number !== number)) return false;
    this.last.delete(ref);
    const { doc, type, binding } = bindingOf(view.state);
    const from = relativePositionToAbsolutePosition(doc, type, anchor.from, binding.mapping);
    const to = relativePositionToAbsolutePosition(doc, type, anchor.to, binding.mapping);
    if (from === null || to === null || from >= to) return false;
    view.dispatch(apart(view.state.tr.addMark(from, to, schema.mark("comment", { id }))));
    return true;
  }
}

/** Marks are not words: undoing one's writing must not take a comment away. */
const apart = (tr: Transaction): Transaction => tr.setMeta("addToHistory", false);

function unmark(view: EditorView, id: string): void {
  const mark = schema.mark("comment", { id });
  const tr = view.state.tr.removeMark(0, view.state.doc.content.size, mark);
  if (tr.docChanged) view.dispatch(apart(tr));
}

function showComment(host: HTMLElement, id: string): void {
  const words = [...host.querySelectorAll<HTMLElement>("[data-comment]")].filter((element) => element.dataset.comment === id);
  words[0]?.scrollIntoView({ block: "center" });
  for (const element of words) element.classList.add("is-shown");
  window.setTimeout(() => words.forEach((element) => element.classList.remove("is-shown")), 3_000);
}

interface Target {
  ref: string;
  id: string | number;
  anchor?: string | number;
}

/** What the page says about comments, applied to the article it names when one may write there. */
export function commentEvents(anchors: Anchors, find: (ref: string) => { host: HTMLElement; view: EditorView | null } | undefined): void {
  const on = (name: string, act: (target: Target, host: HTMLElement, view: EditorView) => void): void =>
    document.body.addEventListener(name, (event) => {
      const target = (event as CustomEvent<Target>).detail;
      const { host, view } = find(target.ref) ?? {};
      if (host && view) act(target, host, view);
    });
  on("charte:comment-saved", ({ ref, id, anchor }, _host, view) => {
    if (view.editable) anchors.mark(ref, view, String(id), anchor === undefined ? undefined : Number(anchor));
  });
  on("charte:comment-removed", ({ id }, _host, view) => {
    if (view.editable) unmark(view, String(id));
  });
  on("charte:comment-show", ({ id }, host) => showComment(host, String(id)));
}
