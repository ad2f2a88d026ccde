/** Asking for a link's address: a modal `<dialog>`, labelled, its error beside the field, nothing typed lost. */
import type { EditorView } from "prosemirror-view";
import { linkAt, setLink } from "./commands.ts";
import { make } from "./dom.ts";
import { completeHref } from "./links.ts";
import type { Words } from "./words.ts";

export class LinkDialog {
  private readonly dialog: HTMLDialogElement;
  private readonly input: HTMLInputElement;
  private readonly error: HTMLElement;
  private readonly remove: HTMLButtonElement;
  private view: EditorView | null = null;

  constructor(root: HTMLElement, words: Words) {
    this.input = make("input", {
      id: "editor-link-address", class: "input", type: "text", inputmode: "url", autocomplete: "url", autocapitalize: "off",
      spellcheck: "false", "aria-describedby": "editor-link-hint editor-link-error",
    });
    this.error = make("p", { id: "editor-link-error", class: "editor-error", role: "alert" });
    this.remove = make("button", { type: "button", class: "button button--quiet" }, words("link_remove"));
    const cancel = make("button", { type: "button", class: "button button--quiet" }, words("cancel"));
    const form = make(
      "form",
      { novalidate: "" },
      make("h2", { id: "editor-link-title" }, words("link_title")),
      make("label", { for: "editor-link-address" }, words("link_address")),
      make("p", { id: "editor-link-hint", class: "hint" }, words("link_hint")),
      this.error,
      this.input,
      make("div", { class: "editor-dialog-buttons" }, make("button", { type: "submit", class: "button" }, words("link_apply")), this.remove, cancel),
    );
    this.dialog = make("dialog", { class: "editor-dialog", "aria-labelledby": "editor-link-title" }, form);
    root.append(this.dialog);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(words("link_invalid"));
    });
    this.remove.addEventListener("click", () => this.finish(null));
    cancel.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.view?.focus());
  }

  show(view: EditorView): void {
    this.view = view;
    const found = linkAt(view.state);
    this.input.value = found?.href ?? "";
    this.remove.hidden = !found;
    this.complain("");
    this.dialog.showModal();
    this.input.select();
    this.input.focus();
  }

  private submit(invalid: string): void {
    const href = completeHref(this.input.value);
    if (href) return this.finish(href);
    this.complain(invalid);
    this.input.focus();
  }

  private complain(text: string): void {
    this.error.textContent = text;
    this.error.hidden = text === "";
    this.input.setAttribute("aria-invalid", String(text !== ""));
  }

  private finish(href: string | null): void {
    if (this.view?.editable) setLink(href)(this.view.state, this.view.dispatch, this.view);
    this.dialog.close();
  }
}
