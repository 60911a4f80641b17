import { useEffect, useRef, useState } from "preact/hooks";
import type { Person } from "../../protocol";
import { Comings } from "../../state/comings";
import { pausedWords } from "../../words/people";
import { tell } from "../../words/room";

interface Heard {
  readonly people: readonly Person[];
  /** Whose pictures are paused. */
  readonly paused: readonly Person[];
  readonly muted: boolean;
  readonly camera: boolean;
  /** Something else says that a connection is away. */
  readonly told?: boolean;
}

/** What changes in the room, said aloud once, for who doesn’t look at the pictures. What it begins with is said elsewhere. */
export function Said(now: Heard) {
  const before = useRef(now);
  const comings = useRef(new Comings());
  const [words, setWords] = useState("");
  useEffect(() => {
    const news = changes(before.current, now);
    // A weak connection has pictures come and go.
    const paused = comings.current.news(now.paused.map(({ key }) => key), Date.now());
    if (paused.length > 0) news.push(pausedWords(now.paused.filter(({ key }) => paused.includes(key)).map(({ name }) => name)));
    before.current = now;
    if (news.length > 0) setWords(news.join(" "));
  });
  return (
    <p class="unseen" role="status">
      {words}
    </p>
  );
}

function changes(before: Heard, now: Heard): string[] {
  const was = new Map(before.people.map((person) => [person.key, person]));
  const news = now.people.flatMap((person) => {
    const old = was.get(person.key);
    was.delete(person.key);
    if (!old) return [tell("{name} is here.", { name: person.name })];
    if (old.link === person.link) return [];
    return person.link === "ok" ? [tell("{name} is back.", { name: person.name })] : old.link === "ok" && !now.told ? [tell("{name}’s connection is away.", { name: person.name })] : [];
  });
  for (const gone of was.values()) news.push(tell("{name} has left.", { name: gone.name }));
  if (before.muted !== now.muted) news.push(tell(now.muted ? "You’re muted." : "You can be heard."));
  if (before.camera !== now.camera) news.push(tell(now.camera ? "Your camera is on." : "Your camera is off."));
  return news;
}
