import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, isSameSink, match, planFor, resolveAlias, standInFor } from "../src/media/picks";

const card = { id: "1", label: "Capture card", group: "a" };
const twin = { id: "2", label: "Capture card", group: "b" };
const laptop = { id: "3", label: "Laptop camera", group: "c" };

test("a stored device is found by its id, or by its label when ids have changed", () => {
  assert.deepEqual(match(card, [laptop, card]), { id: "1" });
  assert.deepEqual(match({ id: "old", label: "Capture card" }, [laptop, card]), { id: "1" });
  assert.equal(match({ id: "old", label: "" }, [{ ...laptop, label: "" }]), "unknown");
  assert.equal(match(card, [laptop]), "gone");
});

test("of two devices with the same label the id decides, and without it the choice is unclear", () => {
  assert.deepEqual(match(twin, [card, twin]), { id: "2" });
  assert.equal(match({ id: "old", label: "Capture card" }, [card, twin]), "unclear");
});

test("without labels a device is unknown; an empty list means none", () => {
  assert.equal(match(card, null), "unknown");
  assert.equal(match(card, [{ id: "", label: "" }]), "unknown");
  assert.equal(match(card, []), "gone");
});

test("a missing device is replaced only where a stand-in is allowed", () => {
  assert.equal(planFor(card, [laptop], false), "missing");
  assert.deepEqual(planFor(card, [laptop], true), { id: "3", status: "stand-in" });
  assert.deepEqual(planFor(card, [laptop, card], true), { id: "1", status: "works" });
  assert.equal(planFor(card, [], true), "missing");
  assert.equal(planFor({ id: "none", label: "" }, [laptop], true), "none");
  assert.deepEqual(planFor(null, [laptop], false), { id: undefined, status: "works" });
});

test("the stand-in is a device with the same label, or the one behind the default alias", () => {
  const standard = { id: "default", label: "Default - Built-in", group: "x" };
  const builtIn = { id: "4", label: "Built-in", group: "x" };
  assert.equal(resolveAlias(standard, [standard, card, builtIn]), builtIn);
  assert.equal(standInFor(card, [standard, twin, builtIn]), twin);
  assert.equal(standInFor(card, [standard, builtIn]), builtIn);
});

test("each error of getUserMedia has its fault", () => {
  const named = (name: string) => faultOf(new DOMException("", name));
  assert.equal(named("NotAllowedError"), "denied");
  assert.equal(named("NotFoundError"), "missing");
  assert.equal(named("NotReadableError"), "busy");
  assert.equal(named("AnythingElse"), "failed");
});

test("two outputs are one device also where one of them is the system's default", () => {
  const standard = { id: "default", label: "Default - Built-in", group: "x" };
  const builtIn = { id: "4", label: "Built-in", group: "x" };
  const outputs = [standard, builtIn, card];
  assert.ok(isSameSink("4", "4", outputs));
  assert.ok(isSameSink("4", "", outputs));
  assert.ok(isSameSink("default", "", outputs));
  assert.ok(!isSameSink("1", "", outputs));
  assert.ok(!isSameSink(null, "", outputs), "no device is no other");
  assert.ok(!isSameSink(null, null, outputs));
  assert.ok(isSameSink("", "", null));
});
