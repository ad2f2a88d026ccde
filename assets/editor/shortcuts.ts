/** The list of shortcuts, in a dialog; and those that work anywhere in the page. */
import { ACTIONS } from "./commands.ts";
import { drawing, make } from "./dom.ts";
import { shortcut } from "./toolbar.ts";
import type { WordKey, Words } from "./words.ts";

/** Those that are not buttons of the toolbar. */
const OTHERS: readonly [WordKey, string][] = [
  ["link", "Mod-k"],
  ["comment", "Mod-Alt-m"],
  ["line_break", "Shift-Enter"],
  ["indent", "Alt-Shift-→"],
  ["outdent", "Alt-Shift-←"],
  ["cut_here", "Mod-Alt-Enter"],
  ["define", "Mod-Alt-d"],
  ["search", "Mod-Alt-r"],
  ["to_toolbar", "Alt-F10"],
  ["shortcuts", "Mod-/"],
];

export class Shortcuts {
  private readonly dialog: HTMLDialogElement;
  private opener: Element | null = null;

  constructor(root: HTMLElement, words: Words) {
    const said = [...ACTIONS.map(({ word, keys }): [WordKey, string] => [word, keys]), ...OTHERS].filter(([, keys]) => keys);
    const rows = said.map(([word, keys]) =>
      make("div", { class: "shortcut" }, make("dt", {}, words(word)), make("dd", {}, make("kbd", {}, shortcut(keys, words("key_shift"))))),
    );
    const close = make("button", { type: "button", class: "button" }, words("close"));
    close.addEventListener("click", () => this.dialog.close());
    this.dialog = make(
      "dialog",
      { class: "editor-dialog", "aria-labelledby": "shortcuts-title" },
      make("h2", { id: "shortcuts-title", tabindex: "-1" }, words("shortcuts")),
      make("dl", { class: "shortcuts", tabindex: "0", "aria-labelledby": "shortcuts-title" }, ...rows),
      make("div", { class: "editor-dialog-buttons" }, close),
    );
    root.append(this.dialog);
    this.dialog.addEventListener("close", () => this.opener instanceof HTMLElement && this.opener.focus());
  }

  open(): void {
    this.opener = document.activeElement;
    this.dialog.showModal();
    this.dialog.querySelector<HTMLElement>("h2")?.focus();
  }
}

/** Buttons beside who is here, and their keys anywhere in the page. Ctrl+F is left to the browser. */
export function extras(place: HTMLElement, words: Words, acts: { search(): void; shortcuts(): void }): void {
  const button = (word: WordKey, keys: string, sign: string | Node, act: () => void): HTMLButtonElement => {
    const title = words("shortcut", { action: words(word), keys: shortcut(keys, words("key_shift")) });
    const made = make("button", { type: "button", class: "editor-extra", "aria-label": words(word), title }, make("span", { "aria-hidden": "true" }, sign));
    made.addEventListener("click", act);
    return made;
  };
  place.replaceChildren(button("search", "Mod-Alt-r", drawing("search"), acts.search), button("shortcuts", "Mod-/", "?", acts.shortcuts));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    if (event.altKey && (event.key.toLowerCase() === "r" || event.code === "KeyR")) acts.search();
    else if (!event.altKey && (event.key === "/" || event.key === "?")) acts.shortcuts();
    else return;
    event.preventDefault();
  });
}
