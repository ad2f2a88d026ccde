/**
 * The talk beside the charter. Without this script the same talk is a page of its own.
 * Markup: `<aside data-talk data-talk-url="/…/articles/REF" hidden>`; what it holds comes from `_talk.html`.
 * From the editor: `charte:comment` {ref, quote, anchor}, `charte:comment-open` {ref, id}, `charte:article-changed` {ref},
 * `charte:articles-changed`. To it: `charte:comment-saved`, `charte:comment-removed`, `charte:comment-show`.
 */

interface Htmx {
  ajax(verb: string, path: string, options: { target: Element; swap: string }): Promise<void>;
}

declare global {
  interface Window {
    htmx: Htmx;
  }
}

const panel = document.querySelector<HTMLElement>("aside[data-talk]");
let opener: HTMLElement | null = null;
let shown = "";

const tell = (name: string, detail: Record<string, unknown>): void => void document.body.dispatchEvent(new CustomEvent(name, { detail }));

async function load(ref: string, query: Record<string, string> = {}): Promise<void> {
  if (!panel) return;
  const path = (panel.dataset.talkUrl ?? "").replace(/REF$/, encodeURIComponent(ref));
  const asked = new URLSearchParams(query).toString();
  await window.htmx.ajax("GET", asked ? `${path}?${asked}` : path, { target: panel, swap: "innerHTML" });
}

function arrived(): void {
  if (!panel) return;
  panel.hidden = false;
  document.body.classList.add("is-talking");
  for (const button of panel.querySelectorAll<HTMLElement>("[data-talk-close], [data-comment-show]")) button.hidden = false;
  const first = panel.querySelector<HTMLElement>("[data-focus], .talk__title");
  if (!panel.contains(document.activeElement)) first?.focus({ preventScroll: true });
  pass(panel);
}

/** The server says which mark the text must gain or lose. */
function pass(place: HTMLElement): void {
  const event = place.querySelector<HTMLElement>("[data-talk-event]");
  if (!event) return;
  const { talkEvent = "", ref = "", id = "", anchor = "" } = event.dataset;
  event.remove();
  tell(talkEvent, anchor ? { ref, id, anchor: Number(anchor) } : { ref, id });
}

function close(): void {
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  panel.replaceChildren();
  shown = "";
  document.body.classList.remove("is-talking");
  opener?.focus();
}

/** Words being typed are worth more than a fresh list. */
const busy = (): boolean => [...(panel?.querySelectorAll("textarea") ?? [])].some((area) => area.value !== area.defaultValue);

function click(event: MouseEvent): void {
  const target = event.target as Element;
  if (target.closest("[data-talk-close]")) return close();
  const show = target.closest<HTMLElement>("[data-comment-show]");
  if (show) tell("charte:comment-show", { ref: show.dataset.ref, id: show.dataset.commentShow });
  const link = target.closest<HTMLElement>("[hx-target='#panneau']");
  if (link) {
    opener = link;
    shown = link.closest<HTMLElement>("[data-article-panel]")?.dataset.articlePanel ?? "";
  }
}

async function comment({ ref, quote, anchor }: { ref: string; quote: string; anchor: number }): Promise<void> {
  if (!panel) return;
  opener = document.activeElement as HTMLElement | null;
  shown = ref;
  await load(ref, { citation: quote, ancre: String(anchor) });
  panel.querySelector<HTMLElement>(".talk__new textarea")?.focus();
}

async function open({ ref, id }: { ref: string; id: string }): Promise<void> {
  if (shown !== ref || panel?.hidden) await load(ref);
  shown = ref;
  const thread = document.getElementById(`fil-${id}`);
  thread?.closest("details")?.setAttribute("open", "");
  thread?.scrollIntoView({ block: "center" });
  thread?.classList.add("is-shown");
}

const on = <T>(name: string, act: (detail: T) => unknown): void =>
  document.body.addEventListener(name, (event) => void act((event as CustomEvent<T>).detail));

if (panel) {
  document.addEventListener("click", click);
  document.addEventListener("keydown", (event) => event.key === "Escape" && panel.contains(document.activeElement) && close());
  document.addEventListener("htmx:after:swap", (event) => {
    const { target } = (event as CustomEvent<{ ctx: { target: Element | null } }>).detail.ctx;
    if (target === panel) arrived();
  });
  on("charte:comment", comment);
  on("charte:comment-open", open);
  on<{ ref: string }>("charte:article-changed", ({ ref }) => ref === shown && !panel.hidden && !busy() && load(ref));
  on("charte:articles-changed", () => document.querySelector("[data-articles-changed]")?.removeAttribute("hidden"));
}

export {};
