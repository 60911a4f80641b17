/** The m-lines of the server's one offer: 0 and 1 are ours, receive slot `i` is 2+2i (sound) and 3+2i (picture). */
export const OWN_SOUND = 0;
export const OWN_PICTURE = 1;

export interface SlotLines {
  readonly sound: number;
  readonly picture: number;
}

export function linesOf(slot: number): SlotLines {
  return { sound: 2 + 2 * slot, picture: 3 + 2 * slot };
}

/** How many receive slots an offer with this many m-lines has. */
export function slotCount(lines: number): number {
  return Math.max(0, Math.floor((lines - 2) / 2));
}

/** The slot that carries this person now. */
export function slotOf(slots: Readonly<Record<string, string | null>>, person: string): number | null {
  for (const [index, key] of Object.entries(slots)) if (key === person) return Number(index);
  return null;
}
