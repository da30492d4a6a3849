/**
 * Judges a microphone by what it hears: too low, clipping, hum, or no sound at all. The only place that decides. Pure.
 *
 * Each fault begins at one limit and ends at another, so that a warning does not flicker. Of several the most urgent one
 * is named: without sound nothing else matters, and hum is heard last.
 */

import type { SoundStatus } from "../../show/soundfaults";
import type { Hum } from "./hum";
import { loudnessOf } from "./kweighting";

/** Where speech should be on a meter, in LUFS, momentary; the programme's target is -23 (EBU R128). */
export const SPEECH_LUFS = { low: -30, high: -16 };
/** Length of one block in seconds. */
export const BLOCK_S = 0.1;
/** Speech below the first is too low: 12 LU under the target, the browsers' players cannot make up for it. It is loud
 * enough again above the second. */
const TOO_LOW_LUFS = { begins: -35, ends: -32 };
/** Below this, what sounds like speech is people beside a microphone that nobody uses. */
const MIN_SPEECH_LUFS = -60;
/** A block is speech if it exceeds the room's noise by this. */
const ABOVE_ROOM_LU = 10;
/** Rise of the noise floor, so that a long sentence does not count as noise. */
const ROOM_RISE_LU_PER_S = 2;
/** Seconds of speech that are judged together, and those that it takes at least. */
const SPEECH_S = { most: 5, least: 3 };
/** Speech is forgotten after so many seconds. */
const SPEECH_LASTS_S = 30;
/** A level that stays within `lu` for so many seconds is no speech: applause, a fan, a test tone. */
const STEADY = { s: 2, lu: 4 };
/** Blocks with clipped samples within `s` seconds that are a fault: a knock is one or two. Ends `s` after the last. */
const CLIPPING = { blocks: 3, s: 4 };
/** dBFS. An open microphone has more noise than the first. Ends above the second. */
const NO_SOUND_DB = { begins: -75, ends: -65 };
/** Seconds below that. Noise gates close a microphone between two sentences. */
const NO_SOUND_S = 10;
/** A passage is quiet if none of the last `s` seconds was quieter by more than `lu`. The first `least` seconds show
 * nothing yet. */
const QUIET = { s: 10, least: 3, lu: 2 };
/** Seconds between two measurements of hum. */
const HUM_INTERVAL_S = 0.5;
/** Quiet passages in a row in which hum must be found, or not any more. */
const HUM_PASSAGES = 5;
/** Hum is heard above the first level in dBFS, if it is the first share of a quiet passage. Ends below the second. */
const HUM_DB = { begins: -60, ends: -66 };
const HUM_SHARE = { begins: 0.5, ends: 0.3 };

/** A tenth of a second. */
export interface Block {
  /** Mean square of the weighted channels, summed. */
  square: number;
  /** The largest sample of any channel, 0 to 1. */
  peak: number;
  /** Several samples in a row are at full scale. */
  isClipped: boolean;
}

export class SoundJudge {
  private clipped: number[] = [];
  private isClipping = false;
  private quietSince: number | null = null;
  private isNoSound = false;
  private room = 0;
  private speech: { at: number; square: number }[] = [];
  private isTooLow = false;
  private high = Number.NEGATIVE_INFINITY;
  private low = Number.POSITIVE_INFINITY;
  private variedAt = Number.NEGATIVE_INFINITY;
  private heardAt: number | null = null;
  private passages: { at: number; lufs: number }[] = [];
  private humAt = 0;
  private otherwise = 0;
  private isHum = false;

  /** A block ended at `at`, in seconds. */
  hear({ square, peak, isClipped }: Block, at: number): void {
    this.hearClipping(isClipped, at);
    this.hearSilence(peak, at);
    this.hearSpeech(square, at);
    this.heardAt = at;
  }

  /** Whether hum should be measured in the passage of 400 ms that ended at `at`: its momentary loudness is low. */
  isQuiet(lufs: number, at: number): boolean {
    this.passages.push({ at, lufs });
    this.passages = this.passages.filter((each) => at - each.at < QUIET.s);
    const isDue = at - this.humAt >= HUM_INTERVAL_S && at - (this.passages[0]?.at ?? at) >= QUIET.least;
    const isQuiet = lufs <= Math.min(...this.passages.map((each) => each.lufs)) + QUIET.lu;
    if (isDue && isQuiet) this.humAt = at;
    return isDue && isQuiet;
  }

  /** The hum in a quiet passage. */
  hearHum({ db, share }: Hum): void {
    const [least, most] = this.isHum ? [HUM_DB.ends, HUM_SHARE.ends] : [HUM_DB.begins, HUM_SHARE.begins];
    const isFound = db > least && share > most;
    this.otherwise = isFound === this.isHum ? 0 : this.otherwise + 1;
    if (this.otherwise >= HUM_PASSAGES) [this.isHum, this.otherwise] = [isFound, 0];
  }

  /** Null until a block was heard. */
  get status(): SoundStatus | null {
    if (this.heardAt === null) return null;
    if (this.isNoSound) return "no-sound";
    if (this.isClipping) return "clipping";
    if (this.isTooLow) return "too-low";
    return this.isHum ? "hum" : "good";
  }

  private hearClipping(isClipped: boolean, at: number): void {
    if (isClipped) this.clipped.push(at);
    this.clipped = this.clipped.filter((each) => at - each < CLIPPING.s);
    this.isClipping = this.clipped.length >= (this.isClipping ? 1 : CLIPPING.blocks);
  }

  private hearSilence(peak: number, at: number): void {
    const db = 20 * Math.log10(peak + 1e-9);
    if (db > (this.isNoSound ? NO_SOUND_DB.ends : NO_SOUND_DB.begins)) this.quietSince = null;
    else this.quietSince ??= at;
    this.isNoSound = this.quietSince !== null && at - this.quietSince >= NO_SOUND_S;
  }

  private hearSpeech(square: number, at: number): void {
    const lufs = loudnessOf(square);
    const elapsed = this.heardAt === null ? 0 : at - this.heardAt;
    this.room = this.heardAt === null ? lufs : Math.min(lufs, this.room + ROOM_RISE_LU_PER_S * elapsed);
    [this.high, this.low] = [Math.max(this.high, lufs), Math.min(this.low, lufs)];
    if (this.high - this.low >= STEADY.lu) [this.high, this.low, this.variedAt] = [lufs, lufs, at];
    const isSpeech =
      lufs > Math.max(MIN_SPEECH_LUFS, this.room + ABOVE_ROOM_LU) && at - this.variedAt <= STEADY.s;
    if (isSpeech) this.speech = [...this.speech, { at, square }].slice(-Math.round(SPEECH_S.most / BLOCK_S));
    this.speech = this.speech.filter((each) => at - each.at < SPEECH_LASTS_S);
    if (this.speech.length < SPEECH_S.least / BLOCK_S) {
      if (this.speech.length === 0) this.isTooLow = false;
      return;
    }
    const mean = this.speech.reduce((sum, each) => sum + each.square, 0) / this.speech.length;
    this.isTooLow = loudnessOf(mean) < (this.isTooLow ? TOO_LOW_LUFS.ends : TOO_LOW_LUFS.begins);
  }
}
