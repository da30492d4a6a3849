// Generated from signaling/show/wire/ by `make generate`; do not edit.

export const PROTOCOL = 1;
export const PING_AFTER_S = 4;
export const PONG_WITHIN_S = 9;
export const MAX_LOSS = 0.1;
export const MAX_ROUND_TRIP_MS = 800;

/** Confirm that a message was read. */
export interface Acknowledge {
  id: string;
  type: "seen";
  message: string;
}

/** A moderator's command that changed the show, or its undo. What it says nothing of is null. */
export interface ActionDoc {
  command: string;
  item: string | null;
  source: string | null;
  seconds: number | null;
  open: boolean | null;
  to: string | null;
  undo: boolean;
  name: string;
  desk: number | null;
  at: string;
}

/** A new item above another one, or at the end of the agenda. Its `id` is made from its title if it has none. */
export interface AddFileItem {
  do: "add";
  before: string | null;
  fields: Record<string, string | boolean | string[] | null>;
}

/** Whether this page may feed its source. Sent when another page or the desk changes that. */
export interface Admission {
  type: "admission";
  status: "waiting" | "admitted" | "contested" | "replaced";
  source: string;
  by: "window" | "machine" | null;
}

/** Admit the page that has waited longest to feed this place, in place of the page that feeds it. */
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
  padded: boolean;
}

/** The answer to a command whose facts are on disk. */
export interface Applied {
  rev: number;
  applied: true;
}

/** Say that this place has been seen and heard, or take that back. Its pages show the time. */
export interface Approve {
  id: string;
  type: "approve";
  place: string;
  ok?: boolean;
}

/** Mark an item, which `next` then puts on air, or a source, for preview only. Neither removes the mark. */
export interface Arm {
  id: string;
  type: "arm";
  item?: string | null;
  source?: string | null;
}

/** A marked item, which `next` puts on air, or a source in preview. An item and a source may have the same id. */
export interface ArmedDoc {
  kind: "item" | "source";
  id: string;
}

/** A booth as it works now. To moderators and its own pages. */
export interface BoothDoc {
  to: string | null;
  output: string | null;
  relay: string | null;
  seats: Record<string, SeatDoc>;
  asks: string | null;
  handover_ends: string | null;
}

/** A booth, by the event file. */
export interface BoothPlanDoc {
  id: string;
  name: string;
  languages: string[];
  seats: number;
}

/** Sets `value` at `path` of the state, or removes the key there, or shifts times in the list of items there. */
export interface Change {
  path: (string | number)[];
  value: unknown;
  drop: boolean;
  shift: Shift | null;
}

/** A language that listeners may choose. */
export interface ChannelDoc {
  needed: boolean;
  booth: string | null;
  seat: string | null;
  since: string | null;
  silent_since: string | null;
  listeners: number;
  places: string[];
}

/** One thing that is to be right when an item goes on air. */
export interface CheckDoc {
  id: "connected" | "picture" | "sound" | "line" | "microphone" | "language" | "interpreter" | "ready";
  of: string;
  result: "ok" | "failed" | "unknown";
  reason: "not-connected" | "never-fed" | "left" | "unreachable" | "joined" | "waits" | "silent" | "no-keyframe" | "too-large" | "recovering" | "no-picture" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed" | "muted" | "not-reported" | "too-low" | "clipping" | "hum" | "no-sound" | "off-air" | "not-measured" | "loss" | "delay" | "not-interpreted" | "floor-differs" | "nobody" | "closed" | "not-approved" | "flag" | null;
  details: Record<string, string>;
}

/** Go or no-go for the item that Next puts on air, before the show Start. To moderators; to others without an item. */
export interface ChecksDoc {
  item: string | null;
  checks: CheckDoc[];
}

/** The answer to a clock probe. */
export interface Clock {
  type: "clock";
  sent: number;
  now_ms: number;
  speed: number;
}

/** Asks for the show's clock. The answer repeats `sent`. */
export interface ClockProbe {
  type: "clock";
  sent: number;
}

/** The status of a page's devices, sound and path, sent after each welcome and at each change. The latest counts while the page is connected. */
export interface Condition {
  type: "condition";
  input?: string | null;
  camera: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  microphone: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  muted: boolean;
  path?: "udp" | "tcp" | "relay" | "blocked" | null;
  sound?: "good" | "too-low" | "clipping" | "hum" | "no-sound" | null;
  limit?: "cpu" | "bandwidth" | null;
  reduced?: "720p15" | "540p15" | "360p10" | null;
}

/** Show a cue on the screens of its recipients for a few seconds. */
export interface Cue {
  id: string;
  type: "cue";
  to: string;
  what: string;
}

/** A cue, for a few seconds. */
export interface CueDoc {
  id: string;
  what: string;
  by: string;
  at: string;
}

/** Move the earliest start of an item to come; negative: earlier. Delays add up. */
export interface Delay {
  id: string;
  type: "delay";
  item: string;
  seconds: number;
}

/** A connected moderator's page. */
export interface DeskDoc {
  number: number | null;
  name: string;
  since: string;
  read_only: boolean;
  editing: string | null;
}

/** What a venue, a guest, a moderator, a viewer or a stage display is sent. The number of connections and the stats are null for viewers, since they concern other people. */
export interface DestinationDoc {
  role: "moderator" | "venue" | "guest" | "interpreter" | "viewer" | "stage";
  name: string;
  connected: number | null;
  source: string;
  pictures: string[];
  mics: string[];
  is_return: boolean;
  smaller: boolean;
  cannot_decode: string[];
  loses_large: boolean | null;
  path: "udp" | "tcp" | "relay" | "blocked" | null;
  rtt_ms: number | null;
  loss: number | null;
  kbps: number | null;
  link: LinkDoc | null;
}

/** The status of camera and microphone, as reported by the page that feeds a source. */
export interface DevicesDoc {
  camera: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  microphone: "works" | "none" | "opening" | "stand-in" | "missing" | "lost" | "busy" | "denied" | "hung" | "interrupted" | "insecure" | "failed";
  muted: boolean;
  sound: "good" | "too-low" | "clipping" | "hum" | "no-sound" | null;
  limit: "cpu" | "bandwidth" | null;
  reduced: "720p15" | "540p15" | "360p10" | null;
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
  event: ("title" | "timezone" | "language" | "host" | "languages" | "interpreters" | "presets")[];
}

/** Change the agenda in the event file, in the order of the changes; its comments stay. Then as `reload`. */
export interface Edit {
  id: string;
  type: "edit";
  base: number;
  changes: (SetItemFields | MoveFileItem | AddFileItem | RemoveFileItem)[];
}

/** A fault of a message other than a command. The connection stays, unless it is closed right after. */
export interface ErrorMessage {
  type: "error";
  id: string | null;
  code: "stale" | "invalid" | "unauthorized" | "forbidden" | "too-many" | "busy" | "offer" | "waiting" | "failed";
  message: string;
  reason: "not-begun" | "running" | "ended-start" | "ended" | "all-skipped" | "first-item" | "just-back" | "went-on" | "went-off" | "from-missing" | "item-on-air" | "source-on-air" | "nothing-to-extend" | "too-long" | "too-late" | "not-to-come" | "over" | "plan-fixed" | "nothing-to-undo" | "mark-one" | "slate-silent" | "slate-alone" | "source-twice" | "not-its-language" | "seat-closed" | "unknown-item" | "unknown-source" | "unknown-place" | "unknown-language" | "unknown-booth" | "event-file" | "source-needed" | "file-outdated" | "file-under-way" | "files-waiting" | "no-file" | "item-stays" | "item-lost" | "not-editable" | "nobody-waits" | "others-wait" | "not-yours" | "fed-elsewhere" | "fed-now" | "many-wait" | "inputs-full" | "watchers-full" | "pages-full" | "overloaded" | "offers-waiting" | "offers-often" | "booth-full" | "choices-often" | "commands-often" | "previews-often" | "unknown-cue" | "message-gone" | "not-to-you" | "other-flag" | "cue-to-all" | "link-damaged" | "link-version" | "link-expired" | "link-revoked" | "link-place-gone" | "link-metrics" | "link-no-metrics" | "links-busy" | "links-fail" | "links-full" | "guesses-often" | "thrown-out" | "role" | "read-only" | "other-booth" | "messages-often" | "commands-waiting" | "id-used" | "log-fails" | "stops" | "stops-unsure" | null;
  details: Record<string, string>;
  retry_after_s: number | null;
}

export interface EventDoc {
  rev: number;
  title: string;
  timezone: string;
  language: string;
  languages: string[];
  host: string | null;
  places: PlaceDoc[];
  booths: BoothPlanDoc[];
  presets: Record<string, Record<string, string>>;
  contact: string;
}

/** The agenda as the event file says it, for those who edit it. */
export interface EventFileDoc {
  rev: number;
  items: FileItem[];
  defaults: Record<string, string | string[]>;
  languages: string[];
  sources: string[];
}

/** Lengthen the item on air; a negative number shortens it. */
export interface Extend {
  id: string;
  type: "extend";
  seconds: number;
}

/** A fault of a changed event file. */
export interface FileFault {
  item: string | null;
  change: number | null;
  field: string | null;
  line: number;
  column: number;
  message: string;
  code: "missing" | "empty" | "not-a-length" | "not-a-time" | "unknown-source" | null;
  details: Record<string, string>;
}

/** An item as the event file says it. */
export interface FileItem {
  id: string;
  fields: Record<string, string | string[]>;
}

/** Raise a flag at the desk, or take it away. */
export interface Flag {
  id: string;
  type: "flag";
  text: string | null;
  what?: "no-sound" | "no-picture" | "not-ready" | null;
  of?: string | null;
}

/** A place, booth or moderator calls the desk. */
export interface FlagDoc {
  text: string;
  what: "no-sound" | "no-picture" | "not-ready" | null;
  at: string;
  answered_at: string | null;
}

/** Put this item on air. */
export interface Goto {
  id: string;
  type: "goto";
  item: string;
}

/** Ask the other seat of a booth to take over, or stop asking. The other accepts by opening its microphone. */
export interface Handover {
  id: string;
  type: "handover";
  booth: string;
  seat: string;
  ask: boolean;
}

/** The first message. With `boot` and `rev` of the last known state, it asks for the patches since. */
export interface Hello {
  type: "hello";
  token: string;
  protocol?: number;
  boot?: string | null;
  rev?: number | null;
  peer?: string | null;
  browser?: string | null;
}

/** Who sits at this desk, and which item it edits. Not in the log, but the name is, with each command of this page. It ends when the page disconnects; a reconnected page says it again. */
export interface Here {
  type: "here";
  id?: string | null;
  name?: string;
  editing?: string | null;
}

/** Stop automatic advance until `resume`. */
export interface Hold {
  id: string;
  type: "hold";
}

/** A TURN server with credentials, as `RTCPeerConnection` takes it. */
export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** Switch the microphone of a seat on or off, and choose the channel that its booth speaks into. A seat that opens while its partner is open takes over from it: both are heard for at most 5 s. */
export interface Interpret {
  id: string;
  type: "interpret";
  booth: string;
  seat: string;
  open: boolean;
  to?: string | null;
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

/** An item whose expected start changes; null: it is not expected to be on air. */
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

/** One join link. Times are by the server's real clock, in the event's zone. */
export interface JoinLinkDoc {
  number: number;
  role: "moderator" | "venue" | "guest" | "interpreter" | "viewer" | "stage" | "metrics";
  id: string;
  name: string;
  read_only: boolean;
  by: "cli" | "desk";
  made: string;
  expires: string;
  follows_event: boolean;
  status: "valid" | "expired" | "revoked" | "place-gone";
  code: string | null;
  url: string | null;
  invitations: Record<string, string> | null;
  used: LinkUseDoc | null;
  sessions: LinkSessionDoc[];
}

/** End picture and sound; the page stays connected. */
export interface Leave {
  type: "leave";
  input?: string | null;
  withdraw?: boolean;
}

/** The levels of the sources' microphones in dBov (0 is full scale, -127 silence). Omitted sources are silent or send no level. To moderators ten times a second while anybody speaks. To other pages with pictures 2.5 times a second, only of the programme's microphones and while it has several pictures. */
export interface Levels {
  type: "levels";
  levels: Record<string, number>;
  loudness: Record<string, number>;
}

/** Stats of one connection, for operators. Null: not measured yet. */
export interface LinkDoc {
  transport: "udp" | "tcp" | null;
  jitter_ms: number | null;
  layer: string | null;
  lost: number;
  keyframe_requests: number;
  repairs: number;
  stalls: number;
  last_stall_s: number | null;
}

/** A page that is connected by a link. */
export interface LinkSessionDoc {
  session: string;
  address: string;
  since: string;
  feeds: boolean;
}

/** When and from where a link was last used. */
export interface LinkUseDoc {
  at: string;
  address: string;
}

/** All links of the event, in the order in which they were made. */
export interface LinksDoc {
  links: JoinLinkDoc[];
}

/** Choose the channel that this page's interpretation slot carries. Not in the log; a reconnected page says it again. */
export interface Listen {
  type: "listen";
  id?: string | null;
  channel: string | null;
}

/** A text on people's screens. */
export interface MessageDoc {
  id: string;
  text: string;
  preset: string | null;
  level: "info" | "warn" | "urgent";
  at: string;
  seen: Record<string, string>;
  unread: string[];
}

/** Open or close this source's microphone, until the next item. */
export interface Mic {
  id: string;
  type: "mic";
  source: string;
  open: boolean;
}

/** Put an item above another one, or at the end of the agenda. */
export interface MoveFileItem {
  do: "move";
  item: string;
  before: string | null;
}

/** Make a link with a random code. The answer, a `JoinLinkDoc`, is the only one that has the code. */
export interface NewLink {
  role: "moderator" | "venue" | "guest" | "interpreter" | "viewer" | "stage";
  id: string;
  expires_s?: number | null;
  read_only?: boolean;
}

/** Put the marked item on air, or else the one after the item on air. After the last item the show ends. */
export interface Next {
  id: string;
  type: "next";
  from?: string | null;
}

/** Join with picture and sound, or restart ICE. `source` is the source that the page feeds, if any. An interpreter's is `booth/seat`. Of the audio m-lines that a page sends, the first carries its source, if it has one, and the next its talkback microphone, if its role may talk. */
export interface Offer {
  type: "offer";
  id: string;
  sdp: string;
  source?: string | null;
  input?: string | null;
  content?: "camera" | "screen";
}

/** Turns the state of revision `base`, the last sent to this link, into that of `rev`. Clock messages replace `now`, which is never patched. */
export interface Patch {
  type: "patch";
  base: number;
  rev: number;
  changes: Change[];
}

/** A start and an end. The end is null while it runs; both are null before. */
export interface Period {
  start: string | null;
  end: string | null;
}

/** What pictures the page can decode in time. Not in the log; a reconnected page says it again. */
export interface Pictures {
  type: "pictures";
  id?: string | null;
  previews: boolean;
  small: boolean;
}

/** A venue or a guest. */
export interface PlaceDoc {
  id: string;
  kind: "venue" | "guest";
  name: string;
  note: string;
  timezone: string;
  language: string;
  listen: string | null;
  contact: string;
  sources: string[];
}

/** A venue, a guest or a booth. */
export interface PlaceRef {
  id: string;
  name: string;
}

/** The state as it would be right after a command. Nothing has changed. */
export interface Preview {
  items: Record<string, PreviewItem>;
  program: PreviewProgram;
  dropped: string[];
  offset_s: number;
  ends: string | null;
}

/** An item as the state would show it. */
export interface PreviewItem {
  status: "done" | "on-air" | "next" | "coming" | "skipped";
  expected: Period;
}

/** The programme as the state would show it. */
export interface PreviewProgram {
  source: string;
  reason: "agenda" | "voice" | "take" | "fallback";
}

/** Put the item before the one on air on air again. */
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
  reason: "not-begun" | "running" | "ended-start" | "ended" | "all-skipped" | "first-item" | "just-back" | "went-on" | "went-off" | "from-missing" | "item-on-air" | "source-on-air" | "nothing-to-extend" | "too-long" | "too-late" | "not-to-come" | "over" | "plan-fixed" | "nothing-to-undo" | "mark-one" | "slate-silent" | "slate-alone" | "source-twice" | "not-its-language" | "seat-closed" | "unknown-item" | "unknown-source" | "unknown-place" | "unknown-language" | "unknown-booth" | "event-file" | "source-needed" | "file-outdated" | "file-under-way" | "files-waiting" | "no-file" | "item-stays" | "item-lost" | "not-editable" | "nobody-waits" | "others-wait" | "not-yours" | "fed-elsewhere" | "fed-now" | "many-wait" | "inputs-full" | "watchers-full" | "pages-full" | "overloaded" | "offers-waiting" | "offers-often" | "booth-full" | "choices-often" | "commands-often" | "previews-often" | "unknown-cue" | "message-gone" | "not-to-you" | "other-flag" | "cue-to-all" | "link-damaged" | "link-version" | "link-expired" | "link-revoked" | "link-place-gone" | "link-metrics" | "link-no-metrics" | "links-busy" | "links-fail" | "links-full" | "guesses-often" | "thrown-out" | "role" | "read-only" | "other-booth" | "messages-often" | "commands-waiting" | "id-used" | "log-fails" | "stops" | "stops-unsure" | null;
  details: Record<string, string>;
  faults: FileFault[];
}

/** What is on air. A destination that is sent something else (the return picture) says so itself. */
export interface ProgramDoc {
  source: string;
  with: string[];
  layout: "solo" | "side-by-side" | "pip" | "grid";
  mics: string[];
  reason: "agenda" | "voice" | "take" | "fallback";
  since: string | null;
}

/** End a take; the agenda decides again. */
export interface Release {
  id: string;
  type: "release";
}

/** Replace the event file. Past items and the item on air stay. A file with faults is refused, with all of them. */
export interface Reload {
  id: string;
  type: "reload";
  yaml: string;
  base?: number | null;
}

/** Remove an item from the event file. */
export interface RemoveFileItem {
  do: "remove";
  item: string;
}

/** The answer to a command. */
export interface Reply {
  type: "reply";
  id: string;
  result: Applied | Problem;
}

/** Advance automatically again. */
export interface Resume {
  id: string;
  type: "resume";
}

export interface SeatDoc {
  open: boolean;
  state: "absent" | "connecting" | "live" | "stalled";
  since: string | null;
  sound: "good" | "too-low" | "clipping" | "hum" | "no-sound" | null;
}

/** Show a text on the screens of its recipients. It replaces the last one; an empty text removes it. */
export interface SendMessage {
  id: string;
  type: "message";
  to: string;
  text: string;
  preset?: string | null;
  level?: "info" | "warn" | "urgent";
}

/** The server itself. */
export interface ServerDoc {
  warnings: WarningDoc[];
  sheds: 0 | 1 | 2 | 3;
}

/** Say which language the floor speaks, until the next item. Null: the item's language. */
export interface SetFloor {
  id: string;
  type: "floor";
  language: string | null;
}

/** Give an item of the event file these values. It keeps its id. */
export interface SetItemFields {
  do: "set";
  item: string;
  fields: Record<string, string | boolean | string[] | null>;
}

/** The expected start and end of items move by `ms`; negative: earlier. Null stays null. */
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
  floor: string;
  armed: ArmedDoc | null;
  taken: string | null;
  undo: ActionDoc | null;
  actions: ActionDoc[];
  offset_s: number;
  ends: string | null;
}

/** Skip an item to come. */
export interface Skip {
  id: string;
  type: "skip";
  item: string;
}

export interface Snapshot {
  type: "snapshot";
  state: State;
}

/** A picture-and-sound input. `why`, `armed`, `approved_at`, `devices`, `echo_of`, `returned_to`, `path` and the stats are null for all but moderators and its own place. */
export interface SourceDoc {
  name: string;
  state: "absent" | "connecting" | "live" | "stalled";
  why: "joined" | "flows" | "silent" | "no-keyframe" | "too-large" | "unreachable" | "left" | null;
  armed: boolean | null;
  tally: "on-air" | "next" | "preview" | "off";
  waits: boolean;
  approved_at: string | null;
  mic: boolean;
  devices: DevicesDoc | null;
  echo_of: string | null;
  codec: string | null;
  codec_wanted: string | null;
  still: boolean;
  returned_to: string[] | null;
  rtt_ms: number | null;
  loss: number | null;
  kbps: number | null;
  path: "udp" | "tcp" | "relay" | "blocked" | null;
  link: LinkDoc | null;
}

/** Put the first item on air. */
export interface Start {
  id: string;
  type: "start";
}

/** Everything that pages show, in `GET /api/v1/state` and the WebSocket's snapshot. Hidden values are empty or null; no key is left out. */
export interface State {
  rev: number;
  now: string;
  event: EventDoc;
  show: ShowDoc;
  items: ItemDoc[];
  program: ProgramDoc;
  sources: Record<string, SourceDoc>;
  destinations: Record<string, DestinationDoc>;
  languages: Record<string, ChannelDoc>;
  booths: Record<string, BoothDoc>;
  checks: ChecksDoc;
  messages: Record<string, MessageDoc>;
  cues: Record<string, CueDoc>;
  flags: Record<string, FlagDoc>;
  talks: Record<string, TalkDoc>;
  desks: Record<string, DeskDoc>;
  waiting: Record<string, WaitingDoc>;
  takeovers: Record<string, TakeoverDoc>;
  server: ServerDoc;
}

/** Put this source on air until `release` or the next item, alone or with others beside it. */
export interface Take {
  id: string;
  type: "take";
  source: string;
  with?: string[];
  layout?: "solo" | "side-by-side" | "pip" | "grid" | null;
}

/** A place is now fed by another browser than before. */
export interface TakeoverDoc {
  source: string;
  address: string;
  since: string;
}

/** Somebody talks back. To moderators and those who hear it. */
export interface TalkDoc {
  speaker: string;
  name: string;
  to: string[];
  heard_by: string[];
}

/** Begin or end talkback. Not in the log; it ends when the page disconnects. */
export interface Talkback {
  type: "talk";
  id?: string | null;
  to: string[] | "all";
  on: boolean;
}

/** Take back the last command that changed the show. A second `undo` takes back the one before. */
export interface Undo {
  id: string;
  type: "undo";
}

/** Take back the skip of an item. */
export interface Unskip {
  id: string;
  type: "unskip";
  item: string;
}

/** A page waits to feed a place that another browser feeds: the page that has waited longest. */
export interface WaitingDoc {
  source: string;
  address: string;
  since: string;
  count: number;
}

/** One thing that is wrong with the server itself. */
export interface WarningDoc {
  code: "overload" | "disk" | "log-fails" | "writer" | "media" | "clock" | "certificate-expires" | "certificate-expired" | "certificate-unreadable" | "disk-unknown" | "certificate-unknown" | "overload-unknown";
  since: string;
  figures: Record<string, number>;
}

/** The answer to `hello`: the role and rights of the link. */
export interface Welcome {
  type: "welcome";
  protocol: number;
  boot: string;
  session: string;
  peer: string;
  address: string;
  rehearsal: boolean;
  now_ms: number;
  speed: number;
  role: "moderator" | "venue" | "guest" | "interpreter" | "viewer" | "stage";
  id: string;
  name: string;
  read_only: boolean;
  sources: string[];
  views: string[];
  ice_servers: IceServer[];
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
  | Approve
  | SetFloor
  | Interpret
  | Handover
  | Cue
  | Flag
  | Acknowledge
  | Undo
  | Reload
  | Edit;

export type FileEdit =
  | SetItemFields
  | MoveFileItem
  | AddFileItem
  | RemoveFileItem;

export type ClientMessage =
  | Hello
  | Offer
  | Leave
  | Condition
  | Listen
  | Pictures
  | Talkback
  | Here
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
  | Approve
  | SetFloor
  | Interpret
  | Handover
  | Cue
  | Flag
  | Acknowledge
  | Undo
  | Reload
  | Edit;

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
export type Role = "moderator" | "venue" | "guest" | "interpreter" | "viewer" | "stage";
export type ErrorCode = "stale" | "invalid" | "unauthorized" | "forbidden" | "too-many" | "busy" | "offer" | "waiting" | "failed";
export type ProblemReason = "not-begun" | "running" | "ended-start" | "ended" | "all-skipped" | "first-item" | "just-back" | "went-on" | "went-off" | "from-missing" | "item-on-air" | "source-on-air" | "nothing-to-extend" | "too-long" | "too-late" | "not-to-come" | "over" | "plan-fixed" | "nothing-to-undo" | "mark-one" | "slate-silent" | "slate-alone" | "source-twice" | "not-its-language" | "seat-closed" | "unknown-item" | "unknown-source" | "unknown-place" | "unknown-language" | "unknown-booth" | "event-file" | "source-needed" | "file-outdated" | "file-under-way" | "files-waiting" | "no-file" | "item-stays" | "item-lost" | "not-editable" | "nobody-waits" | "others-wait" | "not-yours" | "fed-elsewhere" | "fed-now" | "many-wait" | "inputs-full" | "watchers-full" | "pages-full" | "overloaded" | "offers-waiting" | "offers-often" | "booth-full" | "choices-often" | "commands-often" | "previews-often" | "unknown-cue" | "message-gone" | "not-to-you" | "other-flag" | "cue-to-all" | "link-damaged" | "link-version" | "link-expired" | "link-revoked" | "link-place-gone" | "link-metrics" | "link-no-metrics" | "links-busy" | "links-fail" | "links-full" | "guesses-often" | "thrown-out" | "role" | "read-only" | "other-booth" | "messages-often" | "commands-waiting" | "id-used" | "log-fails" | "stops" | "stops-unsure";

/** What a problem's `details` hold, by its `reason`. */
export interface ReasonDetails {
  "not-begun": object;
  "running": object;
  "ended-start": object;
  "ended": { who: string; desk: string };
  "all-skipped": object;
  "first-item": { item: string };
  "just-back": { item: string; who: string; desk: string };
  "went-on": { item: string; who: string; desk: string };
  "went-off": { item: string; who: string; desk: string };
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
  "slate-alone": object;
  "source-twice": { source: string };
  "not-its-language": { booth: string; one: string; other: string; wanted: string };
  "seat-closed": { seat: string; booth: string };
  "unknown-item": { sentence: string; name: string };
  "unknown-source": { sentence: string; name: string };
  "unknown-place": { sentence: string; name: string };
  "unknown-language": { sentence: string; name: string };
  "unknown-booth": { sentence: string; name: string };
  "event-file": { faults: string };
  "source-needed": { source: string; id: string };
  "file-outdated": object;
  "file-under-way": object;
  "files-waiting": object;
  "no-file": object;
  "item-stays": { item: string };
  "item-lost": { item: string };
  "not-editable": { why: string };
  "nobody-waits": { place: string };
  "others-wait": { place: string; elsewhere: string };
  "not-yours": { sources: string; source: string };
  "fed-elsewhere": { place: string };
  "fed-now": { place: string };
  "many-wait": { place: string };
  "inputs-full": { most: string };
  "watchers-full": object;
  "pages-full": object;
  "overloaded": object;
  "offers-waiting": object;
  "offers-often": object;
  "booth-full": { booth: string; seats: string };
  "choices-often": object;
  "commands-often": object;
  "previews-often": object;
  "unknown-cue": { sentence: string; name: string };
  "message-gone": object;
  "not-to-you": { to: string };
  "other-flag": object;
  "cue-to-all": object;
  "link-damaged": object;
  "link-version": object;
  "link-expired": object;
  "link-revoked": object;
  "link-place-gone": { role: string; id: string };
  "link-metrics": object;
  "link-no-metrics": { role: string };
  "links-busy": object;
  "links-fail": { fault: string };
  "links-full": { most: string };
  "guesses-often": object;
  "thrown-out": object;
  "role": { role: string; command: string };
  "read-only": { command: string };
  "other-booth": { own: string; booth: string };
  "messages-often": object;
  "commands-waiting": object;
  "id-used": { id: string; command: string };
  "log-fails": { fault: string };
  "stops": object;
  "stops-unsure": object;
}
