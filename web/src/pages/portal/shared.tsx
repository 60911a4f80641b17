import type { Desk } from "./desk";

/** What the two share: their goals, and what helps them both. */
export function Shared({ desk }: { readonly desk: Desk }) {
  const { value: say } = desk.say;
  const { goals, coping } = desk.page.value.shared;
  return (
    <>
      <Listed title={say("goals")} lines={goals} empty={say("goals_empty")} />
      <Listed title={say("coping")} lines={coping} empty={say("coping_empty")} />
    </>
  );
}

function Listed({ title, lines, empty }: { readonly title: string; readonly lines: readonly string[]; readonly empty: string }) {
  return (
    <section class="sheet" aria-label={title}>
      <h2>{title}</h2>
      {lines.length === 0 ? (
        <p class="soft">{empty}</p>
      ) : (
        <ul class="shared">
          {lines.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
