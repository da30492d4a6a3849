/** What only a guest's page says: when the turn comes, what is checked before it, and the way out. */

import type { CheckId } from "../../show/guest/checks";

export const guest = {
  /** The item before the turn, and the place that it comes from; empty if unknown. */
  after: (title: string, place: string) => `after “${title}”${place ? ` (${place})` : ""}`,
  untilAgain: "until you are on again",
  timeUnknown: "Nobody knows the time yet. This page tells you a minute before.",
  soon: "Get ready: on in a moment",
  soonIn: "until you are on",
  anyMoment: "at any moment",
  camera: { on: "Camera on", off: "Camera is off!" },
  microphone: { on: "Microphone on", off: "Microphone is off!" },
  lookHere: "Look here",
  lookAtCamera: "Look into the camera",
  /** Beside the countdown in the tab's title. */
  title: { soon: "You are on in", now: "Get ready", onAir: "ON AIR", overtime: "TIME IS UP" },
  overtime: "Your time is up",
  overtimeBy: "over time. Please finish now.",
  over: "The event is over. Thank you for being ready.",
  stay: "Stay if you like: you see and hear the programme, and nobody hears you.",
  leave: "Leave",
  left: "Goodbye, and thank you",
  leftHint: "Camera and microphone are off. You may close this window now.",
  comeBack: "Come back",
  /** The checks in the green room. */
  checks: {
    title: "Ready?",
    names: {
      camera: "Camera",
      microphone: "Microphone",
      headphones: "Headphones",
      line: "Connection",
      desk: "Moderators",
    } satisfies Record<CheckId, string>,
    cameraWorks: "sends a picture",
    noCamera: "no picture",
    heard: "heard",
    notHeard: "say something",
    muted: "muted",
    noMicrophone: "no sound",
    headphonesOn: "connected",
    headphonesUnknown: "best with them",
    echo: "the hall hears itself: put on headphones",
    lineGood: "good",
    lineChecking: "being measured",
    linePoor: "weak",
    lineBad: "nothing gets through",
    notApproved: "have not checked you yet",
    approved: (clock: string) => `have seen and heard you · ${clock}`,
  },
  flip: "Flip camera",
  listen: { volume: "Volume of the programme", off: "Programme sound off", on: "Programme sound on" },
};
