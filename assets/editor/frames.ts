/**
 * Binary frames of the live socket: `[kind][n][n bytes of article ref, UTF-8][payload]`.
 * A client's update carries four big-endian bytes of sequence before the Yjs update; the server answers them with
 * `ack` or `refused`.
 */

export const SYNC_STEP_1 = 0;
export const SYNC_STEP_2 = 1;
export const UPDATE = 2;
export const AWARENESS = 3;

export interface Frame {
  kind: number;
  ref: string;
  payload: Uint8Array;
}

export function encodeFrame(kind: number, ref: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(ref);
  if (name.length > 255) throw new RangeError("article ref longer than 255 bytes");
  const frame = new Uint8Array(2 + name.length + payload.length);
  frame[0] = kind;
  frame[1] = name.length;
  frame.set(name, 2);
  frame.set(payload, 2 + name.length);
  return frame;
}

/** null for a frame too short to be one. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  const kind = bytes[0];
  const length = bytes[1];
  if (kind === undefined || length === undefined || bytes.length < 2 + length) return null;
  const ref = new TextDecoder().decode(bytes.subarray(2, 2 + length));
  return { kind, ref, payload: bytes.subarray(2 + length) };
}

export function withSequence(sequence: number, update: Uint8Array): Uint8Array {
  const payload = new Uint8Array(4 + update.length);
  new DataView(payload.buffer).setUint32(0, sequence);
  payload.set(update, 4);
  return payload;
}
