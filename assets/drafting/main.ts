/**
 * The talk beside the charter. Without this script the same talk is a page of its own.
 * Markup: `<aside data-talk data-talk-url="/…/articles/REF" hidden>`; what it holds comes from `_talk.html`.
 * From the editor: `charte:comment` {ref, quote, anchor}, `charte:comment-open` {ref, id}, `charte:article-changed` {ref},
 * To it: `charte:comment-saved`, `charte:comment-removed`, `charte:comment-show`.
 */
import { watchBoard } from "./board.ts";
import { mention } from "./mention.ts";
import { isClosed, tally } from "./tally.ts";

import "./terms.ts";

interface Htmx {
  process(place: Element): void;
}

declare global {
  interface Window {
    htmx: Htmx;
  }
}

const panel = document.querySelector<HTMLElement>("aside[data-talk]");
let opener: HTMLElement | null = null;
let shown = "";
/** Grows with each request about the panel: an answer to an older one is dropped. */
let turn = 0;

const tell = (name: string, detail: Record<string, unknown>): void => void document.body.dispatchEvent(new CustomEvent(name, { detail }));

/** Show the talk about an article; `still` may call it off when the answer comes. */
async function load(ref: string, query: Record<string, string> = {}, still: () => boolean = () => true): Promise<void> {
  if (!panel) return;
  const mine = ++turn;
  const asked = new URLSearchParams(query).toString();
  const path = (panel.dataset.talkUrl ?? "").replace(/REF$/, encodeURIComponent(ref));
  const answer = await fetch(asked ? `${path}?${asked}` : path, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || mine !== turn || !still()) return;
  const html = await answer.text();
  if (mine !== turn || !still()) return;
  panel.innerHTML = html;
  window.htmx.process(panel);
  arrived();
}

/** Who clicked into commented words may be writing there already: the talk comes beside, and takes the focus only where it covers the text. */
const writingBeside = (talk: HTMLElement): boolean =>
  document.activeElement?.closest("[data-article]") != null && talk.getBoundingClientRect().left > 0;

function arrived(): void {
  if (!panel) return;
  panel.hidden = false;
  document.body.classList.add("is-talking");
  for (const button of panel.querySelectorAll<HTMLElement>("[data-talk-close], [data-comment-show]")) button.hidden = false;
  const first = panel.querySelector<HTMLElement>("[data-focus], .talk__title");
  if (!panel.contains(document.activeElement) && !writingBeside(panel)) first?.focus({ preventScroll: true });
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

/** Words being typed, or a control about to be used, are worth more than a fresh list. */
const calm = (): boolean => {
  const typed = [...(panel?.querySelectorAll("textarea") ?? [])].some((area) => area.value !== area.defaultValue);
  const held = document.activeElement?.closest("button, textarea, summary, a");
  return !typed && !(held && panel?.contains(held));
};

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

/** Words whose discussion is closed are words like any others: one clicks there to write. */
async function open({ ref, id }: { ref: string; id: string }): Promise<void> {
  if (isClosed(id)) return;
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
  on<{ ref: string }>("charte:article-changed", ({ ref }) => ref === shown && !panel.hidden && calm() && load(ref, {}, calm));
  panel.addEventListener("submit", () => turn++, true);
}

mention();
tally();

watchBoard();
