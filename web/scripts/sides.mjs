// Pages are read from either side, so a style names start and end, never left and right.

const SIDE = /(?:^|[\s;{-])(?:left|right)(?:-radius)?\s*:|:[^;{}]*\b(?:left|right)\b/;
const SHORT = /(?:^|[\s;{])(margin|padding|inset|border-radius)\s*:\s*([^;}]+)/g;
/** A selector or a comment may say left. */
const DECLARATIONS = /\{([^{}]*)\}/g;

/** Whether a shorthand of four values gives the two sides different ones. */
function lopsided(property, value) {
  const parts = value.trim().match(/(?:[^\s(]|\([^()]*(?:\([^()]*\)[^()]*)*\))+/g) ?? [];
  if (property === "border-radius") {
    const [a, b = a, c = a, d = b] = parts;
    return a !== b || c !== d;
  }
  return parts.length === 4 && parts[1] !== parts[3];
}

/** Where a phone's own edge is doesn't turn with the language. */
const EDGE = /safe-area-inset-(?:left|right)/g;

/** The lines of a style sheet that look different from the other side than they should, as `line: text`. */
export function sided(css) {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(EDGE, "edge");
  const found = [];
  for (const match of bare.matchAll(DECLARATIONS)) {
    const first = bare.slice(0, match.index).split("\n").length;
    for (const [n, line] of match[1].split("\n").entries()) {
      const short = [...line.matchAll(SHORT)].some(([, property, value]) => lopsided(property, value));
      if (short || line.split(";").some((one) => SIDE.test(`${one};`))) found.push(`${first + n}: ${line.trim()}`);
    }
  }
  return found;
}
