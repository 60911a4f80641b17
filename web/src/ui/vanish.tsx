import { tell } from "../words/room";

/** For a moment in which nobody else may see this page. */
export function Vanish({ desk }: { readonly desk: { vanish(): void } }) {
  return (
    <button class="quiet nowrap" type="button" title={tell("Escape, twice, does it too")} onClick={() => desk.vanish()}>
      {tell("Leave quickly")}
    </button>
  );
}
