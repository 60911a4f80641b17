import { CATALOGUE } from "./catalogue";

export type Language = keyof typeof CATALOGUE;
export type Said = keyof (typeof CATALOGUE)["en"];
export type Say = (key: Said, values?: Readonly<Record<string, string | number>>) => string;

/** The catalogue of one language; `{name}` in a sentence is filled from the values. */
export function sayIn(language: Language): Say {
  return (key, values = {}) => CATALOGUE[language][key].replace(/\{(\w+)\}/g, (_, name: string) => `${values[name] ?? ""}`);
}
