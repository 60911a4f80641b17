/**
 * One encoded frame, sealed: its first bytes stay readable (a packetizer and a depacketizer look at them), the rest is
 * AES-GCM, and a trailer says which key it takes. What stays readable is authenticated too.
 *
 *   | readable | ciphertext and tag | counter (8) | key id (4) | magic (4) |
 */
export type Kind = "audio" | "video";

export interface SealingKey {
  readonly id: number;
  readonly key: CryptoKey;
}

const MAGIC = 0xd7ad5ea1;
const COUNTER = 8;
const TRAILER = COUNTER + 8;
const TAG = 16;

/** Bytes that stay readable: of Opus its table of contents, of VP8 its frame header, which a keyframe has longer. */
export function readable(kind: Kind, keyframe: boolean): number {
  return kind === "audio" ? 1 : keyframe ? 10 : 3;
}

/** The counter is never used twice with one key: a key lives as long as the sealer that counts for it. */
export async function seal(data: ArrayBuffer, clear: number, by: SealingKey, counter: bigint): Promise<ArrayBuffer> {
  const head = new Uint8Array(data, 0, Math.min(clear, data.byteLength));
  const body = new Uint8Array(data, head.byteLength);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce(counter), additionalData: head }, by.key, body);
  const out = new Uint8Array(head.byteLength + sealed.byteLength + TRAILER);
  out.set(head);
  out.set(new Uint8Array(sealed), head.byteLength);
  const trailer = new DataView(out.buffer, out.byteLength - TRAILER);
  trailer.setBigUint64(0, counter);
  trailer.setUint32(COUNTER, by.id);
  trailer.setUint32(COUNTER + 4, MAGIC);
  return out.buffer;
}

/** The id of the key that a frame takes; null for a frame that isn't sealed. */
export function keyOf(data: ArrayBuffer): number | null {
  if (data.byteLength < TRAILER + TAG) return null;
  const trailer = new DataView(data, data.byteLength - TRAILER);
  return trailer.getUint32(COUNTER + 4) === MAGIC ? trailer.getUint32(COUNTER) : null;
}

/** Rejects a frame that was changed, or sealed by another key. */
export async function open(data: ArrayBuffer, clear: number, key: CryptoKey): Promise<ArrayBuffer> {
  const end = data.byteLength - TRAILER;
  const counter = new DataView(data, end).getBigUint64(0);
  const head = new Uint8Array(data, 0, Math.min(clear, end - TAG));
  const body = new Uint8Array(data, head.byteLength, end - head.byteLength);
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce(counter), additionalData: head }, key, body);
  const out = new Uint8Array(head.byteLength + opened.byteLength);
  out.set(head);
  out.set(new Uint8Array(opened), head.byteLength);
  return out.buffer;
}

function nonce(counter: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setBigUint64(4, counter);
  return bytes;
}
