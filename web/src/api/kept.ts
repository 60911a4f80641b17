import type { Habits } from "../rtc/desk";

/**
 * What this tab knows again after a reload: sealed with the page's link, in the tab's own place in its history, which
 * "Leave quickly" replaces. No other tab or page has it, no storage of the browser, and no server.
 */
export interface Kept extends Habits {
  /** The word of their own with which somebody asks for help. */
  readonly word?: string;
}

const AES = { name: "AES-GCM", length: 256 };

export async function keep(token: string, kept: Kept): Promise<void> {
  if (!globalThis.crypto.subtle) return; // a page without a secure address, where there is no camera either
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(token), new TextEncoder().encode(JSON.stringify(kept)));
  history.replaceState({ iv, box }, "");
}

/** Nothing where nothing was kept, or for another link. */
export async function keptFor(token: string): Promise<Kept> {
  try {
    const { iv, box } = history.state as { iv: Uint8Array<ArrayBuffer>; box: ArrayBuffer };
    const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await keyOf(token), box);
    return JSON.parse(new TextDecoder().decode(open)) as Kept;
  } catch {
    return {};
  }
}

/** What keeps what it is told last, one after the other; nothing stays of what holds nothing. */
export function keeping(token: string): (kept: Kept) => void {
  let kept = Promise.resolve();
  return (now) => void (kept = kept.then(() => (Object.values(now).some(Boolean) ? keep(token, now) : forget())));
}

function forget(): void {
  history.replaceState(null, "");
}

async function keyOf(token: string): Promise<CryptoKey> {
  const link = await crypto.subtle.importKey("raw", new TextEncoder().encode(token), "HKDF", false, ["deriveKey"]);
  const given = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new TextEncoder().encode("dyad kept through a reload") };
  return await crypto.subtle.deriveKey(given, link, AES, false, ["encrypt", "decrypt"]);
}
