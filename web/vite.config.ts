import { cpSync } from "node:fs";
import { defineConfig } from "vitest/config";

const pages = ["index", "join", "console", "times", "team", "policy", "clinic", "portal", "answer", "messages", "today"];
const fonts = ["DejaVuSans", "DejaVuSans-Bold"];

export default defineConfig({
  // The server's content security policy allows nothing inline, so nothing is inlined.
  build: {
    target: ["es2022", "chrome105", "firefox120", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    rollupOptions: { input: pages.map((page) => `${page}.html`) },
  },
  // The server writes its PDF files in these, so that every name and language can be read in them.
  plugins: [{ name: "fonts", closeBundle: () => fonts.forEach((font) => cpSync(`node_modules/dejavu-fonts-ttf/ttf/${font}.ttf`, `dist/fonts/${font}.ttf`)) }],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { include: ["tests/**/*.test.{ts,mjs}"] },
});
