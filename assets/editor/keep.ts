/**
 * Words the server has not acknowledged yet, kept on this device so that a closed tab or a flat battery takes none of them.
 * Only what is owed is here, and it leaves as soon as the server has it: no copy of the text stays behind on a shared computer.
 * A record belongs to one person, one article and one epoch of it. Signing out deletes the whole database (assets/app.ts).
 */
import * as idb from "lib0/indexeddb";

export const DATABASE = "charte-mots-en-attente";
const STORE = "updates";
/** Nobody comes back for words after this many milliseconds; what the text has become would make no sense of them. */
const KEPT_FOR = 30 * 24 * 3_600_000;

export interface Kept {
  id: number;
  text: string;
  person: string;
  article: string;
  epoch: number;
  data: Uint8Array;
  at: number;
}

function database(): Promise<IDBDatabase | null> {
  try {
    const opened = idb.openDB(DATABASE, (db: IDBDatabase) => db.createObjectStore(STORE, { keyPath: "id", autoIncrement: true }));
    return opened.catch(() => null);
  } catch {
    return Promise.resolve(null);
  }
}

export class Keep {
  /** False when this browser keeps nothing (private windows, full disks): the page must then stay open. */
  working = true;
  private readonly db = database();

  constructor(
    private readonly text: string,
    private readonly person: string,
  ) {
    void this.purge();
  }

  /** The record's number, null when nothing could be kept. */
  async add(article: string, epoch: number, data: Uint8Array): Promise<number | null> {
    const record = { text: this.text, person: this.person, article, epoch, data, at: Date.now() };
    return this.within("readwrite", (store) => idb.rtop(store.add(record)) as Promise<number>);
  }

  async drop(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.within("readwrite", (store) => Promise.all(ids.map((id) => idb.rtop(store.delete(id)))));
  }

  /** What this person left unsent in this text, oldest first; of one article when it is named. */
  async left(article?: string): Promise<Kept[]> {
    const all = ((await this.within("readonly", (store) => idb.getAll(store))) ?? []) as Kept[];
    const mine = all.filter(({ text, person }) => text === this.text && person === this.person);
    return article === undefined ? mine : mine.filter((kept) => kept.article === article);
  }

  private async purge(): Promise<void> {
    const all = ((await this.within("readonly", (store) => idb.getAll(store))) ?? []) as Kept[];
    await this.drop(all.filter(({ at }) => Date.now() - at > KEPT_FOR).map(({ id }) => id));
  }

  private async within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => Promise<T>): Promise<T | null> {
    const db = await this.db;
    try {
      if (!db) throw new Error("no database");
      return await act(db.transaction(STORE, mode).objectStore(STORE));
    } catch {
      this.working = false;
      return null;
    }
  }
}

/** What this device keeps for the text and the person of this page. */
export function keepOf(root: HTMLElement): Keep {
  const { liveUrl = "", person = "" } = root.dataset;
  return new Keep(liveUrl.split("/").pop() ?? "", person);
}
