/** The audio contexts of this page. Browsers start them only after a user gesture, and may stop them. */

import { signal } from "@preact/signals";

/** A context that does not run by then waits for a user gesture, as far as it may be started at all. */
const START_TIMEOUT_MS = 500;

/** The browser plays no sound before a user gesture. */
export const isAutoplayBlocked = signal(false);

/** Each with whether people hear it. */
const contexts = new Map<AudioContext, boolean>();

/** A new context, which `resumeAudio` resumes. `isHeard`: people miss something while it does not run. */
export function openContext(isHeard: boolean): AudioContext {
  const context = new AudioContext({ latencyHint: "interactive" });
  contexts.set(context, isHeard);
  // iOS stops a context for a phone call, and says so only by its state.
  context.addEventListener("statechange", () => context.state !== "closed" && void context.resume());
  void context.resume();
  if (isHeard) askForGesture(context);
  return context;
}

/** Whether the context runs, at the latest when it has had time to start. */
export async function hasStarted(context: AudioContext): Promise<boolean> {
  if (context.state !== "running")
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, START_TIMEOUT_MS);
      context.resume().then(
        () => {
          clearTimeout(timer);
          resolve();
        },
        () => undefined, // closed meanwhile
      );
    });
  return context.state === "running";
}

/** People miss something while this context does not run: ask for a user gesture if it does not start soon. */
export function askForGesture(context: AudioContext): void {
  setTimeout(() => {
    if (context.state !== "running" && contexts.has(context)) isAutoplayBlocked.value = true;
  }, START_TIMEOUT_MS);
}

/** Sound of a track in `context`; null where the browser cannot, as Firefox for a microphone of another sample rate. */
export function sourceOf(context: AudioContext, track: MediaStreamTrack): MediaStreamAudioSourceNode | null {
  try {
    return context.createMediaStreamSource(new MediaStream([track]));
  } catch {
    return null;
  }
}

let capture: AudioContext | null = null;

/** The one context for all that is done with this page's own microphone: measuring and delaying it. */
export function captureContext(): AudioContext {
  capture ??= openContext(false);
  return capture;
}

export function closeContext(context: AudioContext): void {
  contexts.delete(context);
  void context.close();
}

/** Resume the contexts that the system has stopped, as for a telephone call; ask for a gesture if that is not enough. */
export function resumeStopped(): void {
  for (const [context, isHeard] of contexts) {
    if (context.state === "running") continue;
    void context.resume();
    if (isHeard) askForGesture(context);
  }
}

/** Resume all contexts. Call in a user gesture. */
export function resumeAudio(): void {
  isAutoplayBlocked.value = false;
  for (const context of contexts.keys()) void context.resume();
}
