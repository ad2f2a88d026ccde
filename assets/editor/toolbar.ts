/**
 * One toolbar for whichever article has the cursor (WAI-ARIA APG toolbar: one tab stop, arrows inside).
 * Alt+F10 goes from the text to it, Escape back. On a narrow screen it rides above the on-screen keyboard.
 */
import type { EditorView } from "prosemirror-view";
import { ACTIONS, linkAt, type Action } from "./commands.ts";
import { drawing, make } from "./dom.ts";
import { inTable } from "./tables.ts";
import type { WordKey, Words } from "./words.ts";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const SIGNS: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Backspace: "⌫", Delete: "⌦" };

/** « Ctrl+Maj+Z » or « ⇧⌘Z », from ProseMirror's key name. */
export function shortcut(keys: string, shift: string, mac: boolean = MAC): string {
  const parts = keys.split("-");
  const key = parts.pop() ?? "";
  const last = SIGNS[key] ?? key.toUpperCase();
  const name = (part: string): string =>
    mac ? ({ Mod: "⌘", Alt: "⌥", Shift: "⇧" }[part] ?? part) : ({ Mod: "Ctrl", Shift: shift }[part] ?? part);
  const order = mac ? ["Alt", "Shift", "Mod"] : ["Mod", "Alt", "Shift"];
  const sorted = [...parts].sort((a, b) => order.indexOf(a) - order.indexOf(b)).map(name);
  return [...sorted, last].join(mac ? "" : "+");
}

export interface ToolbarHooks {
  link(view: EditorView): void;
  comment(view: EditorView): void;
  editable(view: EditorView): boolean;
}

interface Button {
  element: HTMLButtonElement;
  action: Action | null;
  id: string;
}

export class Toolbar {
  private view: EditorView | null = null;
  private readonly buttons: Button[];
  private readonly tableTools: HTMLElement;
  private asked = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly words: Words,
    private readonly hooks: ToolbarHooks,
  ) {
    place.setAttribute("role", "toolbar");
    place.setAttribute("aria-label", words("toolbar"));
    place.classList.add("editor-toolbar");
    const made = (action: Action): Button => this.button(action.id, action.word, action.keys, action);
    const always = ACTIONS.filter(({ where }) => !where).map(made);
    always.splice(6, 0, this.button("link", "link", "Mod-k", null));
    always.push(this.button("comment", "comment", "Mod-Alt-m", null));
    const ofTables = ACTIONS.filter(({ where }) => where === "table").map(made);
    this.buttons = [...always, ...ofTables];
    const group = (buttons: Button[]): HTMLElement => make("div", { class: "editor-tools" }, ...buttons.map(({ element }) => element));
    this.tableTools = group(ofTables);
    place.replaceChildren(group(always), this.tableTools);
    this.buttons.forEach(({ element }, index) => (element.tabIndex = index === 0 ? 0 : -1));
    place.addEventListener("keydown", (event) => this.key(event));
    place.hidden = false;
    this.rideAboveKeyboard();
    this.refresh();
  }

  attach(view: EditorView | null): void {
    this.view = view;
    if (view?.dom.id) this.place.setAttribute("aria-controls", view.dom.id);
    this.refresh();
  }

  attached(view: EditorView): boolean {
    return this.view === view;
  }

  focus(): void {
    const shown = this.shown();
    const target = shown.find((element) => element.tabIndex === 0) ?? shown[0];
    if (target) this.stop(target).focus();
  }

  /** Once a frame at most: it is called for every change of text or selection. */
  refresh(): void {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.tableTools.hidden = !this.view || !this.hooks.editable(this.view) || !inTable(this.view.state);
      for (const button of this.buttons) this.show(button);
      this.keepReachable();
    });
  }

  private button(id: string, word: WordKey, keys: string, action: Action | null): Button {
    const label = this.words(word);
    const element = make("button", {
      type: "button",
      class: "editor-button",
      "data-action": id,
      "aria-label": label,
      title: this.words("shortcut", { action: label, keys: shortcut(keys, this.words("key_shift")) }),
    });
    element.append(drawing(id));
    // Keeps the text's focus, its selection, and a phone's keyboard.
    element.addEventListener("mousedown", (event) => event.preventDefault());
    element.addEventListener("click", (event) => this.press(id, action, event.detail > 0));
    return { element, action, id };
  }

  private press(id: string, action: Action | null, byPointer: boolean): void {
    const view = this.view;
    if (!view || !this.enabled(id, action)) return;
    if (id === "link") return this.hooks.link(view);
    if (id === "comment") return this.hooks.comment(view);
    action?.run(view.state, view.dispatch, view);
    // A dialog that the action opened keeps the focus it took.
    if (byPointer && !document.querySelector("dialog[open]")) view.focus();
    this.refresh();
  }

  private enabled(id: string, action: Action | null): boolean {
    const view = this.view;
    if (!view) return false;
    if (id === "comment") return !view.state.selection.empty;
    if (!this.hooks.editable(view)) return false;
    return action ? action.run(view.state) : true;
  }

  private show({ element, action, id }: Button): void {
    element.setAttribute("aria-disabled", String(!this.enabled(id, action)));
    const view = this.view;
    if (action?.pressed) element.setAttribute("aria-pressed", String(view ? action.pressed(view.state) : false));
    if (id === "link") element.setAttribute("aria-pressed", String(view ? linkAt(view.state) !== null : false));
  }

  private key(event: KeyboardEvent): void {
    const shown = this.shown();
    const index = shown.findIndex((element) => element === document.activeElement);
    const last = shown.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: index === last ? 0 : index + 1,
      ArrowLeft: index <= 0 ? last : index - 1,
      Home: 0,
      End: last,
    };
    const target = shown[moves[event.key] ?? -1];
    if (event.key === "Escape") this.view?.focus();
    else if (target) this.stop(target).focus();
    else return;
    event.preventDefault();
  }

  private shown(): HTMLButtonElement[] {
    return this.buttons.map(({ element }) => element).filter((element) => element.checkVisibility());
  }

  /** Locked or narrow, some buttons are not shown: the tab stop must be one that is. */
  private keepReachable(): void {
    const shown = this.shown();
    if (shown[0] && !shown.some((element) => element.tabIndex === 0)) this.stop(shown[0]);
  }

  /** The one button that Tab reaches. */
  private stop(target: HTMLButtonElement): HTMLButtonElement {
    for (const { element } of this.buttons) element.tabIndex = element === target ? 0 : -1;
    return target;
  }

  private rideAboveKeyboard(): void {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const place = (): void => {
      const hidden = Math.max(0, window.innerHeight - viewport.height - viewport.offsetTop);
      this.place.style.setProperty("--keyboard", `${Math.round(hidden)}px`);
    };
    viewport.addEventListener("resize", place);
    viewport.addEventListener("scroll", place);
    place();
  }
}
