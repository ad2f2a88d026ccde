/**
 * What the server says of each article's discussions, shown where one reads: how many are open, in the article list; and the words of a
 * closed one, which keep their mark so that it can be opened again, look like any others.
 * Markup: `<span data-talk-tally="REF" data-open="2" data-closed="ID ID">` in each article's panel, refreshed with it.
 */
const sheet = new CSSStyleSheet();

const closed = (): string[] =>
  [...document.querySelectorAll<HTMLElement>("[data-talk-tally]")].flatMap((one) => (one.dataset.closed ?? "").split(" ")).filter(Boolean);

export const isClosed = (id: string): boolean => closed().includes(id);

function quiet(): void {
  const marks = closed().map((id) => `.comment-mark[data-comment=${JSON.stringify(id)}]:not(.is-shown)`);
  sheet.replaceSync(marks.length ? `${marks.join(", ")} { background: none; border-bottom-color: transparent; cursor: inherit; }` : "");
}

function count(): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-talk-tally]")) {
    const badge = document.querySelector<HTMLElement>(`[data-outline-talk=${JSON.stringify(one.dataset.talkTally)}]`);
    if (!badge) continue;
    const open = one.dataset.open ?? "0";
    badge.hidden = open === "0";
    for (const place of badge.querySelectorAll<HTMLElement>("[aria-hidden], [data-outline-talk-said]")) place.textContent = open;
  }
}

export function tally(): void {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const show = (): void => {
    quiet();
    count();
  };
  document.addEventListener("htmx:after:swap", show);
  document.body.addEventListener("charte:articles-changed", show);
  show();
}
