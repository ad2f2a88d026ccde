/**
 * The consent board stays true while one looks at it: every few seconds the page asks whether it changed (a short answer while
 * nothing did), takes the new one in place, keeps the focus where it was, and says so politely.
 */

const EVERY = 4_000;

interface Htmx {
  process(element: Element): void;
}

/** Where the focus is, in words that still hold once the board is drawn again. */
function held(board: HTMLElement): { href: string; nth: number } | null {
  const link = document.activeElement?.closest("a");
  if (!link || !board.contains(link)) return null;
  return { href: link.href, nth: links(board, link.href).indexOf(link) };
}

const links = (board: HTMLElement, href: string): HTMLAnchorElement[] => [...board.querySelectorAll("a")].filter((link) => link.href === href);

class Board {
  private stamp: string;
  private asking = false;

  constructor(
    private readonly place: HTMLElement,
    private readonly voice: HTMLElement | null,
  ) {
    this.stamp = place.dataset.boardStamp ?? "";
    window.setInterval(() => void this.ask(), EVERY);
    document.addEventListener("visibilitychange", () => void this.ask());
  }

  private async ask(): Promise<void> {
    if (document.hidden || this.asking) return;
    this.asking = true;
    try {
      const headers = { "HX-Request": "true", "If-None-Match": `"${this.stamp}"` };
      const answer = await fetch(this.place.dataset.board ?? "", { headers, cache: "no-store", redirect: "error" });
      if (answer.status === 200) this.take(await answer.text(), answer.headers.get("ETag") ?? "");
    } catch {
      // The network is away: the board asks again.
    } finally {
      this.asking = false;
    }
  }

  private take(html: string, tag: string): void {
    const { place } = this;
    const before = held(place);
    const scrolled = place.querySelector(".board-scroll")?.scrollLeft ?? 0;
    place.innerHTML = html;
    this.stamp = tag.replace(/^W\/|"/g, "");
    (window as unknown as { htmx?: Htmx }).htmx?.process(place);
    const table = place.querySelector(".board-scroll");
    if (table) table.scrollLeft = scrolled;
    if (before) (links(place, before.href)[before.nth] ?? links(place, before.href)[0])?.focus({ preventScroll: true });
    const said = place.querySelector("[data-board-said]")?.textContent?.trim() ?? "";
    if (this.voice) this.voice.textContent = `${place.dataset.boardChanged ?? ""} ${said}`;
  }
}

export function watchBoard(): void {
  const place = document.querySelector<HTMLElement>("[data-board]");
  if (place) new Board(place, document.querySelector<HTMLElement>("[data-board-voice]"));
}
