/**
 * Search and replace in the whole text, articles not looked at yet included. Ctrl+F stays the browser's; ours is Ctrl+Alt+R.
 * Only articles one may write in are changed, each replacement by edits like any other: undone the same way, seen by the others.
 */
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { make } from "./dom.ts";
import { matches, type Match, type Options } from "./matching.ts";
import type { Panels } from "./panels.ts";
import type { WordKey, Words } from "./words.ts";

interface Shown {
  all: Match[];
  current: number | null;
}

const key = new PluginKey<Shown>("search");
const NOTHING: Shown = { all: [], current: null };

/** Draws what was found; it follows the text between two searches. */
export function searchPlugin(): Plugin<Shown> {
  return new Plugin<Shown>({
    key,
    state: {
      init: () => NOTHING,
      apply(tr, shown) {
        const told = tr.getMeta(key) as Shown | undefined;
        if (told || !tr.docChanged) return told ?? shown;
        const all = shown.all.map(({ from, to }) => ({ from: tr.mapping.map(from, 1), to: tr.mapping.map(to, -1) }));
        return { all: all.map((one) => (one.from < one.to ? one : { from: 0, to: 0 })), current: shown.current };
      },
    },
    props: {
      decorations(state) {
        const { all, current } = key.getState(state) ?? NOTHING;
        const drawn = all.map(({ from, to }, index) =>
          Decoration.inline(from, to, { class: index === current ? "found found--current" : "found" }),
        );
        return DecorationSet.create(state.doc, drawn);
      },
    },
  });
}

interface Hit {
  ref: string;
  view: EditorView;
  index: number;
}

export class Search {
  private readonly bar: HTMLFormElement;
  private readonly what = make("input", { class: "input", id: "search-what", type: "search", autocomplete: "off", spellcheck: "false" });
  private readonly by = make("input", { class: "input", id: "search-by", autocomplete: "off" });
  private readonly count = make("p", { class: "search-count", role: "status" });
  private readonly exactCase = make("input", { type: "checkbox", id: "search-case" });
  private readonly exactAccents = make("input", { type: "checkbox", id: "search-accents" });
  private hits: Hit[] = [];
  private at = -1;
  private timer: number | undefined;
  private from: HTMLElement | null = null;

  constructor(
    place: HTMLElement,
    private readonly words: Words,
    private readonly panels: Panels,
    private readonly say: (text: string) => void,
  ) {
    this.bar = make("form", { class: "search", role: "search", "aria-label": words("search") });
    this.bar.hidden = true;
    this.bar.append(
      this.field(this.what, "search_what"),
      make(
        "div",
        { class: "search-buttons" },
        this.button("search_previous", () => this.go(-1)),
        this.button("search_next", () => this.go(1)),
        this.button("close", () => this.close()),
      ),
      this.count,
      this.more(),
    );
    place.append(this.bar);
    this.listen();
  }

  open(): void {
    if (this.bar.hidden) this.from = document.activeElement as HTMLElement | null;
    const picked = window.getSelection()?.toString().trim() ?? "";
    if (picked && picked.length < 80 && !picked.includes("\n")) this.what.value = picked;
    this.bar.hidden = false;
    this.panels.openThese();
    this.what.focus();
    this.what.select();
    this.find();
  }

  private listen(): void {
    this.bar.addEventListener("submit", (event) => event.preventDefault());
    this.bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      else if (event.key === "Enter" && event.target === this.what) this.go(event.shiftKey ? -1 : 1);
      else if (event.key === "Enter" && event.target === this.by) this.replaceOne();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    for (const input of [this.what, this.exactCase, this.exactAccents]) input.addEventListener("input", () => this.later());
    // Articles open one after the other, and the text goes on changing.
    document.body.addEventListener("charte:article-open", () => this.later());
  }

  /** Replacing and the rest: folded on a narrow screen, where the text must be seen too. */
  private more(): HTMLElement {
    const more = make(
      "details",
      { class: "search-more" },
      make("summary", {}, this.words("search_more")),
      make(
        "div",
        { class: "search-replace" },
        this.field(this.by, "search_by"),
        make(
          "div",
          { class: "search-buttons" },
          this.button("replace_one", () => this.replaceOne()),
          this.button("replace_all", () => this.replaceAll()),
        ),
      ),
      make("div", { class: "search-options" }, this.option(this.exactCase, "search_case"), this.option(this.exactAccents, "search_accents")),
    );
    more.open = window.matchMedia("(min-width: 40rem)").matches;
    return more;
  }

  private field(input: HTMLInputElement, word: WordKey): HTMLElement {
    return make("div", { class: "search-field" }, make("label", { for: input.id }, this.words(word)), input);
  }

  private option(input: HTMLInputElement, word: WordKey): HTMLElement {
    return make("label", { class: "search-option" }, input, this.words(word));
  }

  private button(word: WordKey, act: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", class: "button button--second button--small" }, this.words(word));
    button.addEventListener("click", act);
    return button;
  }

  private close(): void {
    this.bar.hidden = true;
    this.hits = [];
    for (const panel of this.panels.all()) if (panel.view) draw(panel.view, NOTHING);
    this.from?.focus();
  }

  private later(): void {
    if (this.bar.hidden) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.find(), 200);
  }

  private options(): Options {
    return { exactCase: this.exactCase.checked, exactAccents: this.exactAccents.checked };
  }

  /** Look again everywhere, staying on the hit one is on. */
  private find(): void {
    const former = this.hits[this.at];
    const place = former && matchOf(former)?.from;
    this.hits = [];
    for (const { ref } of this.panels.infos()) {
      const view = this.panels.get(ref)?.view;
      if (!view) continue;
      const all = matches(view.state.doc, this.what.value, this.options());
      draw(view, { all, current: null });
      all.forEach((_match, index) => this.hits.push({ ref, view, index }));
    }
    this.at = former ? this.hits.findIndex((hit) => hit.view === former.view && (matchOf(hit)?.from ?? 0) >= (place ?? 0)) : -1;
    this.tell();
  }

  private go(step: 1 | -1): void {
    window.clearTimeout(this.timer);
    this.find();
    if (this.hits.length === 0) return;
    this.at = this.at < 0 ? (step > 0 ? 0 : this.hits.length - 1) : (this.at + step + this.hits.length) % this.hits.length;
    this.show();
  }

  private show(): void {
    const hit = this.hits[this.at];
    if (!hit) return this.tell();
    for (const view of new Set(this.hits.map((one) => one.view)))
      draw(view, { all: key.getState(view.state)?.all ?? [], current: view === hit.view ? hit.index : null });
    hit.view.dom.querySelector(".found--current")?.scrollIntoView({ block: "center" });
    this.tell();
  }

  private tell(): void {
    const total = this.hits.length;
    const hit = this.hits[this.at];
    const number = hit ? this.panels.number(hit.ref) : null;
    if (!this.what.value.trim()) this.count.textContent = "";
    else if (total === 0) this.count.textContent = this.words("search_none");
    else if (number === null) this.count.textContent = this.words(total === 1 ? "search_one" : "search_many", { total });
    else this.count.textContent = this.words("search_at", { at: this.at + 1, total, number });
  }

  private replaceOne(): void {
    if (this.at < 0) return this.go(1);
    const hit = this.hits[this.at];
    const match = hit && matchOf(hit);
    if (!hit || !match) return;
    if (!hit.view.editable) return this.say(this.words("replace_locked", { number: this.panels.number(hit.ref) ?? "" }));
    const { tr } = hit.view.state;
    hit.view.dispatch(put(tr, hit.view.state, match, this.by.value));
    const after = match.from + this.by.value.length;
    this.find();
    this.at = this.hits.findIndex((one) => this.comesAfter(one, hit, after));
    if (this.at < 0 && this.hits.length > 0) this.at = 0;
    this.show();
  }

  private comesAfter(one: Hit, done: Hit, after: number): boolean {
    const rank = (ref: string): number => this.panels.number(ref) ?? 0;
    return one.ref === done.ref ? (matchOf(one)?.from ?? 0) >= after : rank(one.ref) > rank(done.ref);
  }

  private replaceAll(): void {
    this.find();
    let done = 0;
    let left = 0;
    for (const view of new Set(this.hits.map((hit) => hit.view))) {
      const all = key.getState(view.state)?.all ?? [];
      if (!view.editable) {
        left += all.length;
        continue;
      }
      const tr = view.state.tr;
      // From the end: what is before keeps its place.
      for (const match of [...all].reverse()) put(tr, view.state, match, this.by.value);
      view.dispatch(tr);
      done += all.length;
    }
    this.at = -1;
    this.find();
    const said = this.words("replaced", { done }) + (left ? ` ${this.words("replaced_left", { left })}` : "");
    this.count.textContent = said;
  }
}

/** The new words take the formatting of the first of the old ones. */
function put(tr: EditorState["tr"], state: EditorState, { from, to }: Match, words: string): EditorState["tr"] {
  if (!words) return tr.delete(from, to);
  const marks = state.doc.resolve(from).marksAcross(state.doc.resolve(to)) ?? [];
  return tr.replaceWith(from, to, state.schema.text(words, marks));
}

function matchOf({ view, index }: Hit): Match | undefined {
  return key.getState(view.state)?.all[index];
}

function draw(view: EditorView, shown: Shown): void {
  view.dispatch(view.state.tr.setMeta(key, shown).setMeta("addToHistory", false));
}
