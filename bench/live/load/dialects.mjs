/**
 * The two dialects of the load: a connection joins one document, sends updates, and says what it is told. Both do what the browser's
 * client of that server does, and nothing besides.
 */
import WebSocket from "ws";
import * as encoding from "lib0/encoding";
import * as decoding from "lib0/decoding";

const EMPTY_VECTOR = Uint8Array.of(0);
const EMPTY_UPDATE = Uint8Array.of(0, 0);

/** `address` is `{url, document}`; `vector` what the client has already. `update` is called with each update received. */
class Joined {
  constructor(address, { vector = EMPTY_VECTOR, update = () => {} } = {}) {
    this.document = address.document;
    this.vector = vector;
    this.heard = update;
    this.acknowledged = 0;
    this.sent = 0;
    this.synced = new Promise((resolve, reject) => ([this.settle, this.fail] = [resolve, reject]));
    this.synced.catch(() => {});
    this.socket = new WebSocket(address.url, { perMessageDeflate: false, skipUTF8Validation: true });
    this.socket.binaryType = "nodebuffer";
    this.socket.on("open", () => this.opened());
    this.socket.on("message", (data, binary) => this.received(data, binary));
    this.socket.on("error", (error) => this.fail(error));
    this.socket.on("close", (code) => this.fail(new Error(`closed ${code}`)));
  }

  opened() {}

  /** Ends the connection; resolves once it is. */
  leave() {
    return new Promise((resolve) => {
      this.socket.once("close", resolve);
      this.socket.close();
    });
  }

  /** Sends an update and resolves once everything sent is acknowledged. */
  async store(update) {
    this.send(update);
    while (this.acknowledged < this.sent) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Ours: charter/drafting/live/protocol.py. */
export class Charte extends Joined {
  received(data, binary) {
    if (!binary) return this.told(JSON.parse(data.toString()));
    const payload = data.subarray(2 + data[1]);
    if (data[0] === 2) this.heard(payload);
    else if (data[0] === 1) this.settle(payload.length);
  }

  told(message) {
    if (message.type === "ack") this.acknowledged = Math.max(this.acknowledged, message.seq);
    else if (message.type === "hello") this.join();
    else if (message.type === "refused" || message.type === "bye") {
      this.refusal = message.reason;
      this.fail(new Error(message.reason));
    }
  }

  join() {
    this.socket.send(JSON.stringify({ type: "open", article: this.document, epoch: null }));
    this.socket.send(this.frame(0, this.vector));
  }

  send(update) {
    const sequence = Buffer.alloc(4);
    sequence.writeUInt32BE(++this.sent);
    this.socket.send(this.frame(2, sequence, update));
  }

  frame(kind, ...payload) {
    return Buffer.concat([Buffer.of(kind, this.document.length), Buffer.from(this.document, "ascii"), ...payload]);
  }
}

const SYNC = 0;
const AUTHENTICATION = 2;
const SYNC_REPLY = 4;
const SYNC_STATUS = 8;

/** @hocuspocus/server 4, as its provider speaks to it. */
export class Hocuspocus extends Joined {
  opened() {
    this.say(AUTHENTICATION, (encoder) => {
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarString(encoder, "");
    });
  }

  received(data) {
    const decoder = decoding.createDecoder(data);
    decoding.readVarString(decoder);
    const type = decoding.readVarUint(decoder);
    if (type === SYNC || type === SYNC_REPLY) this.step(decoder);
    else if (type === SYNC_STATUS) this.acknowledged += 1;
    else if (type === AUTHENTICATION) this.synchronise(0, this.vector);
  }

  step(decoder) {
    const step = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (step === 2) this.heard(payload);
    else if (step === 1) this.settle(payload.length);
    else {
      this.sent += 1;
      this.synchronise(1, EMPTY_UPDATE);
    }
  }

  send(update) {
    this.sent += 1;
    this.synchronise(2, update);
  }

  synchronise(step, payload) {
    this.say(SYNC, (encoder) => {
      encoding.writeVarUint(encoder, step);
      encoding.writeVarUint8Array(encoder, payload);
    });
  }

  say(type, write) {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, this.document);
    encoding.writeVarUint(encoder, type);
    write(encoder);
    this.socket.send(encoding.toUint8Array(encoder));
  }
}

export const DIALECTS = { charte: Charte, hocuspocus: Hocuspocus };
