/** A ProseMirror view bound to one article. It sets no inline `style` attribute: colours are classes (strict CSP). */
import { inputRules } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { EditorState, Plugin } from "prosemirror-state";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import { initProseMirrorDoc, yCursorPlugin, yCursorPluginKey, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import type { Article } from "./article.ts";
import { keyboard, listRules } from "./commands.ts";
import { make } from "./dom.ts";
import { notePlugin } from "./notes.ts";
import { cleaned, pastePlugin } from "./paste.ts";
import { schema } from "./schema.ts";
import { tablePlugin } from "./table_plugin.ts";
import { frenchRules } from "./typography.ts";

export interface CursorOwner {
  name: string;
  color: number;
}

export interface ViewHooks {
  label(): string;
  placeholder: string;
  french: boolean;
  editable(): boolean;
  /** null for a cursor the server has not named: it is not drawn. */
  owner(clientId: number): CursorOwner | null;
  /** Text or selection changed. */
  changed(view: EditorView): void;
  toolbar(): void;
  link(view: EditorView): void;
  comment(view: EditorView): void;
  openComment(id: string): void;
  /** What the page adds: words found, words defined. */
  plugins(): Plugin[];
  cut(view: EditorView): void;
  define(view: EditorView): void;
}

/** What is shown: an article of the charter, or a copy of one. */
type Shown = Pick<Article, "ref" | "fragment" | "awareness">;

const WORD_JOINER = "\u2060";

/** The name is drawn by the stylesheet: it is not part of the text that one selects, copies or listens to. */
function cursor(owner: CursorOwner | null): HTMLElement {
  const label = make("span", { class: "cursor-label", "data-name": owner?.name ?? "" });
  const attributes = { class: "remote-cursor", "data-party": String(owner?.color ?? ""), "aria-hidden": "true" };
  return make("span", attributes, WORD_JOINER, label, WORD_JOINER);
}

/** Who is here changed: draw the cursors that have a name now, drop those of people who left. */
export function redrawCursors(view: EditorView): void {
  view.dispatch(view.state.tr.setMeta(yCursorPluginKey, { awarenessUpdated: true }));
}

function placeholder(text: string): Plugin {
  return new Plugin({
    props: {
      decorations(state) {
        const { doc } = state;
        const first = doc.firstChild;
        if (doc.childCount !== 1 || !first?.isTextblock || first.content.size > 0) return null;
        const attributes = { class: "is-empty", "data-placeholder": text };
        return DecorationSet.create(doc, [Decoration.node(0, first.nodeSize, attributes)]);
      },
    },
  });
}

function keys(hooks: ViewHooks): Plugin[] {
  const ours = keymap({
    "Alt-F10": () => (hooks.toolbar(), true),
    "Mod-k": (_state, _dispatch, view) => (view && hooks.editable() && hooks.link(view), true),
    "Mod-Alt-Enter": (_state, _dispatch, view) => (view && hooks.editable() && hooks.cut(view), true),
    "Mod-Alt-d": (_state, _dispatch, view) => (view && hooks.define(view), true),
    "Mod-Alt-m": (_state, _dispatch, view) => (view && hooks.comment(view), true),
  });
  return [ours, keymap(keyboard())];
}

function attributes(hooks: ViewHooks, ref: string): Record<string, string> {
  const editable = hooks.editable();
  return {
    id: `editor-${ref}`,
    class: "article-text",
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": hooks.label(),
    "aria-readonly": String(!editable),
    lang: "fr",
    spellcheck: "true",
    // A text one may only read stays reachable by keyboard, to select and comment.
    tabindex: "0",
  };
}

function state(article: Shown, hooks: ViewHooks): EditorState {
  const { fragment, awareness } = article;
  const initial = fragment.length > 0 ? initProseMirrorDoc(fragment, schema) : null;
  return EditorState.create({
    schema,
    ...(initial && { doc: initial.doc }),
    plugins: [
      ySyncPlugin(fragment, initial ? { mapping: initial.mapping } : {}),
      yCursorPlugin(awareness, {
        awarenessStateFilter: (mine: number, clientId: number) => mine !== clientId && hooks.owner(clientId) !== null,
        cursorBuilder: (_user: unknown, clientId: number) => cursor(hooks.owner(clientId)),
        selectionBuilder: (_user: unknown, clientId: number) => ({
          class: "remote-selection",
          "data-party": String(hooks.owner(clientId)?.color ?? ""),
        }),
      } as Parameters<typeof yCursorPlugin>[1]),
      yUndoPlugin(),
      inputRules({ rules: [...(hooks.french ? frenchRules() : []), ...listRules()] }),
      ...keys(hooks),
      ...hooks.plugins(),
      tablePlugin(),
      notePlugin(),
      pastePlugin(),
      placeholder(hooks.placeholder),
      new Plugin({ view: () => ({ update: (view) => hooks.changed(view) }) }),
    ],
  });
}

export function mountView(article: Shown, hooks: ViewHooks): EditorView {
  return new EditorView(null, {
    state: state(article, hooks),
    editable: hooks.editable,
    transformPastedHTML: cleaned,
    attributes: () => attributes(hooks, article.ref),
    handleClick: (_view, _position, event) => {
      const mark = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-comment]") : null;
      if (mark?.dataset.comment) hooks.openComment(mark.dataset.comment);
      return false;
    },
  });
}
