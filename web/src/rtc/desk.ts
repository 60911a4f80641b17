import { effect } from "@preact/signals-core";
import type { Person, You } from "../protocol";
import type { Live } from "../state/live";
import { Talk } from "../state/talk";
import { type Heard, LocalCaptioner } from "./captions";
import { Checkup } from "./checkup";
import { Media } from "./media";
import { Share } from "./share";
import { slotOf } from "./slots";

interface Roomed {
  readonly you: You;
  readonly people: readonly Person[];
}

const QUIET = JSON.stringify({ away: false, sound_only: false, struggling: false });

export interface Room {
  readonly media: Media;
  readonly checkup: Checkup;
  readonly talk: Talk;
  readonly share: Share;
  readonly captioner: LocalCaptioner;
}

/** How somebody has their sound and picture, which a reload must not forget. */
export interface Habits {
  /** What is behind them is to be blurred. */
  readonly blur?: boolean;
  /** Nobody is to hear them. */
  readonly muted?: boolean;
  /** Nobody is to see them. */
  readonly unseen?: boolean;
  /** They read what the others say. */
  readonly captions?: boolean;
}

export function habitsOf({ media: { face, muted, cameraOff }, captioner }: Pick<Room, "media" | "captioner">): Habits {
  return { blur: face.wished, muted: muted.value, unseen: cameraOff.value, captions: captioner.wished.value };
}

/** Before sound and picture are opened: as it was before the page was loaded anew. */
export function resume({ media, captioner }: Pick<Room, "media" | "captioner">, { blur, muted, unseen, captions }: Habits): void {
  if (blur) media.face.resume();
  media.muted.value = muted === true;
  media.cameraOff.value = unseen === true;
  captioner.wished.value = captions === true;
}

/** Sound, picture and talk of a page, on its live session. */
export function roomOn<V extends Roomed>(live: Live<V>): Room {
  const media = new Media({
    answer: (sdp) => live.send("answer_media", { sdp }),
    offer: async (sdp) => {
      const { answer } = await live.send("offer_media", { sdp });
      if (answer === undefined) throw new Error("The server takes no offer.");
      return answer;
    },
    restart: () => live.restartMedia(),
    announce: (key) => live.send("announce_key", { key }),
    send: (boxes) => live.send("send_keys", { boxes }),
    devices: (microphone, camera) => void live.send("set_devices", { microphone, camera }),
  });
  const talk = new Talk({
    send: (name, body) => live.send(name, body),
    me: () => live.view.value?.you.key ?? "",
    people: () => live.view.value?.people ?? [],
    line: (readers, text) => media.secrecy.line(readers, text),
    read: (sender, box) => media.secrecy.read(sender, box),
  });
  const share = new Share(media, talk.room, (on) => live.send("share_screen", { on }), () => live.view.value?.you.key ?? "");
  // What only the page knows: the server forgets it with the connection and with the stay in the room.
  let told = QUIET;
  const tell = () => {
    const now = JSON.stringify({ away: media.away.value, sound_only: media.soundOnly.value, struggling: media.struggling.value });
    if (!talk.room.value.here) told = QUIET;
    else if (now !== told) void live.send("show_state", JSON.parse((told = now)));
  };
  effect(tell);
  effect(() => void media.setSeen(talk.room.value.here));
  live.onOffer = (offered) => void media.take(offered);
  live.onRedescribed = (offer) => void media.redescribed(offer);
  live.onJoined = () => {
    media.joined();
    talk.joined();
    told = QUIET;
    tell();
  };
  live.onMembers = (keys) => void media.secrecy.members(keys);
  live.onKey = (sender, box) => void media.secrecy.box(sender, box);
  live.onRoom = (room) => talk.changed(room);
  live.onLine = (line) => void talk.heard(line);
  live.onMoved = () => void (media.wanted && live.restartMedia());
  live.wantsMedia = () => media.wanted && !media.healthy;
  const captioner = new LocalCaptioner(() => voicesOf(live, media));
  return { media, checkup: new Checkup(media, () => live.phase.value === "live"), talk, share, captioner };
}

/** Everybody whose sound comes. */
function voicesOf<V extends Roomed>(live: Live<V>, media: Media): readonly Heard[] {
  return (live.view.value?.people ?? []).flatMap(({ key, name }) => (streamOf(live, media, key)?.getAudioTracks() ?? []).map((track) => ({ key, name, track })));
}

/** Those who show a picture that does not come, since this person's own connection is weak. */
export function pausedOf<V extends Roomed>(live: Live<V>): readonly Person[] {
  const { people = [] } = live.view.value ?? {};
  return people.filter((person) => person.camera && person.link === "ok" && live.paused.value[person.key] === "slow");
}

/** Sound and picture of this person, as far as they have a slot. */
export function streamOf<V extends Roomed>(live: Live<V>, media: Media, person: string | undefined): MediaStream | null {
  const slot = person === undefined ? null : slotOf(live.slots.value, person);
  return slot === null ? null : (media.streams.value[slot] ?? null);
}
