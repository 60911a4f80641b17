import { as, call, Refused } from "./rest";

export interface ListRow {
  readonly line: number;
  readonly state: "new" | "here" | "faulty";
  readonly names: readonly string[];
  readonly therapist: string;
  readonly starts_on: string | null;
  readonly faults: readonly { readonly column: string; readonly message: string }[];
}

export interface ListLook {
  readonly rows: readonly ListRow[];
  readonly ignored: readonly string[];
  readonly seen: number;
}

export interface ListResult {
  readonly added: number;
  readonly here: number;
  readonly left_out: number;
}

const PATH = "/v1/clinic/couple-list";

const file = (token: string, data: Blob): RequestInit => ({
  headers: { ...as(token).headers, "Content-Type": "text/csv" },
  method: "POST",
  body: data,
});

export const lookAt = (token: string, data: Blob) => call<ListLook>(`${PATH}/look`, file(token, data));

export const bring = (token: string, data: Blob, seen: number, lines: "all" | "good") =>
  call<ListResult>(`${PATH}?seen=${seen}&lines=${lines}`, file(token, data));

/** The template as a file: its bytes as they come, since a spreadsheet goes by the mark at their beginning. */
export async function template(token: string): Promise<Blob> {
  const answer = await fetch(`${PATH}/template`, { ...as(token), cache: "no-store", credentials: "omit" }).catch(() => null);
  if (!answer?.ok) throw new Refused("unreachable", "We can’t reach Dyad right now. Please check your connection and try again.");
  return await answer.blob();
}
