// Types, that the protocol's types are up to date, that styles suit both directions, and the join page's size. Silent when all is well but for one line.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { sided } from "./sides.mjs";

const LIMIT = 60 * 1024; // bytes of gzipped JavaScript that a person on a phone has to wait for

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const python = join(root, "..", ".venv", "bin", "python");

function run(program, ...args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Gzipped bytes of the scripts that a page needs before it shows anything; what it loads on demand is not waited for. */
function weight(folder, page) {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const files = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit(page);
  const scripts = [...files].filter((file) => file.endsWith(".js"));
  return scripts.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);
}

run(process.execPath, join(root, "node_modules", "typescript", "bin", "tsc"), "--noEmit");
if (existsSync(python)) {
  run(python, join(root, "scripts", "generate_types.py"), "--check");
  run(python, join(root, "scripts", "generate_words.py"), "--check");
}

for (const file of readdirSync(join(root, "src", "styles")).filter((name) => name.endsWith(".css"))) {
  for (const line of sided(readFileSync(join(root, "src", "styles", file), "utf8"))) {
    process.stderr.write(`src/styles/${file}:${line}\n  says left or right; start and end suit both directions\n`);
    process.exitCode = 1;
  }
}

const folder = mkdtempSync(join(tmpdir(), "dyad-web-"));
try {
  await build({ root, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const bytes = weight(folder, "join.html");
  const said = `join page: ${bytes} bytes of JavaScript, gzip (limit ${LIMIT})`;
  if (bytes > LIMIT) {
    process.stderr.write(`${said}: too many\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${said}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
