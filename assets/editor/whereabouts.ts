/** Telling the server which article this person is in, and whether they write: at changes, not at keys. */
import type { Connection } from "./connection.ts";

const STILL_WRITING = 3_000;

export class Whereabouts {
  private article: string | null = null;
  private typing = false;
  private timer: number | undefined;

  constructor(private readonly connection: Connection) {}

  at(article: string | null): void {
    if (article === this.article) return;
    this.article = article;
    this.typing = false;
    this.tell();
  }

  wrote(article: string): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.typing = false;
      this.tell();
    }, STILL_WRITING);
    if (this.typing && this.article === article) return;
    this.article = article;
    this.typing = true;
    this.tell();
  }

  tell(): void {
    this.connection.control({ type: "at", article: this.article, typing: this.typing });
  }
}
