/** The whole editor of one text: the socket, what the server says of the text, and what people see of both. */
import type { EditorView } from "prosemirror-view";
import { Anchors, commentEvents } from "./comments.ts";
import { Connection } from "./connection.ts";
import { slot } from "./dom.ts";
import { followFocus } from "./focus.ts";
import { keepOf, type Keep } from "./keep.ts";
import { LinkDialog } from "./link_dialog.ts";
import { Locks } from "./locks.ts";
import { Notices } from "./notices.ts";
import type { Panel, PanelHooks } from "./panel.ts";
import { Panels } from "./panels.ts";
import { Presence } from "./presence.ts";
import type { ArticleInfo, FromServer, RefusedReason } from "./protocol.ts";
import { Refresher, tellPage } from "./refresher.ts";
import { Sections } from "./sections.ts";
import { Search, searchPlugin } from "./search.ts";
import { Shortcuts, extras } from "./shortcuts.ts";
import { StatusLine, Voice } from "./status.ts";
import { Terms, readTerms } from "./terms.ts";
import { Toolbar } from "./toolbar.ts";
import { unsent } from "./unsent.ts";
import { Whereabouts } from "./whereabouts.ts";
import type { WordKey, Words } from "./words.ts";
import { Workshop } from "./workshop.ts";

/** An acknowledgement this late means that the socket is dead or the server swamped. */
const ACK_WITHIN = 20_000;

/** The article that words moved to is on the page by then: milliseconds. */
const ELSEWHERE_WITHIN = 3_000;

type Of<T extends FromServer["type"]> = Extract<FromServer, { type: T }>;

export class Session {
  readonly panels: Panels;
  readonly voice: Voice;
  private readonly connection: Connection;
  private readonly keep: Keep;
  private readonly locks: Locks;
  private readonly sections: Sections;
  private readonly status: StatusLine;
  private readonly notices: Notices;
  private readonly presence: Presence;
  private readonly toolbar: Toolbar;
  private readonly links: LinkDialog;
  private readonly whereabouts: Whereabouts;
  private readonly terms: Terms;
  private readonly workshop: Workshop;
  private readonly anchors = new Anchors();
  private readonly refresher = new Refresher();
  private online = false;
  private ever = false;
  private frozen = false;
  private canWrite = false;
  private denied = false;
  private looked = false;
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
      denied: (why) => this.deny(why),
    });
    this.keep = keepOf(root);
    this.panels = new Panels(root, this.connection, this.keep, () => this.online, this.hooks());
    this.voice = new Voice(slot(root, "voice"));
    const say = (text: string): void => this.voice.say(text);
    this.sections = new Sections(root, words, say);
    this.locks = new Locks(root, words, say);
    this.status = new StatusLine(slot(root, "status", "p"), words, say);
    this.notices = new Notices(slot(root, "notices"), words);
    this.presence = new Presence(slot(root, "people"), root, words, (ref) => this.panels.number(ref), say);
    this.whereabouts = new Whereabouts(this.connection);
    this.links = new LinkDialog(root, words);
    this.terms = new Terms(root, readTerms(), say);
    this.workshop = new Workshop(root, words, { panel: (ref) => this.panels.get(ref), say });
    const search = new Search(slot(root, "notices"), words, this.panels, say);
    const shortcuts = new Shortcuts(root, words);
    extras(slot(root, "extras"), words, { search: () => search.open(), shortcuts: () => shortcuts.open() });
    this.toolbar = new Toolbar(slot(root, "toolbar"), words, {
      link: (view) => this.links.show(view),
      comment: (view) => this.comment(view),
      editable: (view) => view.editable,
    });
  }

  start(): void {
    this.panels.start();
    this.listen();
    this.show();
    this.connection.start();
    window.setInterval(() => this.watch(), 5_000);
  }

  private listen(): void {
    followFocus(this.root, {
      panels: () => this.panels.all(),
      entered: (panel) => {
        this.toolbar.attach(panel.view);
        this.whereabouts.at(panel.ref);
      },
      left: () => this.whereabouts.at(null),
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.panels.owing) event.preventDefault();
    });
    commentEvents(this.anchors, (ref) => this.panels.get(ref));
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
      plugins: () => [searchPlugin(), this.terms.plugin()],
      cut: (view) => this.workshop.cut(view),
      define: (view) => void this.terms.define(view),
      openComment: (ref, id) => tellPage("charte:comment-open", { ref, id }),
      owed: (panel) => this.owed(panel),
      homeless: (panel, words, late) => this.homeless(panel, words, late),
      mounted: (panel, old) => {
        if (old && this.toolbar.attached(old)) this.toolbar.attach(panel.view);
        tellPage("charte:article-open", { ref: panel.ref });
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
    const former = this.panels.all();
    this.articles(articles);
    for (const panel of former) if (!panel.gone) panel.join();
    this.whereabouts.tell();
    this.refreshAll();
    if (!this.looked) void this.lookForUnsent(articles);
  }

  private async lookForUnsent(articles: ArticleInfo[]): Promise<void> {
    this.looked = true;
    const refs = await unsent(this.keep, new Set(articles.map(({ ref }) => ref)), this.notices, this.words);
    this.panels.openThese(new Set(refs));
  }

  private articles(articles: ArticleInfo[]): void {
    const { gone, stale } = this.panels.renew(articles);
    this.locks.tell(articles);
    for (const panel of gone) this.roll(panel, "refused_unknown_article");
    for (const [panel, epoch] of stale) this.reset(panel.ref, epoch);
    void this.sections.arrange(articles).then((removed) => {
      for (const ref of removed) this.panels.forget(ref);
      this.panels.openWanted();
      this.presence.redraw();
      this.show();
    });
    this.panels.openWanted();
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

  private homeless(panel: Panel, words: string, late: boolean): void {
    const text = this.words(late ? "homeless_late" : "homeless", { number: panel.info.number });
    const show = (): void => this.notices.show(`homeless-${panel.ref}`, text, words);
    // Cut off in time, they come back at once in another article: nothing is missing then.
    if (late) show();
    else window.setTimeout(() => this.panels.has(words) || show(), ELSEWHERE_WITHIN);
  }

  private freeze(): void {
    this.frozen = true;
    this.refreshAll();
  }

  private people({ people }: Of<"presence">): void {
    this.presence.update(people);
    for (const panel of this.panels.all()) panel.redrawCursors();
  }

  private bye({ reason }: Of<"bye">): void {
    if (reason === "revoked" || reason === "outdated") {
      this.connection.stop();
      return this.deny(`bye_${reason}`);
    }
    this.notices.show("connection", this.words(`bye_${reason}`));
    this.connection.drop(reason !== "restart");
  }

  private deny(key: WordKey): void {
    this.denied = true;
    this.down();
    const owing = this.panels.all().filter((panel) => panel.owing);
    this.notices.show("connection", this.words(key), owing.map((panel) => panel.text()).join("\n\n"));
    // Handed back: on a shared computer, words of somebody who may not come in any more do not stay.
    for (const panel of owing) panel.article?.forgetKept();
    this.refreshAll();
  }

  private down(): void {
    this.online = false;
    this.presence.clear();
    for (const panel of this.panels.all()) panel.article?.left();
    this.show();
  }

  private owed(panel: Panel): void {
    if (panel.owing && panel.view?.hasFocus()) this.whereabouts.wrote(panel.ref);
    this.show();
  }

  private watch(): void {
    if (!this.online) return;
    const since = this.panels.all().map((panel) => panel.article?.owingSince ?? Infinity);
    if (Date.now() - Math.min(Infinity, ...since) > ACK_WITHIN) this.connection.drop(true);
  }

  private refreshAll(): void {
    this.panels.refresh();
    this.root.dataset.locked = String(!this.canWrite || this.frozen || this.denied);
    this.toolbar.refresh();
    this.show();
  }

  private show(): void {
    const { online, ever, frozen, canWrite, denied, savedAt } = this;
    this.status.show({ online, ever, frozen, canWrite, denied, savedAt, owing: this.panels.owing, keeping: this.keep.working });
  }

  private comment(view: EditorView): void {
    const panel = this.panels.all().find((candidate) => candidate.view === view);
    const kept = panel && this.anchors.keep(panel.ref, view.state);
    if (panel && kept) tellPage("charte:comment", { ref: panel.ref, ...kept });
  }
}
