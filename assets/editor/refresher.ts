/**
 * Telling the page that an article changed, so that its consent and comment panels ask the server again:
 * `charte:article-changed` {ref} on `<body>`, and `charte:refresh` on each `[data-article-panel="REF"]`.
 */

const QUIET = 1_500;

export function tellPage(name: string, detail: Record<string, unknown>): void {
  document.body.dispatchEvent(new CustomEvent(name, { detail }));
}

export class Refresher {
  private readonly timers = new Map<string, number>();

  now(ref: string): void {
    window.clearTimeout(this.timers.get(ref));
    this.timers.delete(ref);
    tellPage("charte:article-changed", { ref });
    for (const panel of document.querySelectorAll<HTMLElement>("[data-article-panel]"))
      if (panel.dataset.articlePanel === ref) panel.dispatchEvent(new CustomEvent("charte:refresh", { detail: { ref } }));
  }

  /** Once writing pauses: a panel that blinks at every key helps nobody. */
  later(ref: string): void {
    window.clearTimeout(this.timers.get(ref));
    this.timers.set(ref, window.setTimeout(() => this.now(ref), QUIET));
  }
}
