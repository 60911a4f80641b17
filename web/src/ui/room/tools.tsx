import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Commands } from "../../protocol";
import type { LocalCaptioner } from "../../rtc/captions";
import type { Checkup } from "../../rtc/checkup";
import type { Media } from "../../rtc/media";
import type { Share } from "../../rtc/share";
import type { Talk } from "../../state/talk";
import { usePlanPanel } from "../relapse/panel";
import { tell } from "../../words/room";

/** What the room's tools need of a page. */
export interface RoomDesk {
  readonly token: string;
  readonly media: Media;
  readonly checkup: Checkup;
  readonly talk: Talk;
  readonly share: Share;
  readonly captioner: LocalCaptioner;
  /** Whether what is being typed must not be told to anybody as it stands. */
  readonly halfSaid?: () => boolean;
  give<K extends keyof Commands>(name: K, body: Commands[K]): Promise<boolean>;
}

export interface Tools {
  readonly desk: RoomDesk;
  /** Those to whom one may write alone. */
  readonly people: readonly { readonly key: string; readonly name: string }[];
  readonly host?: boolean;
}

export type ToolProps = Tools & { readonly onClose: () => void };

/**
 * “More”: everything that not everybody needs at every moment. What it opens is loaded when it is asked for. `plan` is the
 * zone of the couple's plan, `stream` what may stay on top of other windows.
 */
export function RoomTools({ plan, stream, ...props }: Tools & { readonly plan: string | null; readonly stream: MediaStream | null }) {
  const { talk, token, halfSaid } = props.desk;
  const { open: openPlan, panel } = usePlanPanel(plan === null ? null : { token, zone: plan, halfSaid });
  const [more, setMore] = useState(false);
  const [devices, setDevices] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const Sheet = useLoaded(more, () => import("./sheet").then((found) => found.Sheet));
  const Chat = useLoaded(talk.reading.value, () => import("./chat").then((found) => found.Chat));
  const Devices = useLoaded(devices, () => import("./devices").then((found) => found.Devices));
  const unread = talk.unread.value;
  const back = () => button.current?.focus();
  return (
    <>
      <button ref={button} type="button" aria-haspopup="dialog" onClick={() => setMore(true)}>
        {tell("More")}
        {unread > 0 && (
          <span class="count">
            {unread}
            <span class="unseen">{tell(unread === 1 ? " new message" : " new messages")}</span>
          </span>
        )}
      </button>
      {panel}
      {more && Sheet && <Sheet {...props} stream={stream} onPlan={openPlan} onDevices={() => setDevices(true)} onClose={() => (setMore(false), back())} />}
      {devices && Devices && <Devices {...props} onClose={() => (setDevices(false), back())} />}
      {talk.reading.value && Chat && <Chat {...props} onClose={() => (talk.look(false), back())} />}
    </>
  );
}

/** A component that is fetched once it is wanted. */
function useLoaded<P>(wanted: boolean, load: () => Promise<ComponentType<P>>): ComponentType<P> | null {
  const [found, setFound] = useState<ComponentType<P> | null>(null);
  useEffect(() => {
    if (wanted && !found) void load().then((component) => setFound(() => component));
  }, [wanted]);
  return found;
}
