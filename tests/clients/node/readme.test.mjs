// The README's code does what it says, against the real server.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { Server } from "./server.mjs";

test("its code runs", async () => {
  const readme = readFileSync(new URL("../../../src/clients/node/README.md", import.meta.url), "utf8");
  const [, code] = /```js\n(.*?)```/s.exec(readme);
  assert.equal(code.trim().split("\n").length, 6);
  // In the package's own folder its name is itself.
  const script = join(process.env.MEMENGINE_NODE, `readme-${process.pid}.mjs`);
  const server = await Server.start();
  try {
    await writeFile(script, code);
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: server.directory, timeout: 300_000 });
    assert.equal(stdout.trim(), "Retry only what is idempotent.");
  } finally {
    await rm(script, { force: true });
    await server.close();
  }
});
