import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReportItem, ShowReport, Stretch } from "../src/link/report";
import { type Plot, plot, truncate } from "../src/show/plot";

const clock = (time: string): string => `2018-09-15T${time}:00+02:00`;
const at = (time: string): number => Date.parse(clock(time));

function item(id: string, start: string, end: string, airings: [string, string | null][] = []): ReportItem {
  return {
    item: id,
    title: id,
    language: "de",
    planned_start: clock(start),
    planned_end: clock(end),
    planned_s: (at(end) - at(start)) / 1000,
    on_air_s: 0,
    late_s: null,
    over_s: null,
    skipped: null,
    airings: airings.map(([from, to]) => ({ start: clock(from), end: to && clock(to) })),
  };
}

function report(items: ReportItem[], more: Partial<ShowReport> = {}): ShowReport {
  const first = items.flatMap((i) => i.airings)[0];
  const last = items.flatMap((i) => i.airings).at(-1);
  return {
    event: { title: "Test", timezone: "Europe/Berlin" },
    show: { start: first?.start ?? null, end: last?.end ?? null, until: last?.end ?? null, length_s: 0 },
    items,
    programme: [],
    on_air: { places: {}, speakers: {}, languages: {} },
    languages: {},
    cuts: { by_reason: {} },
    faults: [],
    rooms: { krefeld: [], tokio: [], "tokio/lectern": [] },
    commands: {},
    refused: [],
    ...more,
  };
}

function stretch(start: string, end: string, source: string, reason: Stretch["reason"] = "agenda"): Stretch {
  return { start: clock(start), end: clock(end), item: "a", source, with: [], reason };
}

const NONE = new Map<string, { start: number; end: number }>();

function draw(made: ShowReport, now = "12:00", expected = NONE, height = 600): Plot {
  return plot(made, { width: 1000, height, now: at(now), expected });
}

test("the position of a bar follows its time", () => {
  const made = draw(report([item("a", "10:00", "10:30", [["10:10", "10:40"]]), item("b", "10:30", "11:00")]));
  const [a, b] = made.rows;
  assert.ok(a && b);
  const minute = a.planned.width / 30;
  assert.ok(Math.abs((a.airings[0]?.x ?? 0) - a.planned.x - 10 * minute) < 0.01);
  assert.ok(Math.abs(b.planned.x - a.planned.x - 30 * minute) < 0.01);
  assert.ok(a.planned.x > made.left);
  assert.ok(b.planned.x + b.planned.width < made.width);
});

test("the overrun is what all airings together exceed the planned length by", () => {
  const once = draw(report([item("a", "10:00", "10:10", [["10:05", "10:18"]])])).rows[0];
  assert.deepEqual(
    once?.over.map(({ start, end }) => [start, end]),
    [[at("10:15"), at("10:18")]],
  );
  const twice = draw(
    report([
      item("a", "10:00", "10:10", [
        ["10:00", "10:08"],
        ["10:20", "10:25"],
        ["10:30", "10:31"],
      ]),
    ]),
  ).rows[0];
  assert.deepEqual(
    twice?.over.map(({ start, end }) => [start, end]),
    [
      [at("10:22"), at("10:25")],
      [at("10:30"), at("10:31")],
    ],
  );
  const early = draw(report([item("a", "10:00", "10:10", [["10:00", "10:10"]])])).rows[0];
  assert.deepEqual(early?.over, []);
});

test("an item still on air is drawn up to the line for now", () => {
  const made = draw(report([item("a", "10:00", "10:10", [["10:00", null]])]), "10:07");
  const airing = made.rows[0]?.airings[0];
  assert.deepEqual([airing?.end, airing?.open], [at("10:07"), true]);
  assert.ok(Math.abs((airing?.x ?? 0) + (airing?.width ?? 0) - (made.now ?? 0)) < 0.01);
});

test("before and after the show there is no line for now, and the axis does not extend to now", () => {
  const before = draw(report([item("a", "10:00", "10:10")]), "18:00");
  const after = draw(report([item("a", "10:00", "10:10", [["10:00", "10:10"]])]), "18:00");
  assert.deepEqual([before.now, after.now], [null, null]);
  assert.ok((after.rows[0]?.planned.width ?? 0) > 600);
});

test("an item to come is drawn at its expected time, if that is not the planned one", () => {
  const items = [item("a", "10:00", "10:10", [["10:00", null]]), item("b", "10:10", "10:20")];
  const late = new Map([["b", { start: at("10:15"), end: at("10:25") }]]);
  const slightly = new Map([["b", { start: at("10:10") + 20_000, end: at("10:20") }]]);
  assert.equal(draw(report(items), "10:05", late).rows[1]?.expected?.start, at("10:15"));
  assert.equal(draw(report(items), "10:05", slightly).rows[1]?.expected, null);
});

test("a plan of another day is drawn as if it had begun with the show", () => {
  const made = report([item("a", "10:00", "10:10", [["10:00", "10:10"]])]);
  const planned = { planned_start: "2018-09-01T10:00:00+02:00", planned_end: "2018-09-01T10:10:00+02:00" };
  const [row] = draw({ ...made, items: made.items.map((i) => ({ ...i, ...planned })) }).rows;
  assert.equal(row?.planned.x, row?.airings[0]?.x);
  assert.equal(draw(made).moved, 0);
});

test("takes and stand-ins are marked in the item in which they were", () => {
  const programme = [
    stretch("10:00", "10:02", "krefeld"),
    stretch("10:02", "10:04", "berlin", "take"),
    stretch("10:04", "10:05", "slate", "fallback"),
  ];
  const made = draw(report([item("a", "10:00", "10:10", [["10:00", "10:10"]])], { programme }));
  assert.deepEqual(
    made.rows[0]?.deviations.map(({ stretch: { reason } }) => reason),
    ["take", "fallback"],
  );
});

test("each place has one strip for all of its sources, with their outages", () => {
  const made = draw(
    report([item("a", "10:00", "10:10", [["10:00", "10:10"]])], {
      programme: [stretch("10:00", "10:10", "tokio/lectern")],
      rooms: { krefeld: [], tokio: [], "tokio/lectern": [{ start: clock("09:00"), end: null }] },
      faults: [
        {
          source: "tokio/lectern",
          why: "silent",
          start: clock("10:08"),
          end: null,
          length_s: null,
          failed: null,
          recovered: null,
        },
      ],
    }),
  );
  assert.deepEqual(
    made.strips.map(({ place, onAir, lost }) => [place, onAir.length, lost.length]),
    [
      ["krefeld", 0, 0],
      ["tokio", 1, 1],
    ],
  );
  const [, tokio] = made.strips;
  // Connected an hour before; the strip begins with the plot.
  assert.ok((tokio?.there[0]?.x ?? 0) >= made.left);
  assert.equal(tokio?.lost[0]?.end, at("10:10"));
});

test("a very short bar is still visible", () => {
  const made = draw(
    report([item("a", "10:00", "18:00", [["10:00", "18:00"]])], {
      programme: [stretch("10:00", "10:00", "berlin", "take")],
    }),
  );
  assert.ok((made.rows[0]?.deviations[0]?.width ?? 0) >= 2);
});

test("25 items and their places fit on a laptop, and 60 rows have the least readable height", () => {
  const many = (n: number): ReportItem[] =>
    Array.from({ length: n }, (_, i) => item(`i${i}`, "10:00", "10:10"));
  assert.ok(draw(report(many(25)), "12:00", NONE, 560).height <= 560);
  assert.equal(draw(report(many(60)), "12:00", NONE, 560).row, 18);
  assert.equal(draw(report(many(3)), "12:00", NONE, 560).row, 34);
});

test("the axis has round times of the event's zone that do not overlap", () => {
  for (const [start, end] of [
    ["10:00", "10:07"],
    ["10:03", "13:20"],
    ["01:00", "23:00"],
  ] as const) {
    const { ticks } = draw(report([item("a", start, end)]));
    assert.ok(ticks.length >= 3, `${start}–${end}`);
    ticks.slice(1).forEach((tick, n) => {
      assert.ok(tick.x - (ticks[n]?.x ?? 0) >= 64);
    });
    assert.deepEqual(
      ticks.map(({ day }) => day),
      ticks.map((_, n) => n === 0),
    );
  }
  const hours = draw(report([item("a", "01:00", "23:00")])).ticks;
  assert.ok(hours.every((tick) => (tick.at + 2 * 3_600_000) % (3 * 3_600_000) === 0));
});

test("names are cut to the available width, wide letters earlier", () => {
  assert.equal(truncate("Begrüßung", 200, 12), "Begrüßung");
  assert.equal(truncate("Begrüßung und Einführung", 70, 12), "Begrüßung…");
  assert.equal(truncate("開会の挨拶と紹介", 60, 12), "開会の挨拶…");
});
