/**
 * The seam between the technician's window and the hall screen that it opens: plain types, and the audience's part of
 * the state. Pure.
 *
 * Both are windows of one origin, so one calls the other and gives it its tracks: the screen downloads nothing, and its
 * picture is in step with the sound of the technician's window.
 */

import type { Call } from "../media/call";
import type { Language } from "../texts";
import type { State, Welcome } from "../wire";
import type { DisplayMark } from "./displays";

/** What the screen shows. */
export interface HallFeed {
  /** Without what is only for the crew. */
  state: State;
  welcome: Welcome;
  known: boolean;
  language: Language;
  /** The channel that the hall plays; null: the floor. */
  channel: string | null;
  speaking: ReadonlySet<string>;
  tracks: ReadonlyMap<string, MediaStreamTrack>;
  receives: ReadonlySet<string>;
  phase: Call["phase"]["value"];
}

/** The screen, as the technician's window sees it. */
export interface HallScreen {
  readonly window: Window;
  show(feed: HallFeed): void;
}

/** The technician's window, as the screen sees it. */
export interface Hall {
  /** From now on the screen is shown each change. */
  attach(screen: HallScreen): void;
  detach(screen: HallScreen): void;
  /** Where the screen is: whether it fills its display, and which one that is, where the browser says so. */
  report(isFull: boolean, display: DisplayMark | null): void;
  /** The show's time, in milliseconds since 1970. */
  time(): number;
}

/** The message that makes the screen fill its display. It carries the right to, from a press in the other window. */
export const FILL = "schalte-fill-display";

/** The state without what is only for the crew: the screen could not show it even by mistake. */
export function audiencePart(state: State): State {
  return {
    ...state,
    event: { ...state.event, contact: "" },
    items: state.items.map((item) => ({ ...item, notes: "" })),
    messages: {},
    cues: {},
    flags: {},
    talks: {},
    waiting: {},
    takeovers: {},
    server: { warnings: [], sheds: state.server.sheds },
  };
}
