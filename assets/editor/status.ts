/** The state of saving, in words. « Enregistré » is only said on the server's acknowledgement. */
import type { WordKey, Words } from "./words.ts";

export interface Situation {
  online: boolean;
  ever: boolean;
  owing: boolean;
  frozen: boolean;
  canWrite: boolean;
  denied: boolean;
  /** This device keeps what is owed. */
  keeping: boolean;
  /** Milliseconds of the last acknowledgement. */
  savedAt: number | null;
}

export type Level = "good" | "busy" | "bad" | "still";

export function situationWord(now: Situation): [WordKey, Level] {
  if (now.denied) return ["denied", "bad"];
  if (!now.online && now.owing) return [now.keeping ? "offline_owed" : "offline_open", "bad"];
  if (!now.online) return now.ever ? ["offline", "bad"] : ["connecting", "busy"];
  if (now.frozen) return ["frozen", "still"];
  if (!now.canWrite) return ["read_only", "still"];
  if (now.owing) return ["saving", "busy"];
  return now.savedAt === null ? ["connected", "good"] : ["saved_at", "good"];
}

export class StatusLine {
  private spoken: WordKey | null = null;

  constructor(
    private readonly place: HTMLElement,
    private readonly words: Words,
    private readonly say: (text: string) => void,
  ) {
    place.classList.add("editor-status");
  }

  show(now: Situation): void {
    const [key, level] = situationWord(now);
    const time = now.savedAt === null ? "" : clock(now.savedAt);
    const text = this.words(key, { time });
    if (this.place.textContent !== text) this.place.textContent = text;
    this.place.dataset.level = level;
    this.speak(key, level, text);
  }

  /** Saving goes on at every key: only what changes for the writer is read aloud. */
  private speak(key: WordKey, level: Level, text: string): void {
    const worth = level === "bad" || level === "still" || (this.spoken !== null && level === "good");
    if (!worth || key === this.spoken) return;
    this.spoken = level === "good" ? null : key;
    this.say(text);
  }
}

export function clock(milliseconds: number): string {
  const language = document.documentElement.lang || "fr";
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(milliseconds);
}

/** A polite live region that keeps its silence between two announcements. */
export class Voice {
  private waiting: string | null = null;
  private timer: number | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly pause = 4_000,
  ) {
    place.setAttribute("aria-live", "polite");
    place.classList.add("visually-hidden");
  }

  say(text: string): void {
    this.waiting = text;
    if (this.timer === undefined) this.speak();
  }

  private speak(): void {
    this.timer = undefined;
    if (this.waiting === null) return;
    this.place.textContent = this.waiting;
    this.waiting = null;
    this.timer = window.setTimeout(() => this.speak(), this.pause);
  }
}
