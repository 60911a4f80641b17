import { defineConfig } from "vitest/config";

const pages = ["index", "join", "console", "times", "team", "policy", "messages"];

export default defineConfig({
  // The server's content security policy allows nothing inline, so nothing is inlined.
  build: {
    target: ["es2022", "chrome105", "firefox120", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    rollupOptions: { input: pages.map((page) => `${page}.html`) },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { include: ["tests/**/*.test.ts"] },
});
