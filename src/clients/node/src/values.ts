import { randomBytes } from "node:crypto";
import { endianness } from "node:os";
import type { Content, Vector } from "./types.js";

const FIELDS = new Set([
  "id", "format", "level", "domain", "task", "title", "key", "text", "model", "contributor", "expires_us", "result", "requires", "tags",
  "source", "license", "vectors", "extra", "idempotency_key",
]);

const OPTIONS = new Set([
  "domain", "k", "mode", "scenario", "level", "format", "model", "tag", "language", "within_domain", "exclude_domain", "context", "pins",
  "min_score", "by_effect", "diversity", "exploration", "space", "vector", "vectors", "text_weight", "as_of", "explain",
]);

/** A misspelt name is refused: the server passes over what it does not know. */
function check(given: object, known: Set<string>, what: string): void {
  for (const name of Object.keys(given)) if (!known.has(name)) throw new TypeError(`${what} has no '${name}'`);
}

/** Little-endian float32s. */
export function toBytes(vector: Vector): Uint8Array {
  if (vector instanceof Uint8Array) return vector;
  const numbers = Float32Array.from(vector);
  const bytes = new Uint8Array(numbers.buffer);
  if (endianness() === "BE") Buffer.from(numbers.buffer).swap32();
  return bytes;
}

/** The numbers of little-endian float32s. */
export function toNumbers(bytes: Uint8Array): Float32Array {
  const copy = Uint8Array.from(bytes);
  if (endianness() === "BE") Buffer.from(copy.buffer).swap32();
  return new Float32Array(copy.buffer);
}

/** The map of a memory. */
export function toContent(memory: Partial<Content>): Record<string, unknown> {
  check(memory, FIELDS, "a memory");
  const { vectors, ...content } = memory;
  if (!vectors) return content;
  return { ...content, vectors: Object.fromEntries(Object.entries(vectors).map(([space, vector]) => [space, toBytes(vector)])) };
}

/** The map of a recall. */
export function toOptions(options: object): Record<string, unknown> {
  check(options, OPTIONS, "a recall");
  const { vector, vectors, ...others } = options as { vector?: Vector; vectors?: { vector: Vector }[] };
  return { ...others, vector: vector && toBytes(vector), vectors: vectors?.map((v) => ({ ...v, vector: toBytes(v.vector) })) };
}

/** A UUID of version 7. */
export function newId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
