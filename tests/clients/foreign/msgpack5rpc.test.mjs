// A msgpack-rpc client for Node that nobody here wrote.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "../node/server.mjs";

const Session = createRequire(`${process.env.MEMENGINE_FOREIGN}/package.json`)("msgpack5rpc");
let server, socket, session;

before(async () => {
  server = await Server.start();
  socket = connect(JSON.parse(readFileSync(join(server.pool, "LOCK"), "utf8")).Pipe);
  session = new Session();
  session.attach(socket, socket);
});

after(async () => {
  socket.destroy();
  await server.close();
});

const ask = (method, params) =>
  new Promise((resolve, reject) => session.request(method, [params], (error, result) => (error ? reject(error) : resolve(result))));

test("msgpack5rpc remembers, recalls and is refused", async () => {
  const made = await ask("memory.remember", { text: "Close a socket that both ends gave up.", domain: "net", level: 3 });
  assert.equal(made.outcome, "added");
  const recalled = await ask("memory.recall", { query: "who closes a socket", domain: "net", k: 1 });
  assert.equal(recalled.memories[0].id, made.id);
  await assert.rejects(ask("memory.get", { id: "01900000-0000-7000-8000-000000000001" }), ([code, text]) => {
    assert.equal(code, 3001);
    return text.startsWith("NOT_FOUND: ");
  });
  await ask("memory.ping", {});
});

test("many requests at once are answered each with its own", async () => {
  const made = await Promise.all(Array.from({ length: 100 }, (_, i) => ask("memory.remember", { text: `memory ${i}` })));
  const read = await Promise.all(made.map((m) => ask("memory.get", { id: m.id })));
  assert.deepEqual(read.map((m) => m.text), Array.from({ length: 100 }, (_, i) => `memory ${i}`));
});
