import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded } from "../src/link/loading";

test("a part of the page is asked for again until it is there", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let attempts = 0;
  const part = loaded(() => {
    attempts++;
    return attempts < 3 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve("desk");
  });
  for (let n = 0; n < 2; n++) {
    await new Promise(setImmediate);
    assert.equal(attempts, n + 1, "not before the pause is over");
    t.mock.timers.tick(2_000);
  }
  assert.equal(await part, "desk");
  assert.equal(attempts, 3);
});

test("a browser that keeps the failure of a file is asked for it at another address", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const file = "https://schalte.example/assets/de-DIJSOoW4.js";
  const asked: string[] = [];
  const fails = (address: string) => {
    asked.push(address);
    return asked.length < 3
      ? Promise.reject(new TypeError(`Failed to fetch dynamically imported module: ${address}`))
      : Promise.resolve("Deutsch");
  };
  const part = loaded(() => fails(file), fails);
  for (let n = 0; n < 2; n++) {
    await new Promise(setImmediate);
    t.mock.timers.tick(2_000);
  }
  assert.equal(await part, "Deutsch");
  assert.deepEqual(asked, [file, `${file}?attempt=1`, `${file}?attempt=2`]);
});
