/** The words for a key that came as plain text; a key from a newer server reads as itself, without underscores. */
export function word(table: Readonly<Record<string, string>>, key: string): string {
  return table[key] ?? key.replaceAll("_", " ");
}

export function capital(words: string): string {
  return words.replace(/^./u, (first) => first.toUpperCase());
}
