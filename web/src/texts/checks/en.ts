/** What is checked before an item goes on air, in English. */

import type { CheckDoc } from "../../wire";

export const checks = {
  label: "Checks of the next item",
  names: {
    connected: "connected",
    picture: "picture",
    sound: "sound",
    line: "line",
    microphone: "microphone",
    language: "language",
    interpreter: "interpreter",
    ready: "ready",
  } satisfies Record<CheckDoc["id"], string>,
  results: { ok: "in order", failed: "not in order", unknown: "cannot be told" } satisfies Record<
    CheckDoc["result"],
    string
  >,
  /** Why a check is not in order, in a few words. */
  reasons: {
    "not-connected": "not connected",
    "never-fed": "never connected",
    left: "has left",
    unreachable: "its network lets nothing through",
    joined: "has not arrived yet",
    waits: "waits for the desk to let them in",
    silent: "nothing arrives",
    "no-keyframe": "picture not decodable yet",
    "too-large": "its packets are too large for the network",
    recovering: "has only just come back",
    "no-picture": "no picture",
    none: "none connected",
    opening: "is being opened",
    "stand-in": "another device stands in",
    missing: "device missing",
    lost: "device unplugged",
    busy: "used by another program",
    denied: "not permitted",
    hung: "device does not answer",
    interrupted: "silenced by the system",
    insecure: "blocked: no https",
    failed: "device does not start",
    muted: "muted at source",
    "not-reported": "does not report its devices",
    "too-low": "too quiet",
    clipping: "distorted",
    hum: "hum",
    "no-sound": "no sound",
    "off-air": "microphone closed until then",
    "not-measured": "not measured",
    loss: "loses packets",
    delay: "long delay",
    "not-interpreted": "no booth understands it",
    "floor-differs": "the floor is set to another language",
    nobody: "nobody interprets",
    closed: "booth's microphone is off",
    "not-approved": "not seen and heard by the desk",
    flag: "calls the desk",
  } satisfies Record<NonNullable<CheckDoc["reason"]>, string>,
  /** One that is not in order: its name, of what, and why. */
  fault: (of: string, why: string) => (of ? `${of}: ${why}` : why),
  more: (count: number) => `${count} more`,
};

export type Checks = typeof checks;
