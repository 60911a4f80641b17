import { useEffect, useState } from "preact/hooks";
import type { Person } from "../../protocol";
import type { Media } from "../../rtc/media";
import { Offering } from "../../rtc/quality";
import type { Share } from "../../rtc/share";
import type { Talk } from "../../state/talk";
import { unpluggedWords } from "../../words/people";
import { tell } from "../../words/room";

/** The newest unread line, said aloud and shown where one looks; tapped, it opens the messages. */
export function Newest({ talk }: { readonly talk: Talk }) {
  const newest = talk.newest.value;
  const count = talk.unread.value;
  return (
    <div class="newest" role="status">
      {newest && (
        <button type="button" class="sheet rise" onClick={() => talk.look(true)}>
          <strong>
            {newest.name || tell("Somebody")}
            {newest.to !== null && tell(", only to you")}:
          </strong>{" "}
          <span class="words">{newest.text}</span>
          <small>{count > 1 ? tell("{count} new messages: read and answer", { count }) : tell("Read and answer")}</small>
        </button>
      )}
    </div>
  );
}

/** Who wants to say something, for the one who gives the word. */
export function Hands({ talk, people }: { readonly talk: Talk; readonly people: readonly Person[] }) {
  const raised = talk.room.value.hands.flatMap((key) => people.find((person) => person.key === key) ?? []);
  return (
    <div class="hands" role="status">
      {raised.map(({ key, name }) => (
        <p key={key} class="sheet rise">
          <span class="grow">{name} has raised a hand.</span>
          <button class="small" type="button" onClick={() => void talk.lower(key)}>
            Lower it<span class="unseen">: {name}’s hand</span>
          </button>
        </p>
      ))}
    </div>
  );
}

/** A device went away: what follows from that, until it was read. */
export function Gone({ media }: { readonly media: Media }) {
  const gone = media.plugged.unplugged.value;
  return (
    <div role="status">
      {gone && (
        <p class="sheet rise said">
          <span class="grow">{unpluggedWords(gone)}</span>
          <button class="small" type="button" onClick={() => (media.plugged.unplugged.value = null)}>
            {tell("All right")}
          </button>
        </p>
      )}
    </div>
  );
}

/** One’s own screen is seen by the others: said for as long as it is so. */
export function Showing({ desk }: { readonly desk: { readonly media: Media; readonly share: Share } }) {
  return (
    <div role="status">
      {desk.media.screen.value && (
        <p class="sheet said showing">
          <span class="grow">
            <strong>{tell("You’re sharing your screen.")}</strong> {tell("The others see it instead of you.")}
          </span>
          <button class="small primary" type="button" onClick={() => void desk.share.stop()}>
            {tell("Stop sharing")}
          </button>
        </p>
      )}
    </div>
  );
}

/** A weak connection, and what would help; the choice is the person’s. */
export function Weak({ media }: { readonly media: Media }) {
  const [offering] = useState(() => new Offering(media));
  useEffect(() => offering.watch(), []);
  const offer = offering.offer.value;
  const choose = (act?: () => Promise<void>) => () => {
    offering.settle(Date.now());
    void act?.();
  };
  return (
    <div role="status">
      {offer && (
        <div class="sheet rise weak">
          <strong>{tell("The connection is weak.")}</strong>
          <p class="soft">{tell(offer === "less" ? "A smaller picture keeps the sound clear." : "Without pictures the sound stays clear.")}</p>
          <div class="grid2">
            {offer === "less" ? (
              <button type="button" onClick={choose(() => media.setThrifty(true))}>
                {tell("Use less data")}
              </button>
            ) : (
              <button type="button" onClick={choose(() => media.setSoundOnly(true))}>
                {tell("Sound only")}
              </button>
            )}
            <button type="button" onClick={choose()}>
              {tell("Leave it")}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}
