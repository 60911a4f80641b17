import { useState } from "preact/hooks";
import type { Secrecy } from "../rtc/secrecy/secrecy";
import { Dialog } from "./dialog";
import { type English, tell } from "../words/room";

const SAYS = {
  on: { short: "End-to-end encrypted", long: "Sound and picture are locked on your device and opened only on the devices of those in this room. The service in between carries them and can’t see or hear anything." },
  starting: { short: "Locking sound and picture …", long: "The devices in this room are agreeing on keys. Until they have, nothing is said to be locked." },
  server: { short: "Encrypted to the clinic’s server", long: "Sound and picture are encrypted on their way to the clinic’s own server and from there to the others. A browser in this room can’t lock them from end to end; the newest browsers can." },
} as const satisfies Record<string, { readonly short: English; readonly long: English }>;

/** What is true of this room’s privacy right now, and how to check it. */
export function Privacy({ secrecy }: { readonly secrecy: Secrecy }) {
  const [open, setOpen] = useState(false);
  const now = secrecy.privacy.value;
  const code = now === "on" ? secrecy.code.value : null;
  return (
    <>
      <button class={`quiet privacy ${now}`} type="button" onClick={() => setOpen(true)}>
        <span class="lock" aria-hidden="true" />
        {tell(SAYS[now].short)}
      </button>
      {open && (
        <Dialog title={tell(SAYS[now].short)} onClose={() => setOpen(false)}>
          <p class="soft">{tell(SAYS[now].long)}</p>
          {code && (
            <div class="col tight">
              <p>{tell("If you want to be sure, read this code to each other. It’s the same on every device in the room, or something is wrong.")}</p>
              <p class="code" data-code={code}>
                {code}
              </p>
            </div>
          )}
          <button class="wide" type="button" onClick={() => setOpen(false)}>
            {tell("Close")}
          </button>
        </Dialog>
      )}
    </>
  );
}
