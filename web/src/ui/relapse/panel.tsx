import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { plan } from "../../api/relapse";
import { Newest } from "../../state/newest";
import { usePlan } from "./section";
import { roomLanguage, tell } from "../../words/room";

/** “Our plan” beside the video of a couple that has one; for everybody else `open` is null. */
export function usePlanPanel(of: { readonly token: string; readonly zone: string; readonly halfSaid?: (() => boolean) | undefined } | null): { readonly open: (() => void) | null; readonly panel: VNode | null } {
  const [shown, setShown] = useState(false);
  const { Plan, load } = usePlan();
  const token = of?.token;
  const found = useMemo(() => new Newest(async () => (token ? await plan({ token }) : null)), [token]);
  useEffect(() => {
    void found.look();
    return () => found.end();
  }, [found]);
  if (!found.value.value || !of) return { open: null, panel: null };
  const open = () => (load(), setShown(true));
  if (!shown) return { open, panel: null };
  const panel = (
    <aside class="planpanel col" aria-label={tell("Our plan")}>
      <div class="row">
        <h2 class="grow">{tell("Our plan")}</h2>
        <button class="small" type="button" onClick={() => setShown(false)}>
          {tell("Close")}
        </button>
      </div>
      {Plan && <Plan token={of.token} language={roomLanguage()} zone={of.zone} halfSaid={of.halfSaid} />}
    </aside>
  );
  return { open, panel };
}
