import assert from "node:assert/strict";
import { test } from "node:test";
import { de } from "../src/texts/de";
import { editForm as formDe } from "../src/texts/editform/de";
import { editForm as formEn } from "../src/texts/editform/en";
import { editForm as formJa } from "../src/texts/editform/ja";
import { en } from "../src/texts/en";
import { ja } from "../src/texts/ja";
import { joinLinks as panelDe } from "../src/texts/joinlinks/de";
import { joinLinks as panelEn } from "../src/texts/joinlinks/en";
import { joinLinks as panelJa } from "../src/texts/joinlinks/ja";

test("delays are written in the units that people use", () => {
  assert.equal(en.late(45), "45 s late");
  assert.equal(en.late(230), "4 min late");
  assert.equal(de.early(5700), "1 h 35 min vor Plan");
  assert.equal(de.late(3599), "1 h Verspätung");
  assert.equal(ja.late(230), "4分押し");
  assert.equal(ja.early(230), "4分巻き");
});

test("no text of another language was left in English", () => {
  const same = ["product", "minus", "plus", "start", "startShow", "planned", "columns.keyframes"];
  const flat = (table: object): [string, unknown][] =>
    Object.entries(table).flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? flat(value).map(([k, v]) => [`${key}.${k}`, v] as [string, unknown])
        : [[key, value] as [string, unknown]],
    );
  for (const [own, ...others] of [
    [en, de, ja],
    [panelEn, panelDe, panelJa],
    [formEn, formDe, formJa],
  ] as const) {
    const english = new Map(flat(own));
    for (const table of others)
      for (const [key, value] of flat(table))
        if (typeof value === "string" && value.length > 6 && !same.includes(key))
          assert.notEqual(value, english.get(key), key);
  }
});

test("before Start the delay is conditional, in every language", () => {
  assert.equal(en.lateIfStarted(8400), "2 h 20 min late if started now");
  assert.equal(de.lateIfStarted(8400), "2 h 20 min Verspätung bei Start jetzt");
  assert.equal(ja.lateIfStarted(8400), "今開始すると2時間20分押し");
  assert.equal(de.waitsForStart("10:00"), "Geplant für 10:00, wartet auf Start");
});

test("Japanese has one word for a browser, and one for a source", () => {
  const details = new Proxy({}, { get: () => "…" }) as never;
  const { reasons, codes } = ja.refusals;
  const said = [...Object.values(reasons).map((words) => words(details)), ...Object.values(codes)];
  for (const text of said) assert.doesNotMatch(text, /ブラウザ(?!ー)|素材/);
});

test("one who talks, or several, are named as the language does", () => {
  assert.equal(en.talkback.talks(["Tokio"]), "Tokio is talking to you");
  assert.equal(
    en.talkback.talks(["Tokio", "Berlin", "Booth 1"]),
    "Tokio, Berlin and Booth 1 are talking to you",
  );
  assert.equal(de.talkback.talks(["Die Regie"]), "Die Regie spricht mit Ihnen");
  assert.equal(de.talkback.talks(["Tokio", "Berlin"]), "Tokio und Berlin sprechen mit Ihnen");
  assert.equal(ja.talkback.talks(["東京"]), "東京が話しています");
  assert.equal(ja.talkback.talks(["東京", "ベルリン"]), "東京、ベルリンが話しています");
});
