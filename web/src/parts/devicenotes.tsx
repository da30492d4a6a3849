/** Notes on device faults: the fault, the stand-in and the remedy. */

import type { Input } from "../media/input";
import type { PageMedia } from "../media/pagemedia";
import type { InputStatus, Kind } from "../media/picks";
import { type SystemBlock, systemOf } from "../media/systemblock";
import { type Texts, texts } from "../texts";
import { Button } from "./button";
import { WhereToClick } from "./entry/wheretoclick";
import { saidAtOnce } from "./said";
import { EchoNote, ownSoundFault, returnsEcho, SoundNote } from "./soundnotes";

/** Faults for which trying again may help. */
const WORTH_RETRYING: readonly InputStatus[] = ["busy", "failed", "denied", "hung", "interrupted"];

/** All notes on this page's devices; empty while all is well. */
export function DeviceNotes({ media }: { media: PageMedia }) {
  return (
    <div class="device-notes" data-testid="device-notes">
      <Trouble media={media} kind="camera" />
      <Trouble media={media} kind="microphone" />
      <SoundNote media={media} />
      <EchoNote media={media} />
      <SpeakerTrouble media={media} />
      <OutputTrouble media={media} />
    </div>
  );
}

/** Whether there is any note. */
export function hasTrouble(media: PageMedia): boolean {
  const { devices } = media;
  const outputs = [devices.speaker, devices.interpretation, devices.headphones];
  return (
    [devices.camera, devices.microphone].some(isTroubled) ||
    outputs.some(({ away }) => away.value !== null) ||
    ownSoundFault(media, false) !== null ||
    returnsEcho(media)
  );
}

function isTroubled(input: Input): boolean {
  const status = input.status.value;
  return input.fault.value !== null || status === "stand-in" || status === "interrupted";
}

export function Trouble({ media, kind }: { media: PageMedia; kind: Kind }) {
  const t = texts.value;
  const { devices } = media;
  const input = devices[kind];
  const status = input.status.value;
  if (!isTroubled(input)) return null;
  const standIn = input.offer.value;
  const bySystem = blockOf(input);
  // Once for both.
  const isExplained =
    kind === "microphone" &&
    (devices.camera.status.value === "denied" || bySystem !== null) &&
    blockOf(devices.camera) === bySystem;
  return (
    <div class="trouble" {...saidAtOnce} data-testid={`${kind}-fault`} data-fault={status}>
      <p>
        {devices.isWithoutDevices
          ? t.entry.blocked.noDevices
          : sentence(t, input, devices.choice.value[kind]?.label ?? "")}
      </p>
      {bySystem === "possible" && <p>{t.entry.blocked.system.maybe}</p>}
      {bySystem !== null
        ? !isExplained && <WhereInSystem />
        : status === "denied" && !isExplained && <WhereToClick />}
      {standIn && (
        <Button testid={`${kind}-meanwhile`} press={() => void input.useMeanwhile()}>
          {t.useMeanwhile(standIn.label)}
        </Button>
      )}
      {WORTH_RETRYING.includes(status) && (
        <Button testid={`${kind}-again`} press={() => void devices.again(kind)}>
          {t.tryAgain}
        </Button>
      )}
    </div>
  );
}

/** Whether the system keeps the device from the browser, while it is faulty. */
function blockOf(input: Input): SystemBlock {
  return input.fault.value === null ? null : input.blockedBySystem.value;
}

/** The switch for it in the system's settings. */
function WhereInSystem() {
  const system = systemOf(navigator.userAgent);
  return <p data-testid="where-in-system">{texts.value.entry.blocked.system.where[system]}</p>;
}

/** What is wrong with a camera or microphone, and the remedy; empty while all is well. */
export function sentence(t: Texts, input: Input, chosen: string): string {
  const { kind } = input;
  const status = input.status.value;
  const other = input.track.value?.label ?? "";
  if (blockOf(input) === "certain") return t.entry.blocked.system[kind];
  if (status === "interrupted") return t.interrupted[kind];
  if (status === "stand-in") return input.isUnclear.value ? t.severalOf(chosen) : t.standsIn(chosen, other);
  if (status === "works" || status === "none" || status === "opening") return "";
  if (input.isUnclear.value) return t.severalOf(chosen);
  if (chosen && (status === "missing" || status === "lost")) return t.awayFault[kind](chosen);
  return t.faults[kind][status];
}

/** The note that the chosen loudspeaker is missing. */
export function SpeakerTrouble({ media }: { media: PageMedia }) {
  const away = media.devices.speaker.away.value;
  if (!away) return null;
  return (
    <div class="trouble" {...saidAtOnce} data-testid="speaker-fault">
      <p>{texts.value.speakerAway(away.label)}</p>
    </div>
  );
}

/** The notes that the outputs for interpretation or talkback are missing. */
function OutputTrouble({ media: { devices } }: { media: PageMedia }) {
  const away = [devices.interpretation.away.value, devices.headphones.away.value];
  return (
    <>
      {away.map(
        (pick) =>
          pick && (
            <div key={pick.id} class="trouble" {...saidAtOnce}>
              <p>{texts.value.outputs.away(pick.label)}</p>
            </div>
          ),
      )}
    </>
  );
}
