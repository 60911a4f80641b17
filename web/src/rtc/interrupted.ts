/** What takes a person from the page without their doing: a call that comes in, another app in front. */

/** How one of a person's own tracks is: `taken` by the system for a while, or `ended` for good. */
export interface TrackState {
  readonly taken: boolean;
  readonly ended: boolean;
}

/**
 * Whether somebody is away for a moment: their microphone is taken (a call), or the page is hidden and their camera gives
 * nothing more. A page that is only behind another window still sends both, and nobody is away.
 */
export function awayBy(hidden: boolean, microphone: TrackState | null, camera: TrackState | null): boolean {
  const silent = microphone !== null && microphone.taken;
  const frozen = camera !== null && (camera.taken || camera.ended);
  return silent || (hidden && frozen);
}

export function stateOf(track: MediaStreamTrack | null): TrackState | null {
  return track && { taken: track.muted && track.readyState === "live", ended: track.readyState === "ended" };
}

/** Tells whenever something may have changed, and calls `back` when the page is in front again. */
export function watching(look: () => void, back: () => void): () => void {
  const seen = () => {
    if (document.visibilityState === "visible") back();
    look();
  };
  document.addEventListener("visibilitychange", seen);
  addEventListener("pageshow", seen);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    removeEventListener("pageshow", seen);
  };
}

/** Keeps the screen on, where the browser can, until the returned function is called; taken again after each absence. */
export function awake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const hold = async () => {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    const got = await navigator.wakeLock?.request("screen").catch(() => null);
    if (over) void got?.release();
    else lock = got ?? null;
  };
  const again = () => void hold();
  document.addEventListener("visibilitychange", again);
  again();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release();
  };
}
