/**
 * Who speaks, by the levels that the server sends: two to ten times a second, of open microphones.
 *
 * A single cough marks nobody, and a pause between two sentences takes no mark away. A hall whose microphone hears
 * somebody else from the loudspeakers is less loud than that person, and is not marked.
 */

import { type ReadonlySignal, signal } from "@preact/signals";

/** In dBov. Speech is louder, the noise of a hall is not. */
const SPEECH_DB = -45;
/** The echo of a hall is so much below the speaker, or more. */
const ECHO_DB = 12;
/** Two levels of a page that is sent two a second. */
const ATTACK_MS = 350;
const HOLD_MS = 1_500;

interface Voice {
  since: number;
  last: number;
}

export class SpeakerMarks {
  private readonly voices = new Map<string, Voice>();

  /** Take in levels in dBov by source; `now` in milliseconds. */
  hear(levels: Readonly<Record<string, number>>, now: number): void {
    const loudest = Math.max(...Object.values(levels));
    for (const [source, db] of Object.entries(levels)) {
      if (db < SPEECH_DB || db < loudest - ECHO_DB) continue;
      const voice = this.voices.get(source);
      if (voice && now - voice.last <= HOLD_MS) voice.last = now;
      else this.voices.set(source, { since: now, last: now });
    }
  }

  /** The sources to mark. */
  at(now: number): Set<string> {
    const marked = [...this.voices].filter(
      ([, { since, last }]) => now - last <= HOLD_MS && last - since >= ATTACK_MS,
    );
    return new Set(marked.map(([source]) => source));
  }
}

const marks = new SpeakerMarks();
const current = signal<ReadonlySet<string>>(new Set());
let timer: ReturnType<typeof setTimeout> | undefined;

/** The sources whose microphones are spoken into. */
export const speaking: ReadonlySignal<ReadonlySet<string>> = current;

/** Take in the levels that the server sent. */
export function markSpeakers(levels: Readonly<Record<string, number>>): void {
  marks.hear(levels, performance.now());
  refresh();
}

/** Mark these sources: for a window that is given the marks of another. */
export function showSpeakers(marked: ReadonlySet<string>): void {
  current.value = marked;
}

/** Renders only if the marks change. */
function refresh(): void {
  const found = marks.at(performance.now());
  if ([...found].join() !== [...current.value].join()) current.value = found;
  clearTimeout(timer);
  // In silence no levels arrive that would take the last marks away.
  if (found.size > 0) timer = setTimeout(refresh, HOLD_MS / 3);
}
