import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCK_S, type Block, SoundJudge } from "../src/media/loudness/verdict";

/** A microphone that is heard block by block. */
class Heard {
  readonly judge = new SoundJudge();
  now = 0;

  /** `lufs` of block `n`; its peak is 12 dB higher. Clipped in every `clips`th block. */
  hear(seconds: number, lufs: (n: number) => number, { clips = 0, peak = null as number | null } = {}): this {
    for (let n = 0; n < Math.round(seconds / BLOCK_S); n++) {
      this.now += BLOCK_S;
      const level = lufs(n);
      const block: Block = {
        square: 10 ** ((level + 0.691) / 10),
        peak: peak ?? Math.min(1, 10 ** ((level + 12) / 20)),
        isClipped: clips > 0 && n % clips === 0,
      };
      this.judge.hear(block, this.now);
    }
    return this;
  }

  hum(times: number, db: number, share: number): this {
    for (let n = 0; n < times; n++) this.judge.hearHum({ hertz: 50, db, share });
    return this;
  }

  get status() {
    return this.judge.status;
  }
}

/** Syllables of this loudness with pauses; over a quiet room. */
const speech =
  (lufs: number, room = -70) =>
  (n: number) =>
    n % 12 >= 9 ? room : lufs + ([0, -4, 2, -6, 1, -3][n % 6] ?? 0);
const room = (lufs: number) => (n: number) => lufs + (n % 3);

test("nothing is said before anything was heard", () => {
  assert.equal(new Heard().status, null);
});

test("speech at a good level is good, and a quiet room is as well", () => {
  assert.equal(new Heard().hear(20, speech(-23)).hear(20, room(-62)).status, "good");
});

test("speech below -35 LUFS is too low after three seconds of it, and until it is above -32", () => {
  const heard = new Heard().hear(2, room(-70)).hear(2.5, speech(-40));
  assert.equal(heard.status, "good");
  assert.equal(heard.hear(4, speech(-40)).status, "too-low");
  assert.equal(heard.hear(10, speech(-33)).status, "too-low");
  assert.equal(heard.hear(8, speech(-30)).status, "good");
  assert.equal(heard.hear(10, speech(-34)).status, "good");
});

test("a pause does not end it, and after 30 s without speech nothing is known any more", () => {
  const heard = new Heard().hear(10, speech(-40)).hear(15, room(-70));
  assert.equal(heard.status, "too-low");
  assert.equal(heard.hear(20, room(-70)).status, "good");
});

test("applause, a fan and a test tone are not speech, nor is what is said far from the microphone", () => {
  const applause = (n: number) => -45 + (n % 3);
  assert.equal(new Heard().hear(5, room(-70)).hear(20, applause).status, "good");
  assert.equal(new Heard().hear(5, room(-70)).hear(20, () => -40).status, "good");
  assert.equal(new Heard().hear(20, speech(-66, -90)).status, "good");
});

test("three clipped blocks within four seconds are a fault, until four seconds have none", () => {
  const loud = speech(-10);
  assert.equal(new Heard().hear(10, loud, { clips: 25 }).status, "good");
  const heard = new Heard().hear(10, loud, { clips: 10 });
  assert.equal(heard.status, "clipping");
  assert.equal(heard.hear(2.5, loud).status, "clipping");
  assert.equal(heard.hear(2, loud).status, "good");
});

test("ten seconds of digital silence, or nearly, are no sound; a noise gate's are shorter", () => {
  const zero = () => -120;
  const heard = new Heard().hear(5, speech(-23)).hear(9, zero, { peak: 0 });
  assert.equal(heard.status, "good");
  assert.equal(heard.hear(2, zero, { peak: 1e-4 }).status, "no-sound");
  assert.equal(heard.hear(2, zero, { peak: 3e-4 }).status, "no-sound");
  assert.equal(heard.hear(0.1, room(-60)).status, "good");
});

test("hum in five quiet passages in a row is a fault, and stays until it is clearly less", () => {
  const heard = new Heard().hear(1, speech(-23));
  assert.equal(heard.hum(4, -50, 0.9).hum(1, -50, 0.2).hum(4, -50, 0.9).status, "good");
  assert.equal(heard.hum(1, -50, 0.9).status, "hum");
  assert.equal(heard.hum(10, -63, 0.4).status, "hum");
  assert.equal(heard.hum(5, -67, 0.4).status, "good");
  assert.equal(heard.hum(10, -63, 0.9).status, "good", "too soft to be heard");
  assert.equal(heard.hum(10, -50, 0.4).status, "good", "it does not stand out");
});

test("hum is measured in the quietest passages of ten seconds, twice a second at most", () => {
  const judge = new SoundJudge();
  const measured = (at: number, lufs: number) => judge.isQuiet(lufs, at);
  assert.equal(measured(0, -60), false, "nothing to compare it with");
  assert.equal(measured(3, -30), false);
  assert.equal(measured(3.1, -59), true);
  assert.equal(measured(3.2, -61), false, "just measured");
  assert.equal(measured(3.7, -60), true);
  assert.equal(measured(9, -55), false);
  assert.equal(measured(14, -55), true, "the quieter ones are long ago");
});

test("of several faults the most urgent one is named", () => {
  const heard = new Heard().hear(2, room(-70)).hear(10, speech(-40)).hum(5, -50, 0.9);
  assert.equal(heard.status, "too-low");
  assert.equal(heard.hear(3, speech(-40), { clips: 5 }).status, "clipping");
  assert.equal(heard.hear(11, () => -120, { peak: 0 }).status, "no-sound");
});
