/** The whole editor of one text: the socket, its articles, and what people see of both. */
import type { EditorView } from "prosemirror-view";
import { Anchors, commentEvents } from "./comments.ts";
import { Connection } from "./connection.ts";
import { slot } from "./dom.ts";
import { followFocus } from "./focus.ts";
import { LinkDialog } from "./link_dialog.ts";
import { Notices } from "./notices.ts";
import { retitle } from "./outline.ts";
import { Panel, type PanelHooks } from "./panel.ts";
import { Presence } from "./presence.ts";
import type { ArticleInfo, FromServer, RefusedReason } from "./protocol.ts";
import { Refresher, tellPage } from "./refresher.ts";
import { StatusLine, Voice } from "./status.ts";
import { Toolbar } from "./toolbar.ts";
import { Whereabouts } from "./whereabouts.ts";
import type { WordKey, Words } from "./words.ts";

/** An acknowledgement this late means that the socket is dead or the server swamped. */
const ACK_WITHIN = 20_000;

type Of<T extends FromServer["type"]> = Extract<FromServer, { type: T }>;

export class Session {
  private readonly panels = new Map<string, Panel>();
  private readonly known = new Map<string, ArticleInfo>();
  private readonly visible: IntersectionObserver;
  private readonly wanted = new Set<string>();
  private readonly connection: Connection;
  private readonly voice: Voice;
  private readonly status: StatusLine;
  private readonly notices: Notices;
  private readonly presence: Presence;
  private readonly toolbar: Toolbar;
  private readonly links: LinkDialog;
  private readonly whereabouts: Whereabouts;
  private readonly anchors = new Anchors();
  private readonly refresher = new Refresher();
  private online = false;
  private ever = false;
  private frozen = false;
  private canWrite = false;
  private denied = false;
  private savedAt: number | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly words: Words,
  ) {
    const { liveUrl = "", tokenUrl = "" } = root.dataset;
    this.connection = new Connection(liveUrl, tokenUrl, {
      control: (message) => this.control(message),
      frame: ({ kind, ref, payload }) => this.panels.get(ref)?.article?.receive(kind, payload),
      down: () => this.down(),
      denied: () => this.deny("denied"),
    });
    this.voice = new Voice(slot(root, "voice"));
    this.status = new StatusLine(slot(root, "status", "p"), words, (text) => this.voice.say(text));
    this.notices = new Notices(slot(root, "notices"), words);
    this.presence = new Presence(slot(root, "people"), root, words, (ref) => this.number(ref), (text) => this.voice.say(text));
    this.whereabouts = new Whereabouts(this.connection);
    this.links = new LinkDialog(root, words);
    this.toolbar = new Toolbar(slot(root, "toolbar"), words, {
      link: (view) => this.links.show(view),
      comment: (view) => this.comment(view),
      editable: (view) => view.editable,
    });
    this.visible = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: "600px 0px" });
  }

  start(): void {
    this.scan();
    this.listen();
    this.show();
    this.connection.start();
    window.setInterval(() => this.watch(), 5_000);
  }

  /** Find the articles of the page, also those that came after loading. */
  private scan(): void {
    for (const host of this.root.querySelectorAll<HTMLElement>("[data-article]")) {
      if (host.dataset.watched) continue;
      host.dataset.watched = "yes";
      this.visible.observe(host);
    }
  }

  private listen(): void {
    new MutationObserver((changes) => {
      if (changes.some(({ addedNodes }) => addedNodes.length > 0)) this.scan();
    }).observe(this.root, { childList: true, subtree: true });
    followFocus(this.root, {
      panels: () => this.panels.values(),
      entered: (panel) => {
        this.toolbar.attach(panel.view);
        this.whereabouts.at(panel.ref);
      },
      left: () => this.whereabouts.at(null),
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.owing) event.preventDefault();
    });
    commentEvents(this.anchors, (ref) => this.panels.get(ref));
  }

  private get owing(): boolean {
    return [...this.panels.values()].some((panel) => panel.owing);
  }

  private number(ref: string): number | null {
    return this.known.get(ref)?.number ?? null;
  }

  private seen(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      this.visible.unobserve(target);
      this.wanted.add(target.dataset.article ?? "");
      this.open(target);
    }
  }

  private open(host: HTMLElement): void {
    const info = this.known.get(host.dataset.article ?? "");
    if (!info) return;
    const former = this.panels.get(info.ref);
    if (former && former.host === host) return;
    // The page replaced the article's section: what was not acknowledged yet goes on living in its document.
    if (former) return former.moveTo(host);
    const panel = new Panel(host, info, this.connection, this.hooks());
    this.panels.set(info.ref, panel);
    if (this.online) panel.join();
  }

  private hooks(): PanelHooks {
    return {
      label: ({ number, title }) => this.words("editor_label", { number, title }),
      placeholder: this.words("placeholder"),
      french: (this.root.dataset.textLang ?? "fr").startsWith("fr"),
      editable: () => this.canWrite && !this.frozen && !this.denied,
      owner: (ref, clientId) => this.presence.owner(ref, clientId),
      changed: (view) => {
        if (this.toolbar.attached(view)) this.toolbar.refresh();
      },
      toolbar: () => this.toolbar.focus(),
      link: (view) => this.links.show(view),
      comment: (view) => this.comment(view),
      openComment: (ref, id) => tellPage("charte:comment-open", { ref, id }),
      owed: (panel) => this.owed(panel),
      mounted: (panel, old) => {
        if (old && this.toolbar.attached(old)) this.toolbar.attach(panel.view);
      },
    };
  }

  private control(message: FromServer): void {
    switch (message.type) {
      case "hello": return this.hello(message);
      case "ack": return this.ack(message);
      case "refused": return this.refused(message);
      case "reset": return this.reset(message.article, message.epoch);
      case "frozen": return this.freeze();
      case "articles": return this.articles(message.articles);
      case "presence": return this.people(message);
      case "changed": return this.refresher.now(message.article);
      case "bye": return this.bye(message);
    }
  }

  private hello({ you, articles, frozen, can_write }: Of<"hello">): void {
    this.online = this.ever = true;
    this.frozen = frozen;
    this.canWrite = can_write;
    this.presence.welcome(you);
    this.notices.clear("connection");
    this.articles(articles);
    for (const panel of this.panels.values()) if (!panel.gone) panel.join();
    this.whereabouts.tell();
    this.refreshAll();
  }

  private articles(articles: ArticleInfo[]): void {
    const before = [...this.known.values()];
    this.known.clear();
    for (const info of articles) this.known.set(info.ref, info);
    for (const panel of this.panels.values()) this.renewed(panel, this.known.get(panel.ref));
    for (const { ref, title } of articles) retitle(this.root, ref, title);
    for (const host of this.root.querySelectorAll<HTMLElement>("[data-article]"))
      if (this.wanted.has(host.dataset.article ?? "")) this.open(host);
    const order = (list: ArticleInfo[]): string => list.map(({ ref, number }) => `${number}:${ref}`).join();
    if (before.length > 0 && order(before) !== order(articles)) tellPage("charte:articles-changed", {});
  }

  private renewed(panel: Panel, info: ArticleInfo | undefined): void {
    panel.gone = info === undefined;
    if (info && info.epoch !== panel.info.epoch) this.reset(info.ref, info.epoch);
    if (info) panel.info = info;
    panel.refresh();
  }

  private ack({ article, seq }: Of<"ack">): void {
    this.savedAt = Date.now();
    this.panels.get(article)?.article?.acknowledged(seq);
    this.refresher.later(article);
  }

  private refused({ article, reason }: Of<"refused">): void {
    // Nothing is wrong with the words: they wait and are sent again.
    if (reason === "overloaded") {
      this.notices.show("connection", this.words("refused_overloaded"));
      return this.connection.drop(true);
    }
    if (reason === "frozen") this.frozen = true;
    if (reason === "read_only") this.canWrite = false;
    const panel = this.panels.get(article);
    this.roll(panel, `refused_${reason}`);
    if (panel && reason !== "unknown_article") panel.reset(panel.info.epoch);
    else if (panel) panel.gone = true;
    this.refreshAll();
  }

  private reset(article: string, epoch: number): void {
    const panel = this.panels.get(article);
    if (!panel) return;
    if (panel.owing) this.roll(panel, "reset");
    panel.reset(epoch);
    this.show();
  }

  /** Say why words go, and hand them back. */
  private roll(panel: Panel | undefined, key: Extract<WordKey, `refused_${RefusedReason}` | "reset">): void {
    if (!panel?.owing) return;
    this.notices.show(`article-${panel.ref}`, this.words(key, { number: panel.info.number }), panel.text());
  }

  private freeze(): void {
    this.frozen = true;
    this.refreshAll();
  }

  private people({ people }: Of<"presence">): void {
    this.presence.update(people);
    for (const panel of this.panels.values()) panel.redrawCursors();
  }

  private bye({ reason }: Of<"bye">): void {
    if (reason === "revoked") {
      this.connection.stop();
      return this.deny("bye_revoked");
    }
    this.notices.show("connection", this.words(`bye_${reason}`));
    this.connection.drop(reason !== "restart");
  }

  private deny(key: WordKey): void {
    this.denied = true;
    this.down();
    const owed = [...this.panels.values()].filter((panel) => panel.owing).map((panel) => panel.text());
    this.notices.show("connection", this.words(key), owed.join("\n\n"));
    this.refreshAll();
  }

  private down(): void {
    this.online = false;
    this.presence.clear();
    for (const panel of this.panels.values()) panel.article?.left();
    this.show();
  }

  private owed(panel: Panel): void {
    if (panel.owing && panel.view?.hasFocus()) this.whereabouts.wrote(panel.ref);
    this.show();
  }

  private watch(): void {
    if (!this.online) return;
    const since = [...this.panels.values()].map((panel) => panel.article?.owingSince ?? Infinity);
    if (Date.now() - Math.min(Infinity, ...since) > ACK_WITHIN) this.connection.drop(true);
  }

  private refreshAll(): void {
    for (const panel of this.panels.values()) panel.refresh();
    this.root.dataset.locked = String(!this.canWrite || this.frozen || this.denied);
    this.toolbar.refresh();
    this.show();
  }

  private show(): void {
    const { online, ever, frozen, canWrite, denied, savedAt, owing } = this;
    this.status.show({ online, ever, frozen, canWrite, denied, savedAt, owing });
  }

  private comment(view: EditorView): void {
    const panel = [...this.panels.values()].find((candidate) => candidate.view === view);
    const kept = panel && this.anchors.keep(panel.ref, view.state);
    if (panel && kept) tellPage("charte:comment", { ref: panel.ref, ...kept });
  }
}
