/** Control messages of the live socket: JSON text frames. */

export interface ArticleInfo {
  ref: string;
  title: string;
  number: number;
  epoch: number;
  /** The round the article is put to consent in and may not be written for; 0 when it may. */
  locked: number;
}

export interface Person {
  person: string | number;
  name: string;
  party: string;
  party_color: number;
  initials: string;
  article: string | null;
  typing: boolean;
  /** Yjs client id the server bound to this person's connection, by article ref. */
  clients?: Record<string, number>;
}

export type RefusedReason = "frozen" | "locked" | "read_only" | "invalid" | "too_big" | "unknown_article" | "overloaded";
export type ByeReason = "revoked" | "restart" | "overloaded" | "invalid" | "outdated";

export interface You {
  person: string | number;
  name: string;
}

export type FromServer =
  | { type: "hello"; you: You; articles: ArticleInfo[]; frozen: boolean; can_write: boolean }
  | { type: "ack"; article: string; seq: number }
  | { type: "refused"; article: string; seq: number; reason: RefusedReason }
  | { type: "reset"; article: string; epoch: number }
  | { type: "frozen" }
  | { type: "articles"; articles: ArticleInfo[] }
  | { type: "presence"; people: Person[] }
  | { type: "changed"; article: string }
  | { type: "pong" }
  | { type: "bye"; reason: ByeReason };

export type ToServer =
  | { type: "open"; article: string; epoch: number | null }
  | { type: "client"; article: string; client_id: number }
  | { type: "at"; article: string | null; typing: boolean }
  | { type: "ping" };

export function parseControl(text: string): FromServer | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === "object" && message !== null && "type" in message ? (message as FromServer) : null;
  } catch {
    return null;
  }
}
