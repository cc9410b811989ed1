// The examples of docs/protocol.md, read by an implementation of MessagePack that nobody here wrote.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const built = process.env.MEMENGINE_NODE;
const { decode, encode } = await import(pathToFileURL(createRequire(`${built}/package.json`).resolve("@msgpack/msgpack")).href);
const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```msgpack ([^\n]+)\n([0-9a-f \n]+)\n= (.+?)\n```$/gms)].map(([, name, hex, text]) => ({
  name,
  bytes: Buffer.from(hex.replace(/\s/g, ""), "hex"),
  text: text.split("\n").map((line) => line.trim()).join(" "),
}));

// What a notation says: JSON, but for bytes, nil and an f behind a float32.
function said(text) {
  const json = text.replace(/h'([0-9a-f]*)'/g, '{"bytes": "$1"}').replace(/\bnil\b/g, "null").replace(/(\d)f\b/g, "$1");
  return JSON.parse(json, (_, value) => (typeof value?.bytes === "string" ? new Uint8Array(Buffer.from(value.bytes, "hex")) : value));
}

test("every example says what stands below it", () => {
  assert.ok(blocks.length > 40);
  for (const { name, bytes, text } of blocks) {
    const decoded = decode(Uint8Array.from(bytes));
    assert.deepEqual(JSON.parse(JSON.stringify(decoded)), JSON.parse(JSON.stringify(said(text))), name);
  }
});

test("requests are the bytes that an encoder makes of them", () => {
  for (const { name, bytes } of blocks)
    if (name.endsWith(" request")) assert.equal(Buffer.from(encode(decode(bytes))).toString("hex"), bytes.toString("hex"), name);
});

test("the client has every method, and every error of the table", async () => {
  const { Client, MemoryEngineError } = await import(pathToFileURL(`${built}/dist/memengine.js`).href);
  const methods = [...page.matchAll(/^### memory\.([a-z_.]+)$/gm)].map((m) => m[1]).filter((m) => !["hello", "change", "error"].includes(m));
  for (const method of methods) {
    const name = method.replace(/[._]([a-z])/g, (_, letter) => letter.toUpperCase());
    assert.equal(typeof Client.prototype[name], "function", method);
  }
  const rows = [...page.matchAll(/^\| (\d{4}) \| `([A-Z_]+)` \| (yes|no) \|/gm)];
  assert.equal(rows.length, 22);
  for (const [, code, kind, retry] of rows) {
    const error = MemoryEngineError.of(Number(code), `${kind}: x`);
    assert.deepEqual([error.code, error.kind, error.message, error.retryable], [Number(code), kind, `${kind}: x`, retry === "yes"]);
  }
});
