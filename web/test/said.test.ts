import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/** The rules for live regions are written there. */
const SAID = join("src", "parts", "said.ts");

test("live regions are of the two kinds that parts/said.ts has, and no other file makes its own", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf-8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join("src", name))
    .filter((path) => path !== SAID);
  const own = files.filter((path) =>
    /role="(status|alert|log|marquee)"|aria-live|<output/.test(readFileSync(path, "utf-8")),
  );
  assert.deepEqual(own, []);
});
