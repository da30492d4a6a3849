/** English, and the measure for the other languages: what is here they must have too. */

/** A length in the two largest units that matter: 45 s, 4 min, 1 h 35 min. */
function length(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

export const en = {
  // Who and what
  product: "Schalte",
  language: "Language",
  slate: "Slate",
  roles: {
    moderator: "Moderator's desk",
    venue: "Room console",
    guest: "Guest",
    viewer: "Programme",
    stage: "Stage display",
  },
  sourceStates: {
    live: "live",
    connecting: "connecting",
    stalled: "picture interrupted",
    absent: "not connected",
  },
  /** Why a source is what it is. */
  whys: {
    joined: "connecting",
    flows: "live",
    silent: "no packets",
    "no-keyframe": "no keyframe comes",
    unreachable: "unreachable",
    left: "has left",
  },
  statuses: { done: "done", "on-air": "on air", next: "next", coming: "", skipped: "skipped" },
  skippedBecause: {
    file: "left out by the agenda",
    asked: "left out by a moderator",
    "no-time": "no time left before a fixed start",
    passed: "passed over",
  },

  // The light
  onAir: "On air",
  next: "Next",
  off: "Off air",
  ready: "Ready",
  dueOnAir: "Due on air",
  inTime: (clock: string) => `in ${clock}`,
  microphoneOpen: "Microphone is open",
  microphoneClosed: "Microphone is closed",

  // Time
  left: "left",
  endingSoon: "ending soon",
  finishNow: "finish now",
  overTime: "over time",
  startsIn: "starts in",
  startsAny: "starting any moment",
  continuesIn: "continues in",
  onTime: "on time",
  late: (seconds: number) => `${length(seconds)} late`,
  early: (seconds: number) => `${length(seconds)} early`,
  expectedEnd: "ends",

  // The agenda
  now: "Now",
  after: "Next",
  agenda: "Agenda",
  planned: "Plan",
  expected: "Expected",
  item: "Item",
  itemLength: "Length",
  itemState: "State",
  hardStart: "Starts at its time, whatever runs before",
  goTo: "Go to",
  goToTitle: (title: string) => `Put “${title}” on air now`,
  itemIsOnAir: "This item is on air",
  nothingElse: "Nothing more to come",
  betweenItems: "Between items",
  phases: { before: "Not started", running: "Running", held: "On hold", ended: "Ended" },

  // The slate
  welcome: "Welcome",
  backSoon: "We continue in a moment",
  farewell: "Thank you for being with us",
  reconnecting: (name: string) => `The picture from ${name} will be back in a moment`,
  pictureComing: (name: string) => `The picture from ${name} is on its way`,
  nextUp: "Next",
  clockIn: (city: string) => `in ${city}`,

  // The connection
  lost: "Connection lost – reconnecting …",
  mediaInterrupted: "Picture and sound interrupted – reconnecting …",
  mediaRefused: (why: string) => `No picture and sound: ${why}`,
  connecting: "Connecting …",
  connected: "Connected",
  noLinkTitle: "You need a link of your own",
  noLink:
    "This page opens with the personal link you were sent. Open it from the message again, or ask the organiser.",
  badLinkTitle: "This link does not work",
  badLink: "This link has expired or is not complete. Ask the organiser for a new one.",
  serverSays: "The server says:",

  // Devices
  start: "Start",
  done: "Done",
  close: "Close",
  deviceButton: "Camera and sound",
  deviceTitle: "Camera, microphone, loudspeaker",
  deviceHint: "Choose once. This machine remembers it and comes back by itself.",
  camera: "Camera",
  microphone: "Microphone",
  speaker: "Loudspeaker",
  thisInput: "This machine feeds",
  standard: "System default",
  noCamera: "No camera",
  noMicrophone: "No microphone",
  unnamed: (n: number) => `Device ${n}`,
  processing: "Remove echo and noise",
  processingHint: "Off when a mixer is plugged in",
  opening: "Waiting for camera and microphone …",
  permissionHint: "Your browser will ask whether this page may use them. Please allow it.",
  level: "Level",
  levelHint: "Speak: the bar should move.",
  faults: {
    camera: {
      denied:
        "The camera is not permitted. Click the camera or lock symbol beside the address, allow it, and reload the page.",
      missing: "No camera was found. Plug one in; it is used as soon as it is there.",
      busy: "Another program is using the camera. Close it (Zoom, Teams, OBS …) and press Try again.",
      lost: "The camera was unplugged. Plug it in again; it comes back by itself.",
      insecure: "Browsers hand out cameras on secure pages only. Open this page with https://.",
      failed: "The camera could not be started. Choose another one, or press Try again.",
    },
    microphone: {
      denied:
        "The microphone is not permitted. Click the microphone or lock symbol beside the address, allow it, and reload the page.",
      missing: "No microphone was found. Plug one in; it is used as soon as it is there.",
      busy: "Another program is using the microphone. Close it and press Try again.",
      lost: "The microphone was unplugged. Plug it in again; it comes back by itself.",
      insecure: "Browsers hand out microphones on secure pages only. Open this page with https://.",
      failed: "The microphone could not be started. Choose another one, or press Try again.",
    },
  },
  tryAgain: "Try again",

  // Sound and screen
  tapForSound: "Tap for sound",
  soundOn: "Sound on",
  soundOff: "Sound off",
  fullScreen: "Full screen",

  // The room
  youSee: (name: string) => `You see ${name}`,
  youSeeReturn: (name: string) => `Return picture: ${name}`,

  // The desk
  startShow: "Start",
  startHint: "Puts the first item on air",
  back: "Back",
  backHint: "Puts the item before on air again",
  goOn: "Next",
  nextHint: "Key N",
  endShow: "End",
  hold: "Hold",
  holdHint: "Nothing goes on by itself until you press Resume",
  resume: "Resume",
  resumeHint: "Things go on by themselves again",
  minus: "−1 min",
  plus: "+1 min",
  take: "Take",
  takeHint: (name: string) => `Put ${name} on air now, until Release or the next item`,
  release: "Release",
  releaseHint: "Back to what the agenda says",
  taken: "Taken by hand",
  standIn: "Stand-in",
  sources: "Sources",
  programme: "Programme",
  whoIsThere: "Connected",
  nobody: "not connected",
  loss: "Packet loss",
  why: {
    offline: "Not possible while the connection is lost",
    notStarted: "The show has not started",
    started: "The show has started already",
    ended: "The show has ended",
    firstItem: "There is no item before this one",
    noItem: "No item is on air",
    absent: (name: string) => `${name} is not connected`,
    onAir: (name: string) => `${name} is on air already`,
  },
  notDone: "Not done",
  noAnswer: "The server did not answer. It may not have been done; look before you press again.",
  mark: (name: string) => `Mark ${name} as next: it gets ready, so that a cut to it is at once`,
  unmark: (name: string) => `${name} is marked as next; take the mark away`,
  keyHint: (key: string) => `Key ${key}`,
  takeMarked: (name: string) => `Key T puts ${name} on air`,
  since: (clock: string) => `since ${clock}`,

  // The links, for those who look after them
  links: "Lines",
  linksHint: "The figures of every line · Key L",
  destinations: "Destinations",
  columns: {
    trip: "Round trip",
    loss: "Loss",
    jitter: "Jitter",
    rate: "Bit rate",
    layer: "Picture",
    keyframes: "Keyframes",
    repairs: "Repairs",
    stalls: "Stalls",
    smaller: "Reduced",
    last: "Last",
  },
  columnHints: {
    trip: "How long a packet takes there and back; more than 300 ms disturbs conversation",
    loss: "Of the packets of the last second; repairs cope with up to 2 %",
    jitter: "How unevenly the packets come",
    rate: "Of picture and sound together",
    layer: "Which of the sizes that a room sends is in use",
    keyframes: "How often a picture to begin with was asked for",
    repairs: "Packets that were lost and sent again",
    stalls: "How often its picture stood still for more than 300 ms",
    smaller: "How often its line could carry the small picture only",
    last: "How long the last of these lasted",
  },
  lostInAll: (packets: string) => `${packets} packets since it connected`,
  layers: { h: "large", l: "small", "": "single" },

  // One's own line
  rehearsal: "Rehearsal",
  rehearsalHint: "The show's clock is not the world's",
  lineGood: "The line is good",
  lineFair: "The line is not good",
  linePoor: "The line is bad",
  line: {
    up: (percent: string) => `Your line loses ${percent} of the packets you send`,
    down: (percent: string) => `${percent} of the packets sent to you get lost`,
    trip: (seconds: string) => `Your line is slow: ${seconds} s there and back`,
    small: "Your line carries only the small picture at the moment",
  },
  lineRemedy: "Use a network cable rather than Wi-Fi, and close what else uses the line.",
  pictureMissing: (name: string) => `${name}'s picture does not arrive`,
  soundMissing: (name: string) => `${name}'s sound does not arrive`,
  ownPictureMissing: "Your picture does not arrive",
  ownSoundMissing: "Your sound does not arrive",
  remedies: {
    silent: "Check the network cable or Wi-Fi. It comes back by itself; if it does not, reload this page.",
    unreachable:
      "Check the network cable or Wi-Fi. It comes back by itself; if it does not, reload this page.",
    "no-keyframe": "Packets come, but no whole picture. Choose the camera again, or reload this page.",
  },

  // The guest
  checkTitle: (name: string) => `Hello ${name}`,
  checkHint: "Check your picture and sound. Then join: nobody sees or hears you until you are on air.",
  join: "Join",
  joinWithoutCamera: "Join without a camera",
  joinWithoutMicrophone: "Join without a microphone",
  joinWithNothing: "Join without camera and microphone",
  greenRoom: "Green room",
  youAreOnIn: "until you are on",
  youAreOnSoon: "You are on in a moment",
  youWereOn: "You are done. Thank you!",
  noTurn: "No item of the agenda names you; the moderator may still put you on air.",
  youAreOnAir: "You are on air",
  nobodyHears: "Nobody sees or hears you yet",
  mute: "Mute",
  unmute: "Unmute",
  muted: "You are muted",
};
