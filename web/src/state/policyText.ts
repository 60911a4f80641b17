// Changes of single lines in a policy's text. What a person wrote beside them, comments too, stays as it is.

/** The text with this parameter set, as `  name: value`. */
export function withParameter(text: string, name: string, value: string): string {
  const line = new RegExp(`^(\\s+${name}:\\s*)[^#\\n]*?(\\s*#.*)?$`, "m");
  if (line.test(text)) return text.replace(line, (_, before: string, comment: string | undefined) => `${before}${value}${comment ?? ""}`);
  if (/^parameters:\s*(#.*)?$/m.test(text)) return text.replace(/^(parameters:.*)$/m, `$1\n  ${name}: ${value}`);
  const clauses = text.search(/^clauses:/m);
  const block = `parameters:\n  ${name}: ${value}\n`;
  if (clauses < 0) return `${text.trimEnd()}\n\n${block}`;
  return `${text.slice(0, clauses)}${block}\n${text.slice(clauses)}`;
}

/** The `name` and `version` that the text gives itself, as `name@version`; null where it gives none. */
export function nameOf(text: string): string | null {
  const name = /^name:\s*([a-z][a-z0-9-]*)/m.exec(text)?.[1];
  const version = /^version:\s*(\d+)/m.exec(text)?.[1];
  return name && version ? `${name}@${version}` : null;
}

/** The text as the version after the one it is. */
export function asNextVersion(text: string): string {
  return text.replace(/^(version:\s*)(\d+)/m, (_, before: string, number: string) => `${before}${Number(number) + 1}`);
}
