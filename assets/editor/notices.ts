/** Refusals and goodbyes, in words, with what the person had written so that nothing typed is lost. */
import { make } from "./dom.ts";
import type { WordKey, Words } from "./words.ts";

const EVENT = "charte:notice";

/** Something worth telling happened at `element`, inside an editor: the editor's notices say it. */
export function tellNotice(element: HTMLElement, word: WordKey): void {
  element.dispatchEvent(new CustomEvent<WordKey>(EVENT, { bubbles: true, detail: word }));
}

export class Notices {
  constructor(
    private readonly place: HTMLElement,
    private readonly words: Words,
  ) {
    place.classList.add("editor-notices");
    place.closest("[data-editor]")?.addEventListener(EVENT, (event) => {
      const word = (event as CustomEvent<WordKey>).detail;
      this.show(word, this.words(word));
    });
  }

  /** `kind` is shown once at a time: the same notice again replaces the former. `typed` is offered for copying. */
  show(kind: string, text: string, typed = ""): void {
    this.clear(kind);
    const close = make("button", { type: "button", class: "editor-notice-close", "aria-label": this.words("close") }, "×");
    const notice = make("div", { class: "editor-notice", role: "alert", "data-notice": kind }, make("p", {}, text), close);
    if (typed.trim()) {
      const area = make("textarea", { readonly: "", rows: "6", "aria-label": this.words("your_words") });
      area.value = typed;
      notice.append(make("details", {}, make("summary", {}, this.words("your_words")), area));
    }
    close.addEventListener("click", () => notice.remove());
    this.place.append(notice);
  }

  clear(kind: string): void {
    for (const notice of this.place.querySelectorAll<HTMLElement>("[data-notice]")) if (notice.dataset.notice === kind) notice.remove();
  }
}
