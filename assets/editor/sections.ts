/**
 * The page follows the list of articles without being reloaded: sections and outline are added, removed, renumbered, put in order.
 * What somebody is writing in is never moved itself, and what one is reading stays where it is on the screen.
 */
import { make } from "./dom.ts";
import { retitle } from "./outline.ts";
import type { ArticleInfo } from "./protocol.ts";
import { tellPage } from "./refresher.ts";
import type { Words } from "./words.ts";

type Order = readonly ArticleInfo[];

export class Sections {
  private before: Order | null = null;
  private turn = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly words: Words,
    private readonly say: (text: string) => void,
  ) {}

  /** Bring the page to this list; gives the refs of the articles whose section left it. */
  async arrange(articles: Order): Promise<string[]> {
    const turn = ++this.turn;
    const missing = articles.filter(({ ref }) => !this.section(ref));
    const made = await Promise.all(missing.map((info) => this.fetched(info)));
    // A newer list came meanwhile: it does the rest.
    if (turn !== this.turn) return [];
    const { before } = this;
    this.before = articles;
    return steady(this.root, () => {
      const removed = this.remove(articles);
      this.place(articles, new Map(made.map((section, index) => [missing[index]?.ref ?? "", section])));
      this.outline(articles);
      for (const info of articles) this.name(info);
      if (before) this.announce(before, articles);
      return removed;
    });
  }

  private section(ref: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`#article-${CSS.escape(ref)}`);
  }

  private sections(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>("section[id^='article-']")];
  }

  /** The server's own section, its panel with it; a bare one when it cannot be had now. */
  private async fetched(info: ArticleInfo): Promise<HTMLElement> {
    const address = this.root.dataset.sectionUrl?.replace("REF", encodeURIComponent(info.ref));
    const answer = address ? await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null) : null;
    if (!answer?.ok) return this.bare(info);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector<HTMLElement>("section");
    return found ? document.importNode(found, true) : this.bare(info);
  }

  private bare({ ref, number, title }: ArticleInfo): HTMLElement {
    const id = `article-${ref}-title`;
    const heading = make(
      "h2",
      { class: "article-heading", id },
      make("span", { class: "article-number" }, this.words("article_number", { number })),
      " ",
      make("span", { "data-article-title": ref }, title),
    );
    const body = make("div", { class: "article-body", "data-article": ref });
    return make("section", { class: "article", id: `article-${ref}`, "aria-labelledby": id }, heading, body);
  }

  private remove(articles: Order): string[] {
    const present = new Set(articles.map(({ ref }) => ref));
    const removed: string[] = [];
    for (const section of this.sections()) {
      const ref = section.id.slice("article-".length);
      if (present.has(ref)) continue;
      const held = section.contains(document.activeElement);
      const neighbour = section.previousElementSibling ?? section.nextElementSibling;
      section.remove();
      removed.push(ref);
      if (held && neighbour instanceof HTMLElement) focusHeading(neighbour);
    }
    return removed;
  }

  /** Everything moves around the section that has the focus. */
  private place(articles: Order, made: Map<string, HTMLElement>): void {
    const wanted = articles.map(({ ref }) => this.section(ref) ?? made.get(ref)).filter((section) => section !== undefined);
    const home = this.sections()[0]?.parentElement ?? this.root.querySelector<HTMLElement>(".editor-text");
    if (!home) return;
    const fixed = Math.max(0, wanted.findIndex((section) => section.contains(document.activeElement)));
    const anchor = wanted[fixed];
    if (!anchor) return;
    if (!anchor.isConnected) home.append(anchor);
    for (let index = fixed - 1; index >= 0; index -= 1) beside(wanted[index], wanted[index + 1], "before");
    for (let index = fixed + 1; index < wanted.length; index += 1) beside(wanted[index], wanted[index - 1], "after");
    for (const section of made.values()) window.htmx?.process(section);
  }

  private outline(articles: Order): void {
    const list = this.root.querySelector("[data-editor-outline] ol");
    if (!list) return;
    const links = new Map([...list.querySelectorAll<HTMLElement>("[data-outline]")].map((link) => [link.dataset.outline ?? "", link]));
    const rows = articles.map(({ ref }) => links.get(ref)?.closest("li") ?? make("li", {}, entry(ref)));
    // Replacing in one go loses the focus of a link that stays: only what differs is touched.
    for (const row of [...list.children]) if (!rows.includes(row as HTMLLIElement)) row.remove();
    rows.forEach((row, index) => {
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
  }

  private name({ ref, number, title }: ArticleInfo): void {
    retitle(this.root, ref, title);
    const section = this.section(ref);
    put(section?.querySelector(".article-heading > .article-number"), this.words("article_number", { number }));
    put(this.root.querySelector(`[data-outline="${CSS.escape(ref)}"] .outline-number`), String(number));
    for (const said of section?.querySelectorAll("[data-number]") ?? []) put(said, String(number));
  }

  private announce(before: Order, after: Order): void {
    const told = (key: "article_added" | "article_removed", from: Order, to: Order): string[] =>
      to.filter(({ ref }) => !from.some((one) => one.ref === ref)).map(({ number, title }) => this.words(key, { number, title }));
    const said = [...told("article_added", before, after), ...told("article_removed", after, before)];
    const order = (list: Order, other: Order): string =>
      list.filter(({ ref }) => other.some((one) => one.ref === ref)).map(({ ref }) => ref).join();
    if (order(before, after) !== order(after, before)) said.push(this.words("articles_moved"));
    if (said.length === 0) return;
    this.say(said.join(" "));
    tellPage("charte:articles-changed", {});
    // Numbers are also in the panels, which the server writes.
    for (const { ref, number } of after)
      if (before.find((one) => one.ref === ref)?.number !== number)
        for (const panel of this.section(ref)?.querySelectorAll("[data-article-panel]") ?? [])
          panel.dispatchEvent(new CustomEvent("charte:refresh", { detail: { ref } }));
  }
}

function entry(ref: string): HTMLElement {
  const link = make("a", { href: `#article-${ref}`, "data-outline": ref });
  link.append(make("span", { class: "outline-number" }), " ", make("span", { "data-outline-title": ref }));
  return link;
}

function beside(section: HTMLElement | undefined, other: HTMLElement | undefined, side: "before" | "after"): void {
  const there = side === "before" ? other?.previousElementSibling : other?.nextElementSibling;
  if (section && other && there !== section) other[side](section);
}

function put(place: Element | null | undefined, text: string): void {
  if (place && place.textContent !== text) place.textContent = text;
}

export function focusHeading(section: HTMLElement): void {
  const heading = section.querySelector<HTMLElement>(".article-heading") ?? section;
  heading.tabIndex = -1;
  heading.focus();
}

/** Runs `change`, then scrolls so that the section one is in, or reads, has not moved on the screen. */
function steady<T>(root: HTMLElement, change: () => T): T {
  const sections = [...root.querySelectorAll<HTMLElement>("section[id^='article-']")];
  const read =
    sections.find((section) => section.contains(document.activeElement)) ??
    sections.find((section) => section.getBoundingClientRect().bottom > 0);
  const top = read?.getBoundingClientRect().top;
  const result = change();
  if (read?.isConnected && top !== undefined) window.scrollBy({ top: read.getBoundingClientRect().top - top, behavior: "instant" });
  return result;
}
