/** What a guest's page has checked before the turn, each from what it measures or is sent. Pure. */

import type { DevicesDoc } from "../../wire";
import type { Grade } from "../quality";

export type CheckId = "camera" | "microphone" | "headphones" | "line" | "desk";
/** `open`: not known yet, or still to be done. */
export type CheckState = "ok" | "open" | "bad";
export type CheckWord =
  | "cameraWorks"
  | "noCamera"
  | "heard"
  | "notHeard"
  | "muted"
  | "noMicrophone"
  | "headphonesOn"
  | "headphonesUnknown"
  | "echo"
  | "lineGood"
  | "lineChecking"
  | "linePoor"
  | "lineBad"
  | "approved"
  | "notApproved";

export interface Check {
  id: CheckId;
  state: CheckState;
  word: CheckWord;
}

export interface Findings {
  devices: Pick<DevicesDoc, "camera" | "microphone" | "muted">;
  /** The open microphone has given a level of speech since it was opened. */
  heard: boolean;
  /** The names of the devices in use; empty if unknown. */
  labels: readonly string[];
  /** The microphone returns the sound of others. */
  echoes: boolean;
  /** Null while it is measured. */
  line: Grade | null;
  approved: boolean;
}

/** A level that only speech near the microphone reaches, in LUFS: far above the noise of a room. */
export const HEARD_LUFS = -45;

/** Words of names of headphones and headsets, in the three languages of the pages. */
const HEADPHONES =
  /head(phone|set)|ear(phone|bud|pod|piece)|air ?pods|\bbuds\b|hands-?free|kopfhörer|ohrhörer|ヘッド|イヤ/i;
const SENDS: readonly string[] = ["works", "stand-in"];

export function checksOf({ devices, heard, labels, echoes, line, approved }: Findings): readonly Check[] {
  return [
    SENDS.includes(devices.camera)
      ? { id: "camera", state: "ok", word: "cameraWorks" }
      : { id: "camera", state: devices.camera === "opening" ? "open" : "bad", word: "noCamera" },
    microphone(devices, heard),
    headphones(labels, echoes),
    ofLine(line),
    { id: "desk", state: approved ? "ok" : "open", word: approved ? "approved" : "notApproved" },
  ];
}

function microphone({ microphone: status, muted }: Findings["devices"], heard: boolean): Check {
  const id = "microphone";
  if (!SENDS.includes(status))
    return { id, state: status === "opening" ? "open" : "bad", word: "noMicrophone" };
  if (muted) return { id, state: "bad", word: "muted" };
  return heard ? { id, state: "ok", word: "heard" } : { id, state: "open", word: "notHeard" };
}

/** Only their name shows that there are headphones: a plug in the same socket as the loudspeaker has none. */
function headphones(labels: readonly string[], echoes: boolean): Check {
  const id = "headphones";
  if (echoes) return { id, state: "bad", word: "echo" };
  return labels.some((label) => HEADPHONES.test(label))
    ? { id, state: "ok", word: "headphonesOn" }
    : { id, state: "open", word: "headphonesUnknown" };
}

function ofLine(line: Grade | null): Check {
  const id = "line";
  switch (line) {
    case null:
      return { id, state: "open", word: "lineChecking" };
    case "good":
      return { id, state: "ok", word: "lineGood" };
    case "warn":
      return { id, state: "bad", word: "linePoor" };
    case "danger":
      return { id, state: "bad", word: "lineBad" };
  }
}
