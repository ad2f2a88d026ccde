/**
 * Shaping the text without leaving it: a link or a form marked `data-workshop` is the page it leads to, shown in a dialog. Its forms are
 * sent from there; the article list then changes by itself, for everybody, when the live server says so.
 */
import type { EditorView } from "prosemirror-view";
import { make } from "./dom.ts";
import type { Panel } from "./panel.ts";
import { focusHeading } from "./sections.ts";
import type { Words } from "./words.ts";

/** Words of this many characters on each side find a place again when others wrote meanwhile. */
const AROUND = 30;
/** The server must have what was typed before it cuts: milliseconds. */
const SETTLING = 8_000;

interface Hooks {
  panel(ref: string): Panel | undefined;
  say(text: string): void;
}

export class Workshop {
  private readonly dialog = make("dialog", { class: "editor-dialog workshop" });
  private readonly body = make("div", { class: "workshop-body" });
  private opener: HTMLElement | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly words: Words,
    private readonly hooks: Hooks,
  ) {
    const close = make("button", { type: "button", class: "workshop-close", "aria-label": words("close") }, "×");
    close.addEventListener("click", () => this.dialog.close());
    this.dialog.append(close, this.body);
    root.append(this.dialog);
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("submit", (event) => this.submit(event), true);
    this.dialog.addEventListener("close", () => {
      this.body.replaceChildren();
      if (this.opener?.isConnected) this.opener.focus();
    });
  }

  /** Cut the article where the caret is. */
  cut(view: EditorView): void {
    const section = view.dom.closest("section");
    const link = section?.querySelector<HTMLAnchorElement>("a[data-cut]");
    if (link) void this.open(link, view.dom);
  }

  private click(event: MouseEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
    if (!link) return;
    const inside = this.dialog.contains(link);
    if (inside && !link.hasAttribute("data-workshop")) {
      // Ways back: one is there already.
      event.preventDefault();
      return this.dialog.close();
    }
    if (!link.hasAttribute("data-workshop")) return;
    event.preventDefault();
    const menu = link.closest("details");
    if (menu) menu.open = false;
    void this.open(link, menu?.querySelector("summary") ?? link);
  }

  private async open(link: HTMLAnchorElement, opener: HTMLElement): Promise<void> {
    const address = new URL(link.href);
    const place = link.dataset.cut ? await this.place(link.dataset.cut) : "";
    if (place) address.searchParams.set("place", place);
    if (!this.dialog.open) this.opener = opener;
    await this.show(fetch(address, { headers: { Accept: "text/html" } }), address.href);
  }

  /** Where the caret is, as `place_value` writes it on the server, once the server has what was typed; empty when it is nowhere inside. */
  private async place(ref: string): Promise<string> {
    const panel = this.hooks.panel(ref);
    const until = Date.now() + SETTLING;
    while (panel?.owing && Date.now() < until) await new Promise((resolve) => window.setTimeout(resolve, 100));
    return panel?.view ? placeOf(panel.view) : "";
  }

  private submit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (!this.dialog.contains(form) && !form.hasAttribute("data-workshop")) return;
    event.preventDefault();
    event.stopPropagation();
    const menu = form.closest<HTMLDetailsElement>("details.article-menu");
    if (menu) menu.open = false;
    if (!this.dialog.open) this.opener = menu?.querySelector("summary") ?? null;
    const body = new FormData(form, event.submitter);
    void this.show(fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true", Accept: "text/html" } }), form.action);
  }

  /** A page in the dialog; or, when the answer is that it is done, its words and the way to the article it is about. */
  private async show(asked: Promise<Response>, address: string): Promise<void> {
    const answer = await asked.catch(() => null);
    if (answer?.ok && answer.headers.get("Content-Type")?.includes("json")) return this.done((await answer.json()) as Done);
    const page = answer && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    this.body.replaceChildren(...(page ? adopt(page, address) : [make("p", { role: "alert" }, this.words("workshop_away"))]));
    if (!this.dialog.open) this.dialog.showModal();
    const heading = this.body.querySelector<HTMLElement>("h2");
    if (heading) {
      heading.id = "workshop-title";
      heading.tabIndex = -1;
      this.dialog.setAttribute("aria-labelledby", "workshop-title");
    }
    (this.body.querySelector<HTMLElement>("[role=alert], .summary") ?? heading)?.focus();
    this.dialog.scrollTop = 0;
  }

  private done({ said, article }: Done): void {
    this.hooks.say(said);
    this.opener = null;
    if (this.dialog.open) this.dialog.close();
    if (article) this.follow(article, 0);
  }

  /** The section may still be on its way. */
  private follow(ref: string, tries: number): void {
    const section = this.root.querySelector<HTMLElement>(`#article-${CSS.escape(ref)}`);
    if (!section && tries < 50) window.setTimeout(() => this.follow(ref, tries + 1), 100);
    if (!section) return;
    section.scrollIntoView({ block: "start" });
    focusHeading(section);
  }
}

interface Done {
  said: string;
  article: string;
}

/** What a page says, without what the text around already gives. */
function adopt(main: Element, address: string): Node[] {
  for (const extra of main.querySelectorAll(".back, .flashes, nav")) extra.remove();
  for (const heading of main.querySelectorAll("h1")) {
    const lower = make("h2", { class: "workshop-title" });
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  for (const form of main.querySelectorAll("form")) form.setAttribute("action", new URL(form.getAttribute("action") ?? "", address).href);
  return [...main.childNodes].map((node) => document.importNode(node, true));
}

/** Block, characters of its text before the caret, and the words on both sides. */
function placeOf({ state }: EditorView): string {
  const { $from } = state.selection;
  const block = $from.index(0);
  const node = state.doc.child(block);
  const start = $from.depth > 0 ? $from.start(1) : 0;
  let before = "";
  let after = "";
  node.descendants((child, position) => {
    if (!child.isText) return;
    const text = child.text ?? "";
    const cut = Math.min(text.length, Math.max(0, $from.pos - (start + position)));
    before += text.slice(0, cut);
    after += text.slice(cut);
  });
  const characters = [...before];
  const near = (words: string): string => words.split("\t").pop() ?? "";
  return [block, characters.length, near(characters.slice(-AROUND).join("")), [...after].slice(0, AROUND).join("").split("\t")[0]].join("\t");
}
