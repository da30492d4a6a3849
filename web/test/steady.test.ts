import assert from "node:assert/strict";
import { test } from "node:test";
import { steady } from "../src/pages/desk/steady";
import type { SourceDoc } from "../src/wire";

test("a source stays the same object while only its figures change", () => {
  const first = { name: "Tokio", state: "live", mic: false, rtt_ms: 240, loss: 0, kbps: 900 } as SourceDoc;
  assert.equal(steady("tokio", first), first);
  assert.equal(steady("tokio", { ...first, rtt_ms: 250, loss: 0.01, kbps: 800 }), first);
  const opened = { ...first, mic: true };
  assert.equal(steady("tokio", opened), opened);
  assert.equal(steady("berlin", { ...first }).name, "Tokio");
  assert.notEqual(steady("berlin", first), opened);
});
