import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import type { Language } from "../../words/say";

interface Props {
  readonly token: string;
  readonly couple?: string | undefined;
  readonly language: Language;
  readonly zone: string;
  readonly halfSaid?: (() => boolean) | undefined;
}

/** The plan once it is asked for: its library is loaded then, so that nobody who only joins waits for it. */
export function usePlan(): { readonly Plan: ComponentType<Props> | null; readonly load: () => void } {
  const [Plan, setPlan] = useState<ComponentType<Props> | null>(null);
  const load = () => void import("./plan").then((found) => setPlan(() => found.RelapsePlan));
  return { Plan, load };
}
