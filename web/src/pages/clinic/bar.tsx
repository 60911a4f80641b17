import type { Targets } from "../../api/clinic";
import { PARTS } from "../../words/hours";

export type Part = keyof Targets;
export const ORDER = Object.keys(PARTS) as Part[];

interface Props {
  readonly said: string;
  readonly minutes: Targets & { readonly solo?: number };
  readonly longest: number;
  /** Minutes at which a mark stands: what is wanted. */
  readonly mark?: number;
}

/** Minutes by kind as one bar, `longest` wide where it is full. What was alone in place of together is striped. */
export function Bar({ said, minutes, longest, mark }: Props) {
  const solo = minutes.solo ?? 0;
  const share = (part: number) => `flex-basis:${(100 * part) / Math.max(longest, 1)}%`;
  return (
    <div class="bar" role="img" aria-label={said}>
      <div class="parts" aria-hidden="true">
        <i class="joint" style={share(minutes.joint)} />
        <i class="individual" style={share(minutes.individual - solo)} />
        {solo > 0 && <i class="solo" style={share(solo)} />}
        <i class="group" style={share(minutes.group)} />
      </div>
      {mark !== undefined && <i class="mark" aria-hidden="true" style={`inset-inline-start:${Math.min(100, (100 * mark) / Math.max(longest, 1))}%`} />}
    </div>
  );
}

/** What the colours and the mark of the bars stand for. */
export function BarKey({ solo = false, mark = "" }: { readonly solo?: boolean; readonly mark?: string }) {
  return (
    <p class="key" aria-hidden="true">
      {ORDER.map((part) => (
        <small key={part}>
          <i class={part} /> {PARTS[part]}
        </small>
      ))}
      {solo && (
        <small>
          <i class="solo" /> alone in place of together
        </small>
      )}
      {mark && (
        <small>
          <i class="mark" /> {mark}
        </small>
      )}
    </p>
  );
}

export function sum(minutes: Targets): number {
  return minutes.joint + minutes.individual + minutes.group;
}
