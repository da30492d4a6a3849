/** One further input: its picture and level, what it sends, and what is wrong with it. */

import { state } from "../../link/session";
import { isMicrophone } from "../../media/inputs/choice";
import type { FurtherInput } from "../../media/inputs/furtherinput";
import { type InputFacts, type InputPhase, noteOf, phaseOf } from "../../media/inputs/phase";
import { canShare } from "../../media/inputs/screen";
import { type DevicePick, NONE } from "../../media/picks";
import type { Light } from "../../show/light";
import { refusalText } from "../../show/refusals";
import { texts } from "../../texts";
import { Button } from "../button";
import { sentence } from "../devicenotes";
import { LipSync } from "../lipsync";
import { Meter } from "../meter";
import { Picker } from "../setup";
import { lightOf } from "../tally";
import { Video } from "../video";
import { lightWord } from "../words";

/** The choice "the sound of what is shared", beside the microphones. */
const SCREEN_SOUND = "screen";

function factsOf(input: FurtherInput): InputFacts {
  const { kind, camera, sound, started } = input.choice.value;
  return {
    kind,
    hasCamera: camera !== null,
    started,
    running: input.running.value,
    screen: input.screen.status.value,
    isSilent: sound === "screen" && input.screen.track.value !== null && input.screen.sound.value === null,
    camera: input.camera.status.value,
    conflict: input.conflict.value,
    connected: input.call.phase.value === "connected",
    canShare: canShare(navigator.mediaDevices),
  };
}

export function nameOf(input: FurtherInput): string {
  return state.value?.sources[input.source]?.name ?? input.source;
}

/** What an input does, and its tally while it is sent: the word for both, and their class. */
export function signOf(input: FurtherInput): { phase: InputPhase; light: Light; word: string } {
  const phase = phaseOf(factsOf(input));
  const light = phase === "sending" ? lightOf([input.source]) : "off";
  const word = light === "off" ? texts.value.inputs.states[phase] : lightWord(light);
  return { phase, light, word };
}

/** What is wrong or to be known, in a sentence; empty while there is nothing. */
export function noteText(input: FurtherInput): string {
  const t = texts.value;
  const note = noteOf(factsOf(input));
  if (note !== null) return t.inputs[note];
  const { kind, camera, sound } = input.choice.value;
  const problem = input.running.value ? input.call.problem.value : null;
  if (problem) return refusalText(problem, t.refusals).text;
  if (!input.running.value) return "";
  return (
    (kind === "camera" && sentence(t, input.camera, camera?.label ?? "")) ||
    (isMicrophone(sound) && sentence(t, input.microphone, sound.label)) ||
    ""
  );
}

export function InputCard({ input }: { input: FurtherInput }) {
  const { kind, sound } = input.choice.value;
  const note = noteText(input);
  const { phase, light, word } = signOf(input);
  return (
    <section
      class="input-card"
      data-testid={`input-${input.source}`}
      data-phase={phase}
      aria-label={nameOf(input)}
    >
      <h2>
        {nameOf(input)} <span class={`input-sign ${phase} ${light}`}>{word}</span>
      </h2>
      <div class="input-picture">
        <Video track={input.picture.value} testid={`input-preview-${input.source}`} />
        {sound !== "none" && input.sound.value && <Meter loudness={input.sounds.loudness} />}
      </div>
      <div class="input-choices">
        {!input.running.value && <Contents input={input} />}
        {kind === "camera" && <CameraPicker input={input} />}
        <SoundPicker input={input} />
        {kind === "camera" && isMicrophone(sound) && (
          <LipSync
            camera={input.picture.value}
            microphone={input.sound.value}
            closedHint={texts.value.inputs.clapNeedsBoth}
            soundDelay={input.soundDelay.value}
            setDelay={(soundDelay) => input.choose({ soundDelay })}
          />
        )}
        {note && (
          <p
            class={phase === "faulty" ? "trouble" : "muted"}
            role={phase === "faulty" ? "alert" : undefined}
            data-testid={`input-note-${input.source}`}
          >
            {note}
          </p>
        )}
        <Switch input={input} />
      </div>
    </section>
  );
}

function Contents({ input }: { input: FurtherInput }) {
  const t = texts.value.inputs;
  return (
    <label class="field">
      <span>{t.content}</span>
      <select
        data-testid={`input-content-${input.source}`}
        value={input.choice.value.kind}
        onChange={(event) =>
          input.choose({ kind: event.currentTarget.value === "camera" ? "camera" : "screen", started: false })
        }
      >
        <option value="screen">{t.contents.screen}</option>
        <option value="camera">{t.contents.camera}</option>
      </select>
    </label>
  );
}

function CameraPicker({ input }: { input: FurtherInput }) {
  const t = texts.value;
  return (
    <Picker
      label={t.camera}
      testid={`input-camera-${input.source}`}
      picks={input.camera.devices.value}
      chosen={input.choice.value.camera}
      unset={t.inputs.choose}
      choose={(camera) => input.choose({ camera })}
    />
  );
}

function SoundPicker({ input }: { input: FurtherInput }) {
  const t = texts.value.inputs;
  const { kind, sound } = input.choice.value;
  const chosen: DevicePick | null = isMicrophone(sound)
    ? sound
    : sound === "screen"
      ? { id: SCREEN_SOUND, label: t.screenSound }
      : null;
  const screen = { id: SCREEN_SOUND, label: t.screenSound, group: "" };
  const microphones = input.microphone.devices.value ?? [];
  const choose = (pick: DevicePick | null): void => {
    if (pick === null || pick.id === NONE) input.choose({ sound: "none" });
    else if (pick.id === SCREEN_SOUND) input.choose({ sound: "screen" });
    else input.choose({ sound: { id: pick.id, label: pick.label } });
  };
  return (
    <Picker
      label={t.sound}
      testid={`input-sound-${input.source}`}
      picks={kind === "screen" ? [screen, ...microphones] : microphones}
      chosen={chosen}
      unset={t.noSound}
      choose={choose}
    />
  );
}

/** Start, stop, or share again. */
function Switch({ input }: { input: FurtherInput }) {
  const t = texts.value.inputs;
  const { kind, camera, started } = input.choice.value;
  if (input.running.value)
    return (
      <Button testid={`input-stop-${input.source}`} press={() => input.stop()}>
        {t.stop}
      </Button>
    );
  const isScreen = kind === "screen";
  const blocked = isScreen
    ? canShare(navigator.mediaDevices)
      ? null
      : t.unsupported
    : camera === null
      ? t.chooseCamera
      : null;
  const words = isScreen ? (started ? t.shareAgain : t.share) : t.start;
  return (
    <Button
      testid={`input-start-${input.source}`}
      class="primary"
      blocked={blocked}
      press={() => void input.start()}
    >
      {words}
    </Button>
  );
}
