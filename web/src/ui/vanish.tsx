/** For a moment in which nobody else may see this page. */
export function Vanish({ desk }: { readonly desk: { vanish(): void } }) {
  return (
    <button class="quiet nowrap" type="button" title="Escape, twice, does it too" onClick={() => desk.vanish()}>
      Leave quickly
    </button>
  );
}
