/**
 * Writing an amendment with the editor of the charter, on a copy nobody else sees. Without this script it is a text area in Markdown.
 *
 * Markup (`templates/pages/drafting/amendment_words.html`):
 *   <form data-amendment> <input type="hidden" name="nodes">
 *     <p data-amendment-plain>how to write Markdown</p> <div data-amendment-toolbar hidden> <div data-amendment-editor data-label="…" hidden>
 *     <textarea name="words"> …
 *   <script type="application/json" id="amendment-nodes">[ProseMirror nodes]</script>
 * When the form is sent, `nodes` holds the copy as JSON.
 */
import { Node } from "prosemirror-model";
import type { EditorView } from "prosemirror-view";
import { prosemirrorToYXmlFragment } from "y-prosemirror";
import { Awareness } from "y-protocols/awareness";
import { Doc } from "yjs";
import { LinkDialog } from "../editor/link_dialog.ts";
import { schema } from "../editor/schema.ts";
import { Toolbar } from "../editor/toolbar.ts";
import { mountView } from "../editor/view.ts";
import { readWords } from "../editor/words.ts";

const EMPTY = [{ type: "paragraph" }];

function copied(): Node {
  const given = JSON.parse(document.getElementById("amendment-nodes")?.textContent ?? "[]") as object[];
  return Node.fromJSON(schema, { type: "doc", content: given.length > 0 ? given : EMPTY });
}

/** The copy is a shared document of one: undo, notes and tables then work as in the charter. */
function copy(): { ref: string; fragment: ReturnType<Doc["getXmlFragment"]>; awareness: Awareness } {
  const doc = new Doc();
  const fragment = doc.getXmlFragment("content");
  prosemirrorToYXmlFragment(copied(), fragment);
  return { ref: "amendment", fragment, awareness: new Awareness(doc) };
}

function start(form: HTMLFormElement): void {
  const find = <E extends HTMLElement>(selector: string): E | null => form.querySelector<E>(selector);
  const [place, bar, area, nodes] = [
    find("[data-amendment-editor]"),
    find("[data-amendment-toolbar]"),
    find<HTMLTextAreaElement>("textarea[name=words]"),
    find<HTMLInputElement>("input[name=nodes]"),
  ];
  if (!place || !bar || !area || !nodes || !form.parentElement) return;
  const words = readWords();
  // Dialogs hold a form of their own: they stand beside this one.
  form.parentElement.dataset.editor = "";
  const dialog = new LinkDialog(form.parentElement, words);
  const link = (view: EditorView): void => dialog.show(view);
  const toolbar = new Toolbar(bar, words, { link, comment: () => undefined, editable: () => true });
  const view = mountView(copy(), {
    label: () => place.dataset.label ?? "",
    placeholder: words("placeholder"),
    french: true,
    editable: () => true,
    owner: () => null,
    changed: () => toolbar.refresh(),
    toolbar: () => toolbar.focus(),
    link,
    comment: () => undefined,
    openComment: () => undefined,
    plugins: () => [],
    cut: () => undefined,
    define: () => undefined,
  });
  place.append(view.dom);
  toolbar.attach(view);
  place.hidden = false;
  for (const plain of [area, find("[data-amendment-plain]")]) if (plain) plain.hidden = true;
  describe(form, view, area);
  form.addEventListener("submit", () => {
    nodes.value = JSON.stringify((view.state.doc.toJSON() as { content?: object[] }).content ?? []);
  });
}

/** What the text area's label and error were for is now the editor's. */
function describe(form: HTMLFormElement, view: EditorView, area: HTMLTextAreaElement): void {
  const error = form.querySelector("#f-words-error");
  const attributes = { ...(error && { "aria-describedby": error.id, "aria-invalid": "true" }) };
  const label = form.querySelector<HTMLLabelElement>("#f-words-label");
  if (label) label.htmlFor = "";
  label?.addEventListener("click", () => view.focus());
  view.setProps({ attributes: () => ({ ...attributesOf(view), ...attributes }) });
  for (const link of document.querySelectorAll<HTMLAnchorElement>(`a[href="#${area.id}"]`)) {
    link.addEventListener("click", (event) => (event.preventDefault(), view.focus()));
  }
}

/** Those the editor gave itself. */
function attributesOf(view: EditorView): Record<string, string> {
  const own = ["id", "role", "aria-multiline", "aria-label", "lang", "spellcheck", "tabindex"];
  const kept = own.flatMap((name) => (view.dom.hasAttribute(name) ? [[name, view.dom.getAttribute(name) ?? ""]] : []));
  return { ...Object.fromEntries(kept), class: "article-text" };
}

const form = document.querySelector<HTMLFormElement>("form[data-amendment]");
if (form) start(form);
