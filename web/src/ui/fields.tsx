import "../styles/fields.css";
import { useId } from "preact/hooks";

interface Named {
  readonly label: string;
  readonly hint?: string | undefined;
}

interface TextProps extends Named {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "email" | "time" | "date" | "number" | "tel";
  readonly list?: readonly string[];
  readonly rows?: number;
  readonly autoComplete?: string;
}

/** A labelled line, or with `rows` a labelled text. */
export function Text({ label, hint, value, onValue, type = "text", list, rows, autoComplete = "off" }: TextProps) {
  const id = useId();
  const shared = { id, value, "aria-describedby": hint ? `${id}-hint` : undefined };
  return (
    <p class="field">
      <label for={id}>{label}</label>
      {rows ? (
        <textarea {...shared} rows={rows} onInput={(event) => onValue(event.currentTarget.value)} />
      ) : (
        <input {...shared} type={type} list={list ? `${id}-list` : undefined} autoComplete={autoComplete} onInput={(event) => onValue(event.currentTarget.value)} />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </p>
  );
}

/** One line each. */
export function Lines(props: Named & { readonly value: readonly string[]; readonly onValue: (value: readonly string[]) => void; readonly rows?: number }) {
  return (
    <Text
      label={props.label}
      hint={props.hint ?? "One on each line."}
      rows={props.rows ?? 4}
      value={props.value.join("\n")}
      onValue={(text) => props.onValue(text.split("\n"))}
    />
  );
}

/** What of the lines has words in it. */
export function filled(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter(Boolean);
}

interface SelectProps extends Named {
  readonly value: string;
  readonly options: Record<string, string>;
  readonly onValue: (value: string) => void;
}

export function Select({ label, hint, value, options, onValue }: SelectProps) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {Object.entries(options).map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
      {hint && <small>{hint}</small>}
    </p>
  );
}

/** The hours of a day, as options. */
export const HOURS: Record<string, string> = Object.fromEntries(Array.from({ length: 25 }, (_, hour) => [`${hour}`, `${`${hour}`.padStart(2, "0")}:00`]));

/** A whole number with a step up and a step down, as large as a thumb. */
export function Count(props: Named & { readonly value: number; readonly least: number; readonly most: number; readonly onValue: (value: number) => void }) {
  const { label, value, least, most, onValue } = props;
  return (
    <div class="count" role="group" aria-label={label}>
      <span class="grow" aria-hidden="true">
        {label}
      </span>
      <button class="small" type="button" disabled={value <= least} aria-label={`Fewer: ${label}`} onClick={() => onValue(value - 1)}>
        −
      </button>
      <output aria-live="polite">{value}</output>
      <button class="small" type="button" disabled={value >= most} aria-label={`More: ${label}`} onClick={() => onValue(value + 1)}>
        +
      </button>
    </div>
  );
}
