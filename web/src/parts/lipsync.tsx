/** The delay of an input's sound behind a slow camera, and the clap test that finds it. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { DELAY_STEP_MS, delayFor, MAX_DELAY_MS } from "../media/lipsync/clap";
import { awaitClap, type Clap, type Picture } from "../media/lipsync/claptest";
import { texts } from "../texts";
import { Button } from "./button";
import { said } from "./said";
import { Video } from "./video";

/** What the test says now. */
type Stage = { kind: "idle" | "waits" | "nothing" | "late" | "set" } | { kind: "choose"; clap: Clap };

interface Properties {
  /** As they are captured; null while closed. */
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
  /** What opens them, where they are closed. */
  closedHint: string;
  soundDelay: number;
  setDelay: (soundDelay: number) => void;
}

export function LipSync({ camera, microphone, closedHint, soundDelay, setDelay }: Properties) {
  const t = texts.value.sound.lipSync;
  const stage = useSignal<Stage>({ kind: "idle" });
  const isOpen = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const test = async (): Promise<void> => {
    const video = box.current?.querySelector("video");
    if (!video || !microphone) return;
    running.current = new AbortController();
    stage.value = { kind: "waits" };
    const clap = await awaitClap(video, microphone, running.current.signal);
    if (running.current.signal.aborted) return;
    stage.value = clap && clap.pictures.length > 0 ? { kind: "choose", clap } : { kind: "nothing" };
  };
  // Closed, it shows no camera to take pictures of.
  const toggled = (open: boolean): void => {
    isOpen.value = open;
    if (open) return;
    running.current?.abort();
    stage.value = { kind: "idle" };
  };
  const choose = (clap: Clap, picture: Picture): void => {
    const delay = delayFor(clap.at, picture.at);
    stage.value = { kind: delay < 0 ? "late" : "set" };
    setDelay(Math.max(0, delay));
  };
  const { kind } = stage.value;
  const isReady = camera !== null && microphone !== null;
  return (
    <details class="lip-sync" data-testid="lip-sync" onToggle={(event) => toggled(event.currentTarget.open)}>
      <summary>
        {t.title} <span class="muted tabular">{t.delay(soundDelay)}</span>
      </summary>
      <label class="field">
        <span>{t.label}</span>
        <input
          type="range"
          data-testid="sound-delay"
          min={0}
          max={MAX_DELAY_MS}
          step={DELAY_STEP_MS}
          value={soundDelay}
          aria-valuetext={t.delay(soundDelay)}
          onInput={(event) => setDelay(Number(event.currentTarget.value))}
        />
      </label>
      <div class="lip-sync-test" ref={box}>
        {isOpen.value && <Video track={camera} testid="clap-preview" />}
        <Button
          testid="clap-button"
          press={() => void test()}
          blocked={isReady ? (kind === "waits" ? t.clapNow : null) : closedHint}
        >
          {kind === "waits" ? t.clapNow : t.test}
        </Button>
        <p class="muted" data-testid="clap-note" data-stage={kind} {...said}>
          {kind === "choose" ? t.choose : kind === "set" ? t.set(soundDelay) : t[kind]}
        </p>
        {!isReady && <p class="muted">{closedHint}</p>}
      </div>
      {stage.value.kind === "choose" && <Pictures clap={stage.value.clap} choose={choose} />}
    </details>
  );
}

interface PicturesProperties {
  clap: Clap;
  choose: (clap: Clap, picture: Picture) => void;
}

function Pictures({ clap, choose }: PicturesProperties) {
  const t = texts.value.sound.lipSync;
  return (
    <div class="lip-sync-pictures" data-testid="clap-pictures">
      {clap.pictures.map((picture) => {
        const delay = delayFor(clap.at, picture.at);
        return (
          <Button
            key={picture.at}
            testid="clap-picture"
            label={t.picture(delay)}
            press={() => choose(clap, picture)}
          >
            <span ref={(place) => place?.replaceChildren(picture.canvas)} />
            <small class="tabular">{t.delay(delay)}</small>
          </Button>
        );
      })}
    </div>
  );
}
