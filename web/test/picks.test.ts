import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, match, planFor, resolveAlias, standInFor } from "../src/media/picks";

const card = { id: "1", label: "Capture card", group: "a" };
const twin = { id: "2", label: "Capture card", group: "b" };
const laptop = { id: "3", label: "Laptop camera", group: "c" };

test("a remembered device is found by its id, or by its name when the ids are new", () => {
  assert.deepEqual(match(card, [laptop, card]), { id: "1" });
  assert.deepEqual(match({ id: "old", label: "Capture card" }, [laptop, card]), { id: "1" });
  assert.equal(match({ id: "old", label: "" }, [{ ...laptop, label: "" }]), "unknown");
  assert.equal(match(card, [laptop]), "gone");
});

test("of two devices of one name the id says which, and without it none is certain", () => {
  assert.deepEqual(match(twin, [card, twin]), { id: "2" });
  assert.equal(match({ id: "old", label: "Capture card" }, [card, twin]), "unclear");
});

test("what there is is not known before the browser names it; an empty list is an answer", () => {
  assert.equal(match(card, null), "unknown");
  assert.equal(match(card, [{ id: "", label: "" }]), "unknown");
  assert.equal(match(card, []), "gone");
});

test("a chosen device that is not there is replaced only where that may be", () => {
  assert.equal(planFor(card, [laptop], false), "missing");
  assert.deepEqual(planFor(card, [laptop], true), { id: "3", status: "stand-in" });
  assert.deepEqual(planFor(card, [laptop, card], true), { id: "1", status: "works" });
  assert.equal(planFor(card, [], true), "missing");
  assert.equal(planFor({ id: "none", label: "" }, [laptop], true), "none");
  assert.deepEqual(planFor(null, [laptop], false), { id: undefined, status: "works" });
});

test("what stands in is the device resolveAlias the machine's own choice, or one of the same name", () => {
  const standard = { id: "default", label: "Default - Built-in", group: "x" };
  const builtIn = { id: "4", label: "Built-in", group: "x" };
  assert.equal(resolveAlias(standard, [standard, card, builtIn]), builtIn);
  assert.equal(standInFor(card, [standard, twin, builtIn]), twin);
  assert.equal(standInFor(card, [standard, builtIn]), builtIn);
});

test("each reason for which a device stays away has its own remedy", () => {
  const named = (name: string) => faultOf(new DOMException("", name));
  assert.equal(named("NotAllowedError"), "denied");
  assert.equal(named("NotFoundError"), "missing");
  assert.equal(named("NotReadableError"), "busy");
  assert.equal(named("AnythingElse"), "failed");
});
