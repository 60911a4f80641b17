/** A view and the revision it has. */
export interface Held<V> {
  readonly view: V;
  readonly rev: number;
}

export interface Change {
  readonly rev: number;
  readonly set: Readonly<Record<string, unknown>>;
}

/** The view after a change; the same object when the change is old news; `"gap"` when one before it is missing. */
export function patched<V extends object>(held: Held<V>, change: Change): Held<V> | "gap" {
  if (change.rev <= held.rev) return held;
  if (change.rev !== held.rev + 1) return "gap";
  return { view: { ...held.view, ...change.set }, rev: change.rev };
}
