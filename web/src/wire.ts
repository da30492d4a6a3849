// Generated from signaling/show/wire/ by `make generate`; do not edit.

export const PROTOCOL = 1;
export const ASK_AFTER_S = 4;
export const ANSWER_WITHIN_S = 9;

/** Whether this page feeds its source, told whenever that changes by another page or by the desk. */
export interface Admission {
  type: "admission";
  status: "waiting" | "admitted" | "contested" | "replaced";
  source: string;
  by: "window" | "machine" | null;
}

/** Let in the page that has waited longest to feed this place, which somebody else feeds. */
export interface Admit {
  id: string;
  type: "admit";
  place: string;
}

/** The answer to `offer`. */
export interface Answer {
  type: "answer";
  id: string;
  sdp: string;
  slots: Record<string, string>;
}

/** The answer to a command that is on disk. */
export interface Applied {
  rev: number;
  applied: true;
}

/** Mark an item, which `next` goes to then, or a source, for preview only. One of the two; neither takes the mark away. */
export interface Arm {
  id: string;
  type: "arm";
  item?: string | null;
  source?: string | null;
}

/** An item, which `next` goes to, or a source in preview. An item and a source may have the same id. */
export interface ArmedDoc {
  kind: "item" | "source";
  id: string;
}

/** Puts `value` at `path` of the state, or removes what is there, or shifts times in the list of items there. */
export interface Change {
  path: (string | number)[];
  value: unknown;
  drop: boolean;
  shift: Shift | null;
}

/** The answer to a clock probe. */
export interface Clock {
  type: "clock";
  sent: number;
  now_ms: number;
  speed: number;
}

/** Asks for the show's clock; `sent` comes back as it was. */
export interface ClockProbe {
  type: "clock";
  sent: number;
}

/** How a page's devices stand. Sent after each welcome and at each change; the latest one counts, for as long as the page is connected. */
export interface Condition {
  type: "condition";
  camera: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  microphone: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  muted: boolean;
}

/** An item that is still to come begins so much later at the earliest, or sooner where negative. Delays add. */
export interface Delay {
  id: string;
  type: "delay";
  item: string;
  seconds: number;
}

/** What a venue, a guest, a moderator, a viewer or a stage display is being sent. The number of connections and the figures are null for viewers: they are of other people. */
export interface DestinationDoc {
  role: "moderator" | "venue" | "guest" | "viewer" | "stage";
  name: string;
  connected: number | null;
  source: string;
  second: string | null;
  mics: string[];
  is_return: boolean;
  smaller: boolean;
  cannot_decode: string[];
  rtt_ms: number | null;
  loss: number | null;
  kbps: number | null;
  link: LinkDoc | null;
}

/** How camera and microphone stand at the page that feeds a source, as the page says. */
export interface DevicesDoc {
  camera: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  microphone: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  muted: boolean;
}

/** What a `reload` would change now. Nothing has changed yet. */
export interface Difference {
  new: ItemRef[];
  gone: ItemRef[];
  moved: ItemMove[];
  changed: ItemChange[];
  too_late: ItemRef[];
  places_new: PlaceRef[];
  places_gone: PlaceRef[];
  event: ("title" | "timezone" | "language" | "host")[];
}

/** Something other than a command went wrong; the connection stays unless it is closed right after. */
export interface ErrorMessage {
  type: "error";
  id: string | null;
  code: "stale" | "invalid" | "unauthorized" | "forbidden" | "too-many" | "busy" | "offer" | "waiting" | "failed";
  message: string;
  reason: "not-begun" | "running" | "ended-start" | "ended" | "all-skipped" | "first-item" | "just-back" | "went-on" | "went-off" | "from-missing" | "item-on-air" | "source-on-air" | "nothing-to-extend" | "too-long" | "too-late" | "not-to-come" | "over" | "plan-fixed" | "nothing-to-undo" | "mark-one" | "slate-silent" | "unknown-item" | "unknown-source" | "unknown-place" | "event-file" | "source-needed" | "file-under-way" | "files-waiting" | "nobody-waits" | "others-wait" | "not-yours" | "fed-elsewhere" | "fed-now" | "many-wait" | "watchers-full" | "offers-waiting" | "offers-often" | "link-damaged" | "link-version" | "link-expired" | "link-withdrawn" | "link-place-gone" | "link-metrics" | "link-no-metrics" | "role" | "messages-often" | "commands-waiting" | "id-used" | "log-fails" | "stops" | "stops-unsure" | null;
  details: Record<string, string>;
}

export interface EventDoc {
  title: string;
  timezone: string;
  language: string;
  host: string | null;
  places: PlaceDoc[];
}

/** The item on air gets longer or, with a negative number, shorter. */
export interface Extend {
  id: string;
  type: "extend";
  seconds: number;
}

/** Put this item on air. */
export interface Goto {
  id: string;
  type: "goto";
  item: string;
}

/** The first message. `boot` and `rev` of the last state seen ask for the patches since. */
export interface Hello {
  type: "hello";
  token: string;
  protocol?: number;
  boot?: string | null;
  rev?: number | null;
  peer?: string | null;
  browser?: string | null;
}

/** Nothing advances by itself until `resume`. */
export interface Hold {
  id: string;
  type: "hold";
}

export interface ItemChange {
  id: string;
  title: string;
  fields: ("title" | "start" | "duration" | "hard" | "source" | "with" | "layout" | "mics" | "return" | "speaker" | "language" | "type" | "follow" | "advance" | "fallback" | "skip" | "notes" | "warn" | "danger")[];
}

export interface ItemDoc {
  id: string;
  title: string;
  status: "done" | "on-air" | "next" | "coming" | "skipped";
  planned: Period;
  expected: Period;
  actual: Period;
  length_s: number;
  source: string;
  with: string[];
  layout: "solo" | "side-by-side" | "pip" | "grid";
  speaker: string;
  language: string;
  type: "talk" | "panel" | "qa" | "break" | "open";
  hard: boolean;
  advance: "manual" | "auto";
  warn_s: number;
  danger_s: number;
  notes: string;
  skipped_because: "file" | "asked" | "no-time" | "passed" | null;
}

/** An item that is to begin at another time; null: it is not expected to be on air. */
export interface ItemMove {
  id: string;
  title: string;
  before: string | null;
  after: string | null;
}

export interface ItemRef {
  id: string;
  title: string;
}

/** Picture and sound end; the page stays. */
export interface Leave {
  type: "leave";
}

/** How loud the sources' microphones are, ten times a second while anybody speaks: dBov, 0 is full scale, -127 silence. Sources left out are silent or tell nothing. */
export interface Levels {
  type: "levels";
  levels: Record<string, number>;
}

/** What an operator may want to know of one link. None: not measured yet. */
export interface LinkDoc {
  jitter_ms: number | null;
  layer: string | null;
  lost: number;
  keyframe_requests: number;
  repairs: number;
  stalls: number;
  last_stall_s: number | null;
}

/** A text that stands on somebody's screens. */
export interface MessageDoc {
  text: string;
  level: "info" | "warn" | "urgent";
  at: string;
}

/** Open or close this source's microphone until the next item. */
export interface Mic {
  id: string;
  type: "mic";
  source: string;
  open: boolean;
}

/** Put the marked item on air, or else the one after that on air; ends the show after the last. */
export interface Next {
  id: string;
  type: "next";
  from?: string | null;
}

/** Join with picture and sound, or restart ICE. `source` names the source it feeds, if any. */
export interface Offer {
  type: "offer";
  id: string;
  sdp: string;
  source?: string | null;
}

/** Turns the state of revision `base`, the last that this link was sent, into that of `rev`. `now` is not patched: the clock messages tell it. */
export interface Patch {
  type: "patch";
  base: number;
  rev: number;
  changes: Change[];
}

/** A start and an end; the end is null while it runs, both while it has not begun. */
export interface Period {
  start: string | null;
  end: string | null;
}

/** A venue or a guest. */
export interface PlaceDoc {
  id: string;
  kind: "venue" | "guest";
  name: string;
  note: string;
  timezone: string;
  language: string;
  sources: string[];
}

/** A venue or a guest. */
export interface PlaceRef {
  id: string;
  name: string;
}

/** Put the item before the one on air on air, afresh. */
export interface Previous {
  id: string;
  type: "previous";
  from?: string | null;
}

/** Why something was not done. Nothing has changed. */
export interface Problem {
  code: "stale" | "invalid" | "unauthorized" | "forbidden" | "too-many" | "busy" | "offer" | "waiting" | "failed";
  message: string;
  rev: number | null;
  reason: "not-begun" | "running" | "ended-start" | "ended" | "all-skipped" | "first-item" | "just-back" | "went-on" | "went-off" | "from-missing" | "item-on-air" | "source-on-air" | "nothing-to-extend" | "too-long" | "too-late" | "not-to-come" | "over" | "plan-fixed" | "nothing-to-undo" | "mark-one" | "slate-silent" | "unknown-item" | "unknown-source" | "unknown-place" | "event-file" | "source-needed" | "file-under-way" | "files-waiting" | "nobody-waits" | "others-wait" | "not-yours" | "fed-elsewhere" | "fed-now" | "many-wait" | "watchers-full" | "offers-waiting" | "offers-often" | "link-damaged" | "link-version" | "link-expired" | "link-withdrawn" | "link-place-gone" | "link-metrics" | "link-no-metrics" | "role" | "messages-often" | "commands-waiting" | "id-used" | "log-fails" | "stops" | "stops-unsure" | null;
  details: Record<string, string>;
}

/** What is on air. Destinations that see something else (the return picture) say so themselves. */
export interface ProgramDoc {
  source: string;
  with: string[];
  layout: "solo" | "side-by-side" | "pip" | "grid";
  mics: string[];
  reason: "agenda" | "voice" | "take" | "fallback";
  since: string | null;
}

/** Back to what the agenda says. */
export interface Release {
  id: string;
  type: "release";
}

/** A changed event file. What has been and is on air stays; a file with faults is refused with all of them. */
export interface Reload {
  id: string;
  type: "reload";
  yaml: string;
}

/** The answer to a command. */
export interface Reply {
  type: "reply";
  id: string;
  result: Applied | Problem;
}

/** Things advance by themselves again. */
export interface Resume {
  id: string;
  type: "resume";
}

/** Show a text on the screens of a venue, a guest or all, in place of the last one; an empty one takes it away. */
export interface SendMessage {
  id: string;
  type: "message";
  to: string;
  text: string;
  level?: "info" | "warn" | "urgent";
}

/** The expected start and end of items are so much later, or earlier where negative; null stays null. */
export interface Shift {
  first: number;
  last: number;
  ms: number;
}

export interface ShowDoc {
  phase: "before" | "running" | "held" | "ended";
  held: boolean;
  item: string | null;
  last: string | null;
  next: string | null;
  next_at: string | null;
  due_at: string | null;
  armed: ArmedDoc | null;
  taken: string | null;
  undo: string | null;
  offset_s: number;
  ends: string | null;
}

/** Leave out an item that is still to come. */
export interface Skip {
  id: string;
  type: "skip";
  item: string;
}

export interface Snapshot {
  type: "snapshot";
  state: State;
}

/** A picture-and-sound input. `why`, `armed`, `devices`, `returned_to` and the figures of its link are null for all but moderators and the place that it belongs to. */
export interface SourceDoc {
  name: string;
  state: "absent" | "connecting" | "live" | "stalled";
  why: "joined" | "flows" | "silent" | "no-keyframe" | "too-large" | "unreachable" | "left" | null;
  armed: boolean | null;
  tally: "on-air" | "next" | "preview" | "off";
  mic: boolean;
  devices: DevicesDoc | null;
  codec: string | null;
  codec_wanted: string | null;
  still: boolean;
  returned_to: string[] | null;
  rtt_ms: number | null;
  loss: number | null;
  kbps: number | null;
  link: LinkDoc | null;
}

/** Put the first item on air. */
export interface Start {
  id: string;
  type: "start";
}

/** Everything that pages show. `GET /api/v1/state` and the WebSocket's snapshot. What a link is not to see is empty or null; no key is left out. */
export interface State {
  rev: number;
  now: string;
  event: EventDoc;
  show: ShowDoc;
  items: ItemDoc[];
  program: ProgramDoc;
  sources: Record<string, SourceDoc>;
  destinations: Record<string, DestinationDoc>;
  messages: Record<string, MessageDoc>;
  waiting: Record<string, WaitingDoc>;
  takeovers: Record<string, TakeoverDoc>;
}

/** This source is on air now, until `release` or the next item. */
export interface Take {
  id: string;
  type: "take";
  source: string;
}

/** Another browser than before feeds a place. */
export interface TakeoverDoc {
  source: string;
  address: string;
  since: string;
}

/** Take back the last command that changed the show; again, the one before it. */
export interface Undo {
  id: string;
  type: "undo";
}

/** An item that was left out is to come again. */
export interface Unskip {
  id: string;
  type: "unskip";
  item: string;
}

/** A page of another browser wants to feed a place that somebody feeds: the one that has waited longest. */
export interface WaitingDoc {
  source: string;
  address: string;
  since: string;
  count: number;
}

/** The answer to `hello`: who the link makes you. */
export interface Welcome {
  type: "welcome";
  protocol: number;
  boot: string;
  peer: string;
  rehearsal: boolean;
  role: "moderator" | "venue" | "guest" | "viewer" | "stage";
  id: string;
  name: string;
  sources: string[];
  views: string[];
}

export type Command =
  | Start
  | Next
  | Previous
  | Goto
  | Arm
  | Hold
  | Resume
  | Extend
  | Delay
  | Skip
  | Unskip
  | Take
  | Release
  | Mic
  | SendMessage
  | Admit
  | Undo
  | Reload;

export type ClientMessage =
  | Hello
  | Offer
  | Leave
  | Condition
  | ClockProbe
  | Start
  | Next
  | Previous
  | Goto
  | Arm
  | Hold
  | Resume
  | Extend
  | Delay
  | Skip
  | Unskip
  | Take
  | Release
  | Mic
  | SendMessage
  | Admit
  | Undo
  | Reload;

export type ServerMessage =
  | Welcome
  | Snapshot
  | Patch
  | Levels
  | Answer
  | Admission
  | Reply
  | ErrorMessage
  | Clock;

export type Phase = "before" | "running" | "held" | "ended";
export type ItemStatus = "done" | "on-air" | "next" | "coming" | "skipped";
export type Reason = "agenda" | "voice" | "take" | "fallback";
export type SourceState = "absent" | "connecting" | "live" | "stalled";
export type Tally = "on-air" | "next" | "preview" | "off";
export type Role = "moderator" | "venue" | "guest" | "viewer" | "stage";
export type ErrorCode = "stale" | "invalid" | "unauthorized" | "forbidden" | "too-many" | "busy" | "offer" | "waiting" | "failed";
export type ProblemReason = "not-begun" | "running" | "ended-start" | "ended" | "all-skipped" | "first-item" | "just-back" | "went-on" | "went-off" | "from-missing" | "item-on-air" | "source-on-air" | "nothing-to-extend" | "too-long" | "too-late" | "not-to-come" | "over" | "plan-fixed" | "nothing-to-undo" | "mark-one" | "slate-silent" | "unknown-item" | "unknown-source" | "unknown-place" | "event-file" | "source-needed" | "file-under-way" | "files-waiting" | "nobody-waits" | "others-wait" | "not-yours" | "fed-elsewhere" | "fed-now" | "many-wait" | "watchers-full" | "offers-waiting" | "offers-often" | "link-damaged" | "link-version" | "link-expired" | "link-withdrawn" | "link-place-gone" | "link-metrics" | "link-no-metrics" | "role" | "messages-often" | "commands-waiting" | "id-used" | "log-fails" | "stops" | "stops-unsure";

/** What a problem's `details` hold, by its `reason`. */
export interface ReasonDetails {
  "not-begun": object;
  "running": object;
  "ended-start": object;
  "ended": object;
  "all-skipped": object;
  "first-item": { item: string };
  "just-back": { item: string };
  "went-on": { item: string };
  "went-off": { item: string };
  "from-missing": { item: string; command: string };
  "item-on-air": { item: string };
  "source-on-air": { source: string };
  "nothing-to-extend": object;
  "too-long": { item: string };
  "too-late": { item: string };
  "not-to-come": { item: string };
  "over": { item: string };
  "plan-fixed": object;
  "nothing-to-undo": object;
  "mark-one": object;
  "slate-silent": object;
  "unknown-item": { sentence: string; name: string };
  "unknown-source": { sentence: string; name: string };
  "unknown-place": { sentence: string; name: string };
  "event-file": { faults: string };
  "source-needed": { source: string; id: string };
  "file-under-way": object;
  "files-waiting": object;
  "nobody-waits": { place: string };
  "others-wait": { place: string; elsewhere: string };
  "not-yours": { sources: string; source: string };
  "fed-elsewhere": { place: string };
  "fed-now": { place: string };
  "many-wait": { place: string };
  "watchers-full": object;
  "offers-waiting": object;
  "offers-often": object;
  "link-damaged": object;
  "link-version": object;
  "link-expired": object;
  "link-withdrawn": object;
  "link-place-gone": { role: string; id: string };
  "link-metrics": object;
  "link-no-metrics": { role: string };
  "role": { role: string; command: string };
  "messages-often": object;
  "commands-waiting": object;
  "id-used": { id: string; command: string };
  "log-fails": { fault: string };
  "stops": object;
  "stops-unsure": object;
}
