// What a server costs on 15,000 memories, and that it ends with its client.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { command, poolOf, Server, sleep } from "./server.mjs";

/** Imports 15,000 memories: the shared ones where they are, else made ones of the same size. */
function largePool(t) {
  const pool = poolOf(t);
  let files;
  if (process.env.MEMORYENGINE_DATA) {
    const folder = join(process.env.MEMORYENGINE_DATA, "memories");
    files = readdirSync(folder).filter(f => f.endsWith(".jsonl.gz")).map(f => join(folder, f));
  } else {
    files = [`${pool}.jsonl`];
    const line = i => JSON.stringify({
      domain: `field${i % 300}/kind${i % 7}`, task: `task ${i % 9000}`, level: 1 + (i % 4), title: `Lesson ${i}`,
      text: Array.from({ length: 60 }, (_, j) => `word${(i * 31 + j * j * 17) % 5000}`).join(" "),
    });
    writeFileSync(files[0], Array.from({ length: 15_000 }, (_, i) => line(i)).join("\n"));
  }
  const done = spawnSync(command.file, [...command.args, "import", ...files, "--pool", pool, "-q"], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return pool;
}

const search = (server, i) => server.call("search_memories", { query: `how to list ${i} files of a directory`, domain: "cli/linux" });

test("15,000 memories: a quick start, a small process, nothing leaked by 1,000 calls", { timeout: 900_000 }, async t => {
  const pool = largePool(t);
  // The first start reads the files from the disk; the later ones are what a user meets.
  let quickest = Infinity;
  let processor = Infinity;
  let searched = Infinity;
  for (let i = 0; i < 4; i++) {
    const begun = process.hrtime.bigint();
    const server = await Server.start(t, pool);
    quickest = Math.min(quickest, server.connectMillis);
    processor = Math.min(processor, server.processorSeconds());
    await search(server, i);
    searched = Math.min(searched, Number(process.hrtime.bigint() - begun) / 1e6);
    await server.client.close();
  }
  const server = await Server.start(t, pool);
  assert.ok((await server.call("memory_stats")).memories >= 15_000);
  await search(server, 0);
  await sleep(5000);
  const idle = server.usage();

  const calls = async (from, to) => {
    for (let i = from; i < to; i++) {
      if (i % 20 === 0) await server.call("add_memory", { text: `Lesson ${i} of this run.`, domain: "cli/linux" });
      else await search(server, i);
    }
    await sleep(5000);
    return server.usage();
  };
  const half = await calls(0, 500);
  const after = await calls(500, 1000);
  const round = n => Math.round(n);
  t.diagnostic(`first answer ${round(quickest)} ms (${processor} s of processor), first search ${round(searched)} ms, ` +
    `idle ${round(idle.resident)} MB, after 500 calls ${round(half.resident)} MB, after 1,000 ${round(after.resident)} MB, ${after.threads} threads`);

  // Processor time, since a busy machine decides nothing about it; it bounds the time to the first answer on a free one.
  assert.ok(processor <= 2, `${processor} s of processor time until the first answers`);
  assert.ok(idle.resident <= 150, `${idle.resident} MB idle`);
  // 16 MB are 33 KB a call.
  assert.ok(after.resident <= half.resident + 16, `${half.resident} MB after 500 calls, ${after.resident} MB after 1,000`);
  assert.ok(after.threads <= half.threads + 10, `${half.threads} threads, then ${after.threads}`);
});

test("the process ends when its input ends, and on SIGTERM", async t => {
  const pool = poolOf(t);
  const first = await Server.start(t, pool);
  const added = await first.call("add_memory", { text: "Bound every queue." });
  const { pid } = first;
  await first.client.close();
  assert.equal(existsSync(`/proc/${pid}`), false);

  const second = await Server.start(t, pool);
  assert.equal((await second.call("get_memory", { id: added.id })).text, "Bound every queue.");
  assert.ok(await second.kill("SIGTERM") < 10_000);

  const third = await Server.start(t, pool);
  assert.deepEqual((await third.call("memory_stats")).notes, [], "the pool was closed cleanly");
});

test("no process outlives a client that is killed", async t => {
  const pool = poolOf(t);
  // A client of its own process that starts a server and is then killed: the server's input ends, nothing else.
  const code = `
    import { spawn } from "node:child_process";
    const server = spawn(process.argv[1], process.argv.slice(2), { stdio: ["pipe", "ignore", "ignore"] });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const client = spawn(process.execPath, ["--input-type=module", "-e", code, command.file, ...command.args, "mcp", "--pool", pool]);
  const pid = Number(await new Promise(resolve => client.stdout.once("data", resolve)));
  await sleep(1500);
  assert.ok(existsSync(`/proc/${pid}`));
  client.kill("SIGKILL");
  for (let i = 0; i < 1200 && existsSync(`/proc/${pid}`); i++) await sleep(100);
  assert.equal(existsSync(`/proc/${pid}`), false, "the server goes on without a client");
});
