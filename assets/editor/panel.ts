/** One article on the page: static HTML first, then the editor once its document is here. */
import type { EditorView } from "prosemirror-view";
import { Article, type ArticleEvents } from "./article.ts";
import type { Connection } from "./connection.ts";
import type { Keep } from "./keep.ts";
import type { ArticleInfo } from "./protocol.ts";
import { mountView, redrawCursors, type ViewHooks } from "./view.ts";

export interface PanelHooks extends Omit<ViewHooks, "label" | "owner" | "openComment"> {
  label(info: ArticleInfo): string;
  owner(ref: string, clientId: number): ReturnType<ViewHooks["owner"]>;
  openComment(ref: string, id: string): void;
  owed(panel: Panel): void;
  /** Words of this person lost the block they were in. */
  homeless(panel: Panel, words: string, late: boolean): void;
  /** A new view replaced `old` (or the static text). */
  mounted(panel: Panel, old: EditorView | null): void;
}

export class Panel {
  article: Article | null = null;
  view: EditorView | null = null;
  /** The server does not know this article any more. */
  gone = false;
  private readonly sequence = { next: 1 };
  private retired: Article | null = null;

  constructor(
    public host: HTMLElement,
    public info: ArticleInfo,
    private readonly connection: Connection,
    private readonly keep: Keep,
    private readonly hooks: PanelHooks,
  ) {}

  get ref(): string {
    return this.info.ref;
  }

  /** Neither removed nor put to consent. */
  private get free(): boolean {
    return !this.gone && !this.info.locked;
  }

  get owing(): boolean {
    return this.article?.owing ?? false;
  }

  /** Open the document, or ask again for what is missing after a reconnection. */
  join(): void {
    if (!this.article) this.article = new Article(this.ref, this.info.epoch, this.sequence, this.connection, this.keep, this.events());
    this.article.join();
  }

  /** The article's words as they stand here, for somebody who is about to lose some. */
  text(): string {
    const doc = this.view?.state.doc;
    return doc ? doc.textBetween(0, doc.content.size, "\n\n", "\n") : "";
  }

  /** Forget this document and take the server's; the old text stays on screen, locked, until the new one is here. */
  reset(epoch: number): void {
    const former = this.article;
    // What was owed was handed back by whoever asks for this.
    former?.abandon();
    this.info = { ...this.info, epoch };
    this.article = null;
    this.view?.setProps({ editable: () => false });
    // The view on screen still reads the document it was made for.
    if (former?.synced) this.retired = former;
    else former?.destroy();
    this.join();
  }

  /** The article left the page: its view and document end. */
  close(): void {
    this.article?.abandon();
    this.retired = this.article;
    this.article = null;
    this.bury(this.view);
    this.view = null;
  }

  /** The page replaced this article's element. */
  moveTo(host: HTMLElement): void {
    this.host = host;
    if (!this.view) return;
    host.replaceChildren(this.view.dom);
    host.classList.add("is-live");
  }

  /** Rights, labels or freeze changed: let the view read them again. */
  refresh(): void {
    this.view?.setProps({});
  }

  redrawCursors(): void {
    if (this.view) redrawCursors(this.view);
  }

  private events(): ArticleEvents {
    return {
      synced: () => this.mount(),
      owed: () => this.hooks.owed(this),
      writable: () => this.hooks.editable() && this.free,
      homeless: (words, late) => this.hooks.homeless(this, words, late),
    };
  }

  private mount(): void {
    if (!this.article) return;
    const old = this.view;
    const focused = old?.hasFocus() ?? false;
    const { label, owner, openComment, editable, ...rest } = this.hooks;
    this.view = mountView(this.article, {
      ...rest,
      label: () => label(this.info),
      editable: () => editable() && this.free,
      owner: (clientId) => owner(this.ref, clientId),
      openComment: (id) => openComment(this.ref, id),
    });
    this.host.replaceChildren(this.view.dom);
    this.host.classList.add("is-live");
    this.hooks.mounted(this, old);
    this.bury(old);
    if (focused) this.view.focus();
  }

  /** Later: the cursor plugin still has a redrawing planned for the former view, which must find it alive. */
  private bury(view: EditorView | null): void {
    const article = this.retired;
    this.retired = null;
    window.setTimeout(() => {
      view?.destroy();
      article?.destroy();
    }, 200);
  }
}
