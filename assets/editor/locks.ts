/** Articles put to consent: each says that it may not be written for now, and what reopens it; what changes is read aloud. */
import type { ArticleInfo } from "./protocol.ts";
import type { Words } from "./words.ts";

export class Locks {
  private before: ReadonlyMap<string, number> | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly words: Words,
    private readonly say: (text: string) => void,
  ) {
    document.body.addEventListener("charte:articles-changed", () => this.draw());
  }

  /** What the server says of the articles: `locked` is the number of the round, 0 when the article may be written. */
  tell(articles: ArticleInfo[]): void {
    const now = new Map(articles.map(({ ref, locked }) => [ref, locked]));
    const { before } = this;
    this.before = now;
    this.draw();
    if (before) this.announce(articles, before);
  }

  private draw(): void {
    if (!this.before) return;
    for (const note of this.root.querySelectorAll<HTMLElement>("[data-lock-note]")) {
      const round = this.before.get(note.dataset.lockNote ?? "") ?? 0;
      note.hidden = round === 0;
      const said = note.querySelector("[data-lock-words]");
      if (said && round) said.textContent = this.words("locked_note", { round });
    }
  }

  private announce(articles: ArticleInfo[], before: ReadonlyMap<string, number>): void {
    const locked = articles.filter(({ ref, locked }) => locked && !before.get(ref));
    const freed = articles.filter(({ ref, locked }) => !locked && before.get(ref));
    const round = locked[0]?.locked ?? 0;
    if (locked.length > 0) this.say(this.words("round_opened", { round }));
    else if (freed.length > 0 && articles.every((one) => !one.locked)) this.say(this.words("round_over"));
    else for (const { number } of freed) this.say(this.words("unlocked", { number }));
  }
}
