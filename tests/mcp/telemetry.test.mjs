// What the tool tells a collector: by option alone, and texts only by another.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { gunzipSync } from "node:zlib";
import { poolOf, Server, sleep } from "./server.mjs";

// Gauges are told while the pool is open, once an interval.
process.env.OTEL_METRIC_EXPORT_INTERVAL = "200";

const secret = "the staging password lies in the drawer";

/** A collector that takes OTLP over HTTP and keeps the bytes by path. */
async function collector(t) {
  const got = {};
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", part => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("latin1");
      got[request.url] = (got[request.url] ?? "") + text;
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { got, url: `http://127.0.0.1:${server.address().port}` };
}

for (const withContent of [false, true]) {
  test(`a collector is told what the pool does, ${withContent ? "with" : "without"} texts`, async t => {
    const { got, url } = await collector(t);
    const server = await Server.start(t, poolOf(t), "--otlp", url, ...(withContent ? ["--otlp-content"] : []));
    await server.call("add_memory", { text: secret });
    assert.equal((await server.call("search_memories", { query: secret })).memories.length, 1);
    for (let i = 0; i < 1200 && !got["/v1/metrics"]?.includes("memengine.pool.memories"); i++) await sleep(100);
    await server.client.close();

    const traces = got["/v1/traces"] ?? "";
    const metrics = got["/v1/metrics"] ?? "";
    for (const name of ["search_memory", "create_memory", "gen_ai.memory.store.id", "memengine"]) assert.ok(traces.includes(name), name);
    for (const name of ["memengine.operation.duration", "memengine.pool.memories"]) assert.ok(metrics.includes(name), name);
    assert.equal(traces.includes(secret), withContent);
    assert.equal(metrics.includes(secret), false);
  });
}

test("a collector that is not there changes nothing", async t => {
  const server = await Server.start(t, poolOf(t), "--otlp", "http://127.0.0.1:9");
  await server.call("add_memory", { text: "Bound every queue." });
  const begun = Date.now();
  await server.client.close();
  assert.ok(Date.now() - begun < 10_000);
});
