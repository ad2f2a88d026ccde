/**
 * One article's shared document and what this browser still owes the server about it.
 * An update is owed from the moment it is made until the server acknowledged it (after its commit). After a
 * reconnection what is owed is sent again in one piece: Yjs drops what it already has, so nothing doubles.
 */
import * as Y from "yjs";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { AWARENESS, SYNC_STEP_1, SYNC_STEP_2, UPDATE, encodeFrame, withSequence } from "./frames.ts";
import type { Connection } from "./connection.ts";
import type { Keep } from "./keep.ts";
import { Recent, stray, wordsOf } from "./rescue.ts";

/** Origin of transactions that came from the server. */
export const REMOTE = Symbol("remote");
/** Origin of the words this device kept from an earlier visit. */
const KEPT = Symbol("kept");
const AWARENESS_EVERY = 80;
/** While the server answers, what it acknowledges within this many milliseconds never touches the disk. */
const KEEP_AFTER = 400;

export interface ArticleEvents {
  synced(): void;
  /** Something became owed, or nothing is owed any more. */
  owed(): void;
  /** May this browser send words now? */
  writable(): boolean;
  /** These words of this person have no place in the text any more: `late` when they come from an earlier visit. */
  homeless(words: string, late: boolean): void;
}

interface Owed {
  update: Uint8Array;
  since: number;
  /** The records of this device that hold it. */
  kept: Promise<number | null>[];
}

export class Article {
  readonly doc = new Y.Doc();
  readonly fragment = this.doc.getXmlFragment("content");
  readonly awareness = new Awareness(this.doc);
  synced = false;
  /** Step two was received on the current connection: updates may flow. */
  private flowing = false;
  private owed = new Map<number, Owed>();
  private awarenessTimer: number | undefined;
  private destroyed = false;
  private restored = false;
  /** The kept record being applied. */
  private applying: number | null = null;
  private readonly recent = new Recent(this.doc);

  constructor(
    readonly ref: string,
    readonly epoch: number,
    private readonly sequence: { next: number },
    private readonly connection: Connection,
    private readonly keep: Keep,
    private readonly events: ArticleEvents,
  ) {
    this.awareness.setLocalState(null);
    this.doc.on("update", (update: Uint8Array, origin: unknown) => this.updated(update, origin));
    this.awareness.on("update", (_change: unknown, origin: unknown) => {
      if (origin === "local") this.planAwareness();
    });
  }

  get owing(): boolean {
    return this.owed.size > 0;
  }

  /** Milliseconds (epoch) since when the oldest owed update waits; null when nothing is owed. */
  get owingSince(): number | null {
    let oldest: number | null = null;
    for (const { since } of this.owed.values()) oldest = oldest === null ? since : Math.min(oldest, since);
    return oldest;
  }

  /** Ask the server for what is missing here; called at first opening and at each reconnection. */
  join(): void {
    this.flowing = false;
    this.speakAnew();
    this.connection.control({ type: "open", article: this.ref, epoch: this.synced ? this.epoch : null });
    this.connection.control({ type: "client", article: this.ref, client_id: this.doc.clientID });
    this.connection.send(encodeFrame(SYNC_STEP_1, this.ref, Y.encodeStateVector(this.doc)));
  }

  left(): void {
    this.flowing = false;
    const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, REMOTE);
  }

  receive(kind: number, payload: Uint8Array): void {
    if (this.destroyed) return;
    if (kind === SYNC_STEP_1) this.answer(payload);
    else if (kind === SYNC_STEP_2) this.caughtUp(payload);
    else if (kind === UPDATE) this.apply(payload);
    else if (kind === AWARENESS) applyAwarenessUpdate(this.awareness, payload, REMOTE);
  }

  /** Updates of one connection are committed in order, so `sequence` settles the earlier ones too. */
  acknowledged(sequence: number): void {
    for (const [owed, { kept }] of [...this.owed]) {
      if (owed > sequence) continue;
      this.owed.delete(owed);
      this.settle(kept);
    }
    this.events.owed();
  }

  /** What is owed was handed back to its author: this device forgets it. */
  forgetKept(): void {
    for (const { kept } of this.owed.values()) this.settle(kept);
  }

  /** The same, and nothing is owed any more. */
  abandon(): void {
    this.forgetKept();
    this.owed.clear();
  }

  destroy(): void {
    this.destroyed = true;
    window.clearTimeout(this.awarenessTimer);
    this.owed.clear();
    this.awareness.destroy();
    this.doc.destroy();
  }

  /** The others were told that this cursor left, under the next clock: what it says now must come later than that. */
  private speakAnew(): void {
    const state = this.awareness.getLocalState();
    if (state === null) return;
    this.awareness.setLocalState(state);
    this.awareness.setLocalState(state);
  }

  private apply(update: Uint8Array): void {
    const words = this.recent.during(() => Y.applyUpdate(this.doc, update, REMOTE), this.owingSince);
    if (words) this.events.homeless(words, false);
  }

  private caughtUp(update: Uint8Array): void {
    this.apply(update);
    this.flowing = true;
    this.resend();
    this.planAwareness();
    if (this.synced) return;
    this.synced = true;
    this.events.synced();
    void this.restore();
  }

  /** What an earlier visit left unsent: merged once into the server's words, or handed back when it cannot be. */
  private async restore(): Promise<void> {
    if (this.restored) return;
    this.restored = true;
    let homeless = "";
    for (const { id, epoch, data } of await this.keep.left(this.ref)) {
      if (this.destroyed) return;
      const fits = epoch === this.epoch && this.events.writable();
      const words = fits ? this.take(id, data) : wordsOf(data);
      if (!fits) await this.keep.drop([id]);
      if (words) homeless += (homeless ? "\n" : "") + words;
    }
    if (homeless) this.events.homeless(homeless, true);
  }

  /** Apply a kept record; gives those of its words whose block is gone. */
  private take(id: number, data: Uint8Array): string {
    this.applying = id;
    Y.applyUpdate(this.doc, data, KEPT);
    const known = this.applying !== null;
    this.applying = null;
    // The server had it already: the acknowledgement did not reach us, that is all.
    if (known && this.doc.store.pendingStructs === null) this.settle([Promise.resolve(id)]);
    return known ? "" : stray(this.doc, data);
  }

  private settle(kept: Promise<number | null>[]): void {
    void Promise.all(kept).then((ids) => this.keep.drop(ids.filter((id) => id !== null)));
  }

  /** The server lacks what a crash took before its commit, maybe other people's words: give all that we know. */
  private answer(stateVector: Uint8Array): void {
    if (!this.synced || !this.events.writable()) return;
    const update = Y.encodeStateAsUpdate(this.doc, stateVector);
    if (Y.decodeUpdate(update).structs.length === 0) return;
    this.oweAgain(update);
  }

  private resend(): void {
    if (this.owing) this.oweAgain(Y.mergeUpdates([...this.owed.values()].map(({ update }) => update)));
  }

  /** In one piece, what was owed in several; the records of this device stand for it, unless some was too fresh to have one. */
  private oweAgain(update: Uint8Array): void {
    const former = [...this.owed.values()];
    this.owed.clear();
    const held = former.length > 0 && former.every(({ kept }) => kept.length > 0);
    this.owe(update, former.flatMap(({ kept }) => kept), held);
  }

  private updated(update: Uint8Array, origin: unknown): void {
    if (this.destroyed || origin === REMOTE) return;
    if (origin === KEPT) {
      const id = this.applying;
      this.applying = null;
      return this.owe(update, [Promise.resolve(id)], true);
    }
    this.recent.note(update);
    this.owe(update);
  }

  private owe(update: Uint8Array, kept: Promise<number | null>[] = [], held = false): void {
    const sequence = this.sequence.next++;
    const owed: Owed = { update, since: Date.now(), kept };
    this.owed.set(sequence, owed);
    if (this.flowing) this.connection.send(encodeFrame(UPDATE, this.ref, withSequence(sequence, update)));
    if (!held && !this.flowing) kept.push(this.put(update));
    else if (!held) window.setTimeout(() => this.owed.has(sequence) && kept.push(this.put(update)), KEEP_AFTER);
    this.events.owed();
  }

  private put(update: Uint8Array): Promise<number | null> {
    return this.keep.add(this.ref, this.epoch, update);
  }

  private planAwareness(): void {
    if (this.destroyed || this.awarenessTimer !== undefined) return;
    this.awarenessTimer = window.setTimeout(() => {
      this.awarenessTimer = undefined;
      const id = this.awareness.clientID;
      if (!this.flowing || !this.awareness.meta.has(id)) return;
      this.connection.send(encodeFrame(AWARENESS, this.ref, encodeAwarenessUpdate(this.awareness, [id])));
    }, AWARENESS_EVERY);
  }
}
