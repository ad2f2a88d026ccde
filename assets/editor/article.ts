/**
 * One article's shared document and what this browser still owes the server about it.
 * An update is owed from the moment it is made until the server acknowledged it (after its commit). After a
 * reconnection what is owed is sent again in one piece: Yjs drops what it already has, so nothing doubles.
 */
import * as Y from "yjs";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import { AWARENESS, SYNC_STEP_1, SYNC_STEP_2, UPDATE, encodeFrame, withSequence } from "./frames.ts";
import type { Connection } from "./connection.ts";

/** Origin of transactions that came from the server. */
export const REMOTE = Symbol("remote");
const AWARENESS_EVERY = 80;

export interface ArticleEvents {
  synced(): void;
  /** Something became owed, or nothing is owed any more. */
  owed(): void;
  /** May this browser send words now? */
  writable(): boolean;
}

interface Owed {
  update: Uint8Array;
  since: number;
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

  constructor(
    readonly ref: string,
    readonly epoch: number,
    private readonly sequence: { next: number },
    private readonly connection: Connection,
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
    for (const owed of [...this.owed.keys()]) if (owed <= sequence) this.owed.delete(owed);
    this.events.owed();
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
    Y.applyUpdate(this.doc, update, REMOTE);
  }

  private caughtUp(update: Uint8Array): void {
    this.apply(update);
    this.flowing = true;
    this.resend();
    this.planAwareness();
    if (this.synced) return;
    this.synced = true;
    this.events.synced();
  }

  /** The server lacks what a crash took before its commit, maybe other people's words: give all that we know. */
  private answer(stateVector: Uint8Array): void {
    if (!this.synced || !this.events.writable()) return;
    const update = Y.encodeStateAsUpdate(this.doc, stateVector);
    if (Y.decodeUpdate(update).structs.length === 0) return;
    this.owed.clear();
    this.owe(update);
  }

  private resend(): void {
    if (!this.owing) return;
    const merged = Y.mergeUpdates([...this.owed.values()].map(({ update }) => update));
    this.owed.clear();
    this.owe(merged);
  }

  private updated(update: Uint8Array, origin: unknown): void {
    if (this.destroyed) return;
    if (origin !== REMOTE) this.owe(update);
  }

  private owe(update: Uint8Array): void {
    const sequence = this.sequence.next++;
    this.owed.set(sequence, { update, since: Date.now() });
    if (this.flowing) this.connection.send(encodeFrame(UPDATE, this.ref, withSequence(sequence, update)));
    this.events.owed();
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
