import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arrived,
  changedFields,
  draftOf,
  firstFaulty,
  lengthWritten,
  rebased,
  typing,
} from "../src/pages/desk/edit/draft";
import { fileName } from "../src/pages/desk/edit/filename";

const WRITTEN = {
  title: "Podium",
  duration: "15m",
  source: "berlin",
  with: ["tokio"],
  notes: "Mind the gap",
};

test("only what was changed is sent, and an emptied field takes its key away", () => {
  let draft = draftOf(4, WRITTEN);
  assert.deepEqual(changedFields(draft), {});
  draft = typing(draft, "title", " Panel ");
  draft = typing(draft, "notes", "");
  draft = typing(draft, "speaker", "");
  draft = typing(draft, "duration", "15");
  draft = typing(draft, "with", ["tokio"]);
  assert.deepEqual(changedFields(draft), { title: "Panel", notes: null });
  assert.deepEqual(changedFields(typing(draft, "with", [])).with, [], "none on purpose is not the default");
});

test("a new item sends what it begins with", () => {
  const draft = typing(draftOf(4, {}, { duration: "10m", source: "berlin" }), "title", "New");
  assert.deepEqual(changedFields(draft), { duration: "10m", source: "berlin", title: "New" });
});

test("minutes need no unit", () => {
  for (const text of ["15", " 15 ", "15m", "15 min", "15分", "１５分"])
    assert.equal(lengthWritten(text), "15m");
  for (const text of ["1h30m", "90s", "00:15:00", "soon"]) assert.equal(lengthWritten(text), text);
});

test("another desk's change of other fields is taken over, and nothing typed is lost", () => {
  const draft = rebased(typing(draftOf(4, WRITTEN), "title", "Panel"), 5, { ...WRITTEN, duration: "20m" });
  assert.deepEqual([draft.base, draft.typed.duration, draft.theirs], [5, "20m", {}]);
  assert.deepEqual(changedFields(draft), { title: "Panel" });
});

test("a field that both changed keeps what was typed, beside the other's value", () => {
  const mine = typing(typing(draftOf(4, WRITTEN), "title", "Panel"), "notes", "New");
  const draft = rebased(mine, 5, { ...WRITTEN, title: "Discussion" });
  assert.deepEqual(draft.theirs, { title: "Discussion" });
  assert.deepEqual(changedFields(draft), { title: "Panel", notes: "New" });
  const later = rebased(draft, 6, { ...WRITTEN, title: "Discussion", speaker: "Weber" });
  assert.deepEqual(later.theirs, { title: "Discussion" }, "still marked after a change elsewhere");
  assert.equal(later.typed.speaker, "Weber");
});

test("two desks that typed the same are no conflict, and a key that the other removed is one", () => {
  const draft = typing(draftOf(4, WRITTEN), "title", "Panel");
  assert.deepEqual(rebased(draft, 5, { ...WRITTEN, title: "Panel" }).theirs, {});
  const { notes: _, ...without } = WRITTEN;
  assert.deepEqual(rebased(typing(draft, "notes", "New"), 5, without).theirs, { notes: null });
});

test("the first faulty field is that of the form's order", () => {
  assert.equal(firstFaulty(["title", "start", "notes"], new Set(["notes", "start"])), "start");
  assert.equal(firstFaulty(["title"], new Set()), null);
});

test("a file is named after its event, in any script", () => {
  assert.equal(
    fileName("Deutsch-Japanische Kooperationen 2018"),
    "Deutsch-Japanische-Kooperationen-2018.yaml",
  );
  assert.equal(fileName("日独 / ビジネス: 1"), "日独-ビジネス-1.yaml");
  assert.equal(fileName("../.."), "event.yaml");
});

test("a new item whose saving had no answer is found by its values, and not taken for one that was there", () => {
  const sent = { title: "Pause", duration: "10m", source: "berlin", notes: null };
  const item = (id: string, more = {}) => ({
    id,
    fields: { id, title: "Pause", duration: "10m", source: "berlin", ...more },
  });
  const file = [item("pause"), item("pause-2"), item("pause-3", { hard: "true" })];
  assert.equal(arrived(file, { before: ["pause"], sent: [{ title: "Tea" }, sent] })?.id, "pause-2");
  assert.equal(arrived(file, { before: ["pause", "pause-2"], sent: [sent] }), null);
});
