/** The articles of the page that are open here: opened where they are looked at, renewed when the server says that their list changed. */
import type { Connection } from "./connection.ts";
import type { Keep } from "./keep.ts";
import { Panel, type PanelHooks } from "./panel.ts";
import type { ArticleInfo } from "./protocol.ts";

export class Panels {
  private readonly open = new Map<string, Panel>();
  private readonly known = new Map<string, ArticleInfo>();
  private readonly wanted = new Set<string>();
  private readonly visible: IntersectionObserver;

  constructor(
    private readonly root: HTMLElement,
    private readonly connection: Connection,
    private readonly keep: Keep,
    private readonly online: () => boolean,
    private readonly hooks: PanelHooks,
  ) {
    this.visible = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: "600px 0px" });
  }

  start(): void {
    this.scan();
    new MutationObserver((changes) => {
      if (changes.some(({ addedNodes }) => addedNodes.length > 0)) this.scan();
    }).observe(this.root, { childList: true, subtree: true });
  }

  get(ref: string): Panel | undefined {
    return this.open.get(ref);
  }

  all(): Panel[] {
    return [...this.open.values()];
  }

  /** In the text's order. */
  infos(): ArticleInfo[] {
    return [...this.known.values()];
  }

  number(ref: string): number | null {
    return this.known.get(ref)?.number ?? null;
  }

  /** Are these words anywhere on the page? Spaces and the marks of carets apart. */
  has(words: string): boolean {
    const bare = (text: string): string => text.replace(/[\s\u2060]+/g, "");
    return [...this.hosts()].some((host) => bare(host.textContent ?? "").includes(bare(words)));
  }

  get owing(): boolean {
    return this.all().some((panel) => panel.owing);
  }

  /** The panel whose element holds `target`. */
  holding(target: EventTarget | null): Panel | undefined {
    return this.all().find(({ host }) => target instanceof Node && host.contains(target));
  }

  /** What the server says of the articles: gives those it does not know any more, and those whose document it replaced. */
  renew(articles: ArticleInfo[]): { gone: Panel[]; stale: [Panel, number][] } {
    this.known.clear();
    for (const info of articles) this.known.set(info.ref, info);
    const gone = this.all().filter((panel) => !this.known.has(panel.ref) && !panel.gone);
    const stale: [Panel, number][] = [];
    for (const panel of gone) panel.gone = true;
    for (const panel of this.all()) {
      const info = this.known.get(panel.ref);
      if (!info) continue;
      panel.gone = false;
      if (info.epoch !== panel.info.epoch) stale.push([panel, info.epoch]);
      panel.info = { ...info, epoch: panel.info.epoch };
    }
    this.refresh();
    return { gone, stale };
  }

  /** Open what is looked at or asked for, once the server told of it. */
  openWanted(): void {
    for (const host of this.hosts()) if (this.wanted.has(host.dataset.article ?? "")) this.opened(host);
  }

  /** Open these wherever they are on the page; all of them by default, to look for words in the whole text. */
  openThese(refs: ReadonlySet<string> = new Set(this.known.keys())): void {
    for (const ref of refs) this.wanted.add(ref);
    this.openWanted();
  }

  /** The article's element left the page. */
  forget(ref: string): void {
    this.open.get(ref)?.close();
    this.open.delete(ref);
    this.wanted.delete(ref);
  }

  refresh(): void {
    for (const panel of this.all()) panel.refresh();
  }

  private hosts(): NodeListOf<HTMLElement> {
    return this.root.querySelectorAll<HTMLElement>("[data-article]");
  }

  /** Find the articles of the page, also those that came after loading. */
  private scan(): void {
    for (const host of this.hosts()) {
      if (host.dataset.watched) continue;
      host.dataset.watched = "yes";
      this.visible.observe(host);
    }
  }

  private seen(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      this.visible.unobserve(target);
      this.wanted.add(target.dataset.article ?? "");
      this.opened(target);
    }
  }

  private opened(host: HTMLElement): void {
    const info = this.known.get(host.dataset.article ?? "");
    if (!info) return;
    const former = this.open.get(info.ref);
    if (former && former.host === host) return;
    // The page replaced the article's section: what was not acknowledged yet goes on living in its document.
    if (former) return former.moveTo(host);
    const panel = new Panel(host, info, this.connection, this.keep, this.hooks);
    this.open.set(info.ref, panel);
    if (this.online()) panel.join();
  }
}
