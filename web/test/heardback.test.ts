import assert from "node:assert/strict";
import { test } from "node:test";
import { isHeardBack, levelAt } from "../src/media/sound/heardback";
import type { PageSound } from "../src/media/sound/pagesound";

const RATE = 48_000;
const SAMPLES = 8_192;

function sine(frequency: number, amplitude: number): Float32Array {
  return Float32Array.from(
    { length: SAMPLES },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequency * n) / RATE),
  );
}

/** Noise that is the same in each run. */
function noise(amplitude: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: SAMPLES }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return amplitude * (state / 1_073_741_823 - 1);
  });
}

test("the level at a frequency is that of a sine there, and little of what is beside it", () => {
  assert.ok(Math.abs(levelAt(sine(440, 1), RATE, 440)) < 0.2);
  assert.ok(Math.abs(levelAt(sine(440, 0.01), RATE, 440) + 40) < 0.2);
  assert.ok(levelAt(sine(494, 1), RATE, 440) < -50, "two semitones above");
  assert.ok(levelAt(noise(0.1), RATE, 440) < -45);
  assert.equal(levelAt(new Float32Array(SAMPLES), RATE, 440), -200);
});

test("a tone in the noise of a hall is found", () => {
  const hall = noise(0.05);
  const played = hall.map((value, n) => value + (sine(440, 0.02)[n] ?? 0));
  const before = Array(5).fill(levelAt(hall, RATE, 440));
  assert.ok(isHeardBack(before, Array(15).fill(levelAt(played, RATE, 440))));
  assert.ok(!isHeardBack(before, Array(15).fill(levelAt(hall, RATE, 440))));
});

test("a tone that comes late is heard, a click is not, nor what hums there anyway", () => {
  const quiet = Array(5).fill(-90);
  const late = [...Array(6).fill(-90), ...Array(9).fill(-40)];
  assert.ok(isHeardBack(quiet, late));
  assert.ok(!isHeardBack(quiet, [...Array(13).fill(-90), -30, -30]));
  assert.ok(!isHeardBack(Array(5).fill(-45), Array(15).fill(-40)));
  assert.ok(!isHeardBack([-45, -90, -90], Array(15).fill(-40)), "a word at its pitch before");
  assert.ok(!isHeardBack([-200], Array(15).fill(-90)), "less than a sound card's noise");
  assert.ok(!isHeardBack([], []));
});

test("a context that has not started yet is waited for; a microphone that gives no sound is closed again, and the tone played", async (t) => {
  class Context extends EventTarget {
    state = "suspended";
    resume = async (): Promise<void> => {
      await Promise.resolve();
      this.state = "running";
    };
    createMediaStreamSource(): never {
      throw new DOMException("another sample rate", "NotSupportedError");
    }
  }
  const fakes = { AudioContext: Context, MediaStream: class {}, HTMLMediaElement: class {} };
  Object.assign(globalThis, fakes);
  t.after(() => {
    for (const name of Object.keys(fakes)) Reflect.deleteProperty(globalThis, name);
  });
  // It looks at the browser when it is loaded.
  const { checkTone } = await import("../src/media/sound/tonecheck");
  const clone = { enabled: false, stopped: false, stop: () => (clone.stopped = true) };
  const microphone = { clone: () => clone } as unknown as MediaStreamTrack;
  let played = 0;
  const sound = { playTestTone: async () => void played++ } as unknown as PageSound;
  assert.equal(await checkTone(sound, "main", microphone), "no-microphone");
  assert.deepEqual([clone.stopped, played], [true, 1], "it was listened to, and closed");
});
