/** Small states for tests. */

import type { ActionDoc, DestinationDoc, ItemDoc, SourceDoc, State } from "../src/wire";

const NOON = "2018-09-15T12:00:00+02:00";

export function item(id: string, more: Partial<ItemDoc> = {}): ItemDoc {
  return {
    id,
    title: id,
    status: "coming",
    planned: { start: NOON, end: null },
    expected: { start: NOON, end: null },
    actual: { start: null, end: null },
    length_s: 600,
    source: "krefeld",
    with: [],
    layout: "solo",
    speaker: "",
    language: "de",
    type: "talk",
    hard: false,
    advance: "manual",
    warn_s: 120,
    danger_s: 30,
    notes: "",
    skipped_because: null,
    ...more,
  };
}

export function source(name: string, more: Partial<SourceDoc> = {}): SourceDoc {
  return {
    name,
    state: "live",
    why: "flows",
    armed: false,
    tally: "off",
    waits: false,
    approved_at: null,
    mic: false,
    devices: null,
    echo_of: null,
    codec: null,
    codec_wanted: null,
    still: false,
    returned_to: [],
    rtt_ms: null,
    loss: null,
    kbps: 0,
    path: null,
    link: null,
    ...more,
  };
}

export function destination(name: string, more: Partial<DestinationDoc> = {}): DestinationDoc {
  return {
    role: "venue",
    name,
    connected: 1,
    source: "krefeld",
    pictures: ["krefeld"],
    mics: [],
    is_return: false,
    smaller: false,
    cannot_decode: [],
    loses_large: false,
    rtt_ms: null,
    loss: null,
    kbps: 0,
    path: null,
    link: null,
    ...more,
  };
}

export function show(
  items: ItemDoc[],
  more: Partial<State["show"]> = {},
  sources: State["sources"] = {},
): State {
  return {
    rev: 1,
    now: NOON,
    event: {
      rev: 0,
      title: "Test",
      timezone: "Europe/Berlin",
      language: "de",
      languages: [],
      host: "krefeld",
      places: [],
      booths: [],
      presets: {},
      contact: "",
    },
    show: {
      phase: "running",
      held: false,
      item: null,
      last: null,
      next: null,
      next_at: null,
      due_at: null,
      floor: "de",
      armed: null,
      taken: null,
      undo: null,
      actions: [],
      offset_s: 0,
      ends: null,
      ...more,
    },
    items,
    program: { source: "slate", with: [], layout: "solo", mics: [], reason: "agenda", since: NOON },
    sources,
    destinations: {},
    languages: {},
    booths: {},
    checks: { item: null, checks: [] },
    messages: {},
    cues: {},
    flags: {},
    talks: {},
    desks: {},
    waiting: {},
    takeovers: {},
    server: { warnings: [], sheds: 0 },
  };
}

/** A command of Anna's. */
export function action(command: string, about: Partial<ActionDoc> = {}): ActionDoc {
  return {
    command,
    item: null,
    source: null,
    seconds: null,
    open: null,
    to: null,
    undo: false,
    name: "Anna",
    desk: 1,
    at: "2018-09-15T10:21:00+02:00",
    ...about,
  };
}
