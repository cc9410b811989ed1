// docs/examples/mcp, run as its reader would: it prints what its README shows, ids apart.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { command, poolOf } from "./server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const example = join(here, "../../docs/examples/mcp");
const shownAfter = "$ node session.mjs .memengine\n";

const withoutIds = text => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID");

/** The script in a folder where it finds the SDK, since Node looks for modules beside the script. */
function scriptOf(t) {
  const folder = mkdtempSync(join(tmpdir(), "memengine-mcp-example-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(here, "node_modules"), join(folder, "node_modules"), "dir");
  copyFileSync(join(example, "session.mjs"), join(folder, "session.mjs"));
  return join(folder, "session.mjs");
}

const run = (...args) => spawnSync(process.execPath, args, { encoding: "utf8", timeout: 300_000 });

test("the example prints what its README shows", t => {
  const readme = readFileSync(join(example, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].map(match => match[1]).filter(block => block.includes(shownAfter));
  assert.equal(blocks.length, 1);
  const ran = run(scriptOf(t), poolOf(t), command.file, ...command.args);
  assert.deepEqual([ran.status, ran.stderr], [0, ""]);
  assert.equal(withoutIds(ran.stdout), withoutIds(blocks[0].split(shownAfter)[1]));
});

test("the example needs to be told the pool", t => {
  const ran = run(scriptOf(t));
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /^usage: /);
});
