/**
 * The one WebSocket of a text: fresh token at each attempt, jittered exponential backoff, no give-up except when the
 * server says that this person may no longer come in.
 */
import { decodeFrame, type Frame } from "./frames.ts";
import { parseControl, type FromServer, type ToServer } from "./protocol.ts";
import { SCHEMA_VERSION } from "./schema.ts";

const FIRST_DELAY = 700;
const LONGEST_DELAY = 30_000;
const STABLE_AFTER = 8_000;
const PING_EVERY = 20_000;
/** Beyond this many milliseconds without `hello`, the attempt is dropped and another is made. */
const HELLO_WITHIN = 15_000;

export type Denial = "denied" | "bye_outdated";

export interface Handlers {
  control(message: FromServer): void;
  frame(frame: Frame): void;
  /** The socket is gone; another attempt is planned. */
  down(): void;
  /** No further attempt: the session ended or the access was withdrawn (`denied`), or this script is older than the server. */
  denied(why: Denial): void;
}

/** Milliseconds before the next attempt: half of the exponential step for sure, the other half at random. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const step = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  return step / 2 + (step / 2) * random();
}

export class Connection {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: number | undefined;
  private stable: number | undefined;
  private pinger: number | undefined;
  private stopped = false;
  private fetching = false;

  constructor(
    private readonly liveUrl: string,
    private readonly tokenUrl: string,
    private readonly handlers: Handlers,
  ) {}

  get open(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  start(): void {
    window.addEventListener("online", () => this.retryNow());
    window.addEventListener("offline", () => this.drop());
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.forget();
  }

  /** Close and come back: used when acknowledgements stop coming, which a half-open socket never tells by itself. */
  drop(slowly = false): void {
    if (slowly) this.attempt = Math.max(this.attempt, 3);
    if (this.socket) this.lost();
  }

  retryNow(): void {
    if (this.stopped || this.socket || this.fetching) return;
    window.clearTimeout(this.timer);
    void this.connect();
  }

  control(message: ToServer): boolean {
    return this.send(JSON.stringify(message));
  }

  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (!this.open || !this.socket) return false;
    this.socket.send(data);
    return true;
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    this.fetching = true;
    const token = await this.token().finally(() => (this.fetching = false));
    if (this.stopped) return;
    if (typeof token === "string") return this.deny(token);
    if (token === null) return this.later();
    const url = new URL(this.liveUrl, window.location.href);
    url.protocol = url.protocol === "https:" || url.protocol === "wss:" ? "wss:" : "ws:";
    url.searchParams.set("token", token.value);
    this.listen(new WebSocket(url));
  }

  private async token(): Promise<{ value: string } | Denial | null> {
    try {
      const address = new URL(this.tokenUrl, window.location.href);
      address.searchParams.set("schema", String(SCHEMA_VERSION));
      const answer = await fetch(address, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(10_000),
      });
      if ([401, 403, 404, 410].includes(answer.status) || answer.type === "opaqueredirect") return "denied";
      if (answer.status === 409) return "bye_outdated";
      if (!answer.ok) return null;
      const body = (await answer.json()) as { token?: unknown };
      return typeof body.token === "string" ? { value: body.token } : null;
    } catch {
      return null;
    }
  }

  private listen(socket: WebSocket): void {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    const greeting = window.setTimeout(() => socket === this.socket && this.lost(), HELLO_WITHIN);
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.socket) return;
      if (typeof event.data !== "string") return this.binary(new Uint8Array(event.data));
      const message = parseControl(event.data);
      if (message?.type === "hello") {
        window.clearTimeout(greeting);
        this.stable = window.setTimeout(() => (this.attempt = 0), STABLE_AFTER);
        this.pinger = window.setInterval(() => this.control({ type: "ping" }), PING_EVERY);
      }
      if (message) this.handlers.control(message);
    };
    socket.onclose = () => {
      window.clearTimeout(greeting);
      if (socket === this.socket) this.lost();
    };
  }

  private binary(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame) this.handlers.frame(frame);
  }

  private lost(): void {
    this.forget();
    this.handlers.down();
    this.later();
  }

  private later(): void {
    if (this.stopped) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.connect(), backoff(this.attempt));
    this.attempt += 1;
  }

  private deny(why: Denial): void {
    this.stop();
    this.handlers.denied(why);
  }

  private forget(): void {
    window.clearTimeout(this.stable);
    window.clearInterval(this.pinger);
    const socket = this.socket;
    this.socket = null;
    if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
  }
}
