/**
 * The alliance's defined words, underlined with dots in the text being written: drawn, never part of it. A click or the shortcut shows
 * the definition; Escape, or moving away, hides it.
 */
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { make } from "./dom.ts";
import { texts } from "./matching.ts";

export interface Term {
  ref: string;
  term: string;
  definition: string;
}

/** The same words as `charter/drafting/reading.py` finds: whole, in any case, in the plural, the longest first. */
function finder(terms: readonly Term[]): RegExp | null {
  const loose = (term: string): string =>
    term
      .split(/\s+/)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/['’]/g, "['’]") + "(?:s|x)?")
      .join("[\\s\\u00a0\\u202f]+");
  if (terms.length === 0) return null;
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${terms.map(({ term }) => `(${loose(term)})`).join("|")})(?![\\p{L}\\p{N}_])`, "giu");
}

export function readTerms(): Term[] {
  const source = document.getElementById("editor-terms")?.textContent ?? "[]";
  const terms = JSON.parse(source) as Term[];
  return terms.sort((a, b) => b.term.length - a.term.length);
}

const key = new PluginKey<DecorationSet>("terms");

export class Terms {
  private readonly pattern: RegExp | null;
  private readonly box = make("div", { class: "term-box", role: "note", id: "term-box" });

  constructor(
    root: HTMLElement,
    private readonly terms: readonly Term[],
    private readonly say: (text: string) => void,
  ) {
    this.pattern = finder(terms);
    this.box.hidden = true;
    root.append(this.box);
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
    // The words moved on the screen.
    window.addEventListener("resize", () => this.hide());
    document.addEventListener("pointerdown", (event) => !this.box.contains(event.target as globalThis.Node) && this.hide());
  }

  plugin(): Plugin {
    return new Plugin<DecorationSet>({
      key,
      state: {
        init: (_config, { doc }) => this.drawn(doc),
        apply: (tr, drawn) => (tr.docChanged ? this.drawn(tr.doc) : drawn),
      },
      props: {
        decorations: (state) => key.getState(state),
        handleClick: (view, position) => {
          const found = this.at(view, position);
          if (found) this.show(view, found, position);
          return false;
        },
      },
    });
  }

  /** The definition of the word under the caret, shown and read aloud; false when it has none. */
  define(view: EditorView): boolean {
    const position = view.state.selection.from;
    const found = this.at(view, position);
    if (!found) return false;
    this.show(view, found, position);
    this.say(`${found.term} : ${found.definition}`);
    return true;
  }

  private drawn(doc: Node): DecorationSet {
    const drawn: Decoration[] = [];
    if (!this.pattern) return DecorationSet.empty;
    for (const { text, start } of texts(doc))
      for (const match of text.matchAll(this.pattern)) {
        const ref = this.terms[match.slice(1).findIndex((group) => group !== undefined)]?.ref ?? "";
        const from = start + match.index;
        drawn.push(Decoration.inline(from, from + match[0].length, { class: "term" }, { ref }));
      }
    return DecorationSet.create(doc, drawn);
  }

  private at(view: EditorView, position: number): Term | undefined {
    const ref = (key.getState(view.state)?.find(position, position)[0]?.spec as { ref?: string } | undefined)?.ref;
    return this.terms.find((term) => term.ref === ref);
  }

  private show(view: EditorView, { term, definition }: Term, position: number): void {
    this.box.replaceChildren(make("strong", {}, term), " ", definition);
    this.box.hidden = false;
    const { left, bottom } = view.coordsAtPos(position);
    const room = document.documentElement.clientWidth - this.box.offsetWidth - 12;
    // Set through the object model: the content policy only forbids style written in markup.
    this.box.style.setProperty("left", `${Math.max(12, Math.min(left, room)) + window.scrollX}px`);
    this.box.style.setProperty("top", `${bottom + 6 + window.scrollY}px`);
  }

  private hide(): void {
    this.box.hidden = true;
  }
}
