/**
 * The keys of the interpreters' page.
 *
 * Single letters and figures, which no browser uses by themselves. Space and Enter press the button in focus, as
 * everywhere.
 */

import { useEffect } from "preact/hooks";
import { plainKey } from "../../parts/plainkey";

/** `cough` is held down. */
export type KeyName =
  | "switch"
  | "cough"
  | "handover"
  | "later"
  | "channelA"
  | "channelB"
  | "auto"
  | "slower"
  | "louder"
  | "repeat"
  | "floor"
  | "volumeUp"
  | "volumeDown"
  | "partnerUp"
  | "partnerDown"
  | "flag"
  | "read"
  | "keys";

/** What is written on each key. */
export const KEYS: Readonly<Record<KeyName, string>> = {
  switch: "M",
  cough: "C",
  handover: "H",
  later: "Esc",
  channelA: "A",
  channelB: "B",
  auto: "0",
  slower: "1",
  louder: "2",
  repeat: "3",
  floor: "L",
  volumeUp: "↑",
  volumeDown: "↓",
  partnerUp: "→",
  partnerDown: "←",
  flag: "D",
  read: "R",
  keys: "?",
};

const BY_KEY: Readonly<Record<string, KeyName>> = {
  m: "switch",
  c: "cough",
  h: "handover",
  escape: "later",
  a: "channelA",
  b: "channelB",
  "0": "auto",
  "1": "slower",
  "2": "louder",
  "3": "repeat",
  l: "floor",
  arrowup: "volumeUp",
  arrowdown: "volumeDown",
  arrowright: "partnerUp",
  arrowleft: "partnerDown",
  d: "flag",
  r: "read",
  "?": "keys",
};

/** The parts of a keyboard event that decide. */
export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a key does here; null: nothing. `isTyping`: it goes into a field. Pure. */
export function keyOf({ key, code, ctrlKey, metaKey, altKey }: Pressed, isTyping: boolean): KeyName | null {
  if (ctrlKey || metaKey || altKey || isTyping) return null;
  return BY_KEY[plainKey({ key, code })] ?? null;
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input:not([type='range']), textarea") !== null;
}

/** Whether arrows move the thing in focus. Letters do not: a slider or a list that was used last keeps the focus. */
function usesArrows(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, select, section[tabindex='0']") !== null;
}

export type Presses = Readonly<Record<Exclude<KeyName, "cough">, () => void>>;

/**
 * Call these while the component is mounted. The cough key is held only while the page knows that it is: it is released
 * by its key-up, and also when the window loses the focus or is hidden, since the key-up then goes elsewhere.
 */
export function useBoothKeys(presses: Presses, cough: (held: boolean) => void): void {
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      const name = keyOf(event, isText(event.target));
      const isArrow = event.key.startsWith("Arrow");
      if (name === null || (isArrow && usesArrows(event.target))) return;
      event.preventDefault(); // a list in focus would jump to the letter, and the page would scroll
      if (name === "cough") cough(true);
      else if (!event.repeat || isArrow) presses[name]();
    };
    const up = (event: KeyboardEvent): void => {
      // While a command key is down, macOS does not report the key-up of a letter.
      if (["meta", "control", "alt"].includes(event.key.toLowerCase())) cough(false);
      else if (keyOf({ ...pick(event), ctrlKey: false, metaKey: false, altKey: false }, false) === "cough")
        cough(false);
    };
    const away = (): void => cough(false);
    const hidden = (): void => {
      if (document.hidden) cough(false);
    };
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    addEventListener("blur", away);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      removeEventListener("blur", away);
      document.removeEventListener("visibilitychange", hidden);
      cough(false);
    };
  }, [presses, cough]);
}

function pick({ key, code, ctrlKey, metaKey, altKey }: KeyboardEvent): Pressed {
  return { key, code, ctrlKey, metaKey, altKey };
}
