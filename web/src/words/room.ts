import type { ES } from "./room.es";
import type { Language } from "./say";

/** A sentence of a session's pages, as it reads in English, `{name}` for what is put in. One without Spanish does not compile. */
export type English = keyof typeof ES;

let spanish: Readonly<Record<English, string>> | null = null;

/** Fetches what the pages of a session say in this language, which they speak from then on. Without it they speak English. */
export async function speakRoom(language: Language): Promise<void> {
  spanish = language === "es" ? await import("./room.es").then(({ ES }) => ES, () => null) : null;
}

export function roomLanguage(): Language {
  return spanish ? "es" : "en";
}

/** The sentence in the page's language. */
export function tell(words: English, values: Readonly<Record<string, string | number>> = {}): string {
  return (spanish?.[words] ?? words).replace(/\{(\w+)\}/g, (_, name: string) => `${values[name] ?? ""}`);
}

/** A sentence of the server's, which it has in English alone: elsewhere it is only said that something went wrong. */
export function refusal(sentence: string): string {
  return spanish ? tell("That didn’t work. Please try again.") : sentence;
}
