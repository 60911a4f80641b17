import { expect, it } from "vitest";
import { sided } from "../scripts/sides.mjs";

it.each([
  ".a { left: 0 }",
  ".a { color: red; padding-left: 2px; }",
  ".a { text-align: right; }",
  ".a { margin: 0 0 0 22px; }",
  ".a { border-radius: 6px 13px 13px 6px; }",
  ".a { border-top-left-radius: 6px; }",
  ".a { transform-origin: top left; }",
  "@media (width > 2px) {\n  .a {\n    right: calc(2px + (1px * 3));\n  }\n}",
])("%s names a side", (css) => expect(sided(css)).toHaveLength(1));

it.each([
  ".left { inset-inline-start: 0; text-align: end; }",
  "/* on the left: */ .a { color: red; }",
  ".a { margin: 1px 2px 3px 2px; padding: max(8px, env(safe-area-inset-top)) 16px 8px; }",
  ".a { padding-inline: max(10px, env(safe-area-inset-right)); }",
  ".a { border-radius: 0 0 4px 4px; width: min(26rem, calc(100vw - 32px)); }",
])("%s suits both directions", (css) => expect(sided(css)).toEqual([]));
