import assert from "node:assert/strict";
import { test } from "node:test";
import { FADE_MS, fade } from "../src/media/sound/fade";

class Element {
  muted = false;
  private level = 1;

  constructor(private readonly ignoresVolume = false) {}

  get volume(): number {
    return this.level;
  }

  set volume(volume: number) {
    if (!this.ignoresVolume) this.level = volume;
  }
}

test("an element that Web Audio replaces fades out before it is muted, and fades in when it is heard", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const element = new Element();
  const heard = (): number => (element.muted ? 0 : element.volume);
  const follow = (isHeard: boolean): number[] => {
    fade(element, isHeard);
    return Array.from({ length: FADE_MS }, () => {
      t.mock.timers.tick(1);
      return heard();
    });
  };
  const steepest = (levels: number[]): number =>
    Math.max(...levels.slice(1).map((level, n) => Math.abs(level - (levels[n] ?? 0))));
  const out = follow(false);
  assert.ok(steepest([1, ...out]) < 0.2, `${out}`);
  assert.ok(element.muted);
  const back = follow(true);
  assert.ok(steepest([0, ...back]) < 0.2, `${back}`);
  assert.equal(heard(), 1);
});

test("a fade in goes on from where a stopped fade out was", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const element = new Element();
  const stop = fade(element, false);
  for (let ms = 0; ms < FADE_MS / 2; ms++) t.mock.timers.tick(1);
  stop();
  const before = element.volume;
  assert.ok(before > 0 && before < 1);
  fade(element, true);
  assert.ok(element.volume >= before && !element.muted);
  for (let ms = 0; ms < FADE_MS; ms++) t.mock.timers.tick(1);
  assert.equal(element.volume, 1);
});

test("where volume is ignored, as on iOS, the element is muted at once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const element = new Element(true);
  fade(element, false);
  assert.ok(element.muted);
});
