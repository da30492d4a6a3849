/** Choosing camera, microphone and loudspeaker, with a look in the mirror and what to do when something is missing. */

import type { ComponentChildren } from "preact";
import { state } from "../link/session";
import { type Choice, type Fault, type Kind, NONE, type Pick } from "../media/devices";
import type { Studio } from "../media/studio";
import { texts } from "../texts";
import { Meter } from "./meter";
import { Video } from "./video";

/** The person's own picture with the level of their microphone; where one is missing, what to do about it. */
export function Mirror({ studio, testid, explain = false, mirrored = false, children }: MirrorProperties) {
  const { tracks, faults } = studio.devices;
  const t = texts.value;
  const camera = faults.camera.value;
  const microphone = faults.microphone.value;
  return (
    <div class="mirror">
      <div class="mirror-picture">
        <Video track={tracks.camera.value} testid={testid} mirrored={mirrored} />
        {!tracks.camera.value && (
          <div class="absent">{camera && explain ? t.faults.camera[camera] : t.noCamera}</div>
        )}
        {children}
        {microphone && explain && !camera && <div class="mirror-note">{t.faults.microphone[microphone]}</div>}
      </div>
      <Meter track={tracks.microphone.value} muted={studio.muted.value} />
    </div>
  );
}

interface MirrorProperties {
  studio: Studio;
  testid: string;
  /** Faults are not explained beside it, so do it here. */
  explain?: boolean;
  /** As in a mirror, for people who look at themselves; a hall's camera is shown as it sees. */
  mirrored?: boolean;
  /** What lies over the picture. */
  children?: ComponentChildren;
}

export function DeviceChoice({ studio }: { studio: Studio }) {
  const { devices } = studio;
  const t = texts.value;
  const { camera, microphone, speaker, processing } = devices.choice.value;
  const choose = (part: Partial<Choice>) => void devices.choose(part);
  return (
    <div class="devices">
      <Inputs studio={studio} />
      <Picker
        label={t.camera}
        testid="camera-select"
        picks={devices.cameras.value}
        chosen={camera}
        none={t.noCamera}
        choose={(pick) => choose({ camera: pick })}
      />
      <Trouble studio={studio} kind="camera" />
      <Picker
        label={t.microphone}
        testid="microphone-select"
        picks={devices.microphones.value}
        chosen={microphone}
        none={t.noMicrophone}
        choose={(pick) => choose({ microphone: pick })}
      />
      <Trouble studio={studio} kind="microphone" />
      {"setSinkId" in HTMLMediaElement.prototype && (
        <Picker
          label={t.speaker}
          testid="speaker-select"
          picks={devices.speakers.value}
          chosen={speaker}
          choose={(pick) => choose({ speaker: pick })}
        />
      )}
      <label class="check">
        <input
          type="checkbox"
          data-testid="processing-check"
          checked={processing}
          onChange={(event) => choose({ processing: event.currentTarget.checked })}
        />
        <span>
          {t.processing} <span class="muted">{t.processingHint}</span>
        </span>
      </label>
    </div>
  );
}

/** Which input of the hall this machine is, where a hall has several. */
function Inputs({ studio }: { studio: Studio }) {
  const sources = state.value?.event.places.find((p) =>
    p.sources.includes(studio.source.value ?? ""),
  )?.sources;
  if (!sources || sources.length < 2) return null;
  return (
    <label class="field">
      <span>{texts.value.thisInput}</span>
      <select
        data-testid="input-select"
        value={studio.source.value ?? ""}
        onChange={(event) => studio.feed(event.currentTarget.value)}
      >
        {sources.map((source) => (
          <option key={source} value={source}>
            {state.value?.sources[source]?.name ?? source}
          </option>
        ))}
      </select>
    </label>
  );
}

interface PickerProperties {
  label: string;
  testid: string;
  picks: readonly Pick[];
  chosen: Pick | null;
  /** The words for choosing none, where that can be. */
  none?: string;
  choose: (pick: Pick | null) => void;
}

function Picker({ label, testid, picks, chosen, none, choose }: PickerProperties) {
  const t = texts.value;
  const pick = (id: string): Pick | null =>
    id === "" ? null : (picks.find((p) => p.id === id) ?? { id: NONE, label: "" });
  return (
    <label class="field">
      <span>{label}</span>
      <select
        data-testid={testid}
        value={chosen?.id ?? ""}
        onChange={(event) => choose(pick(event.currentTarget.value))}
      >
        <option value="">{t.standard}</option>
        {picks.map((p, n) => (
          <option key={p.id} value={p.id}>
            {p.label || t.unnamed(n + 1)}
          </option>
        ))}
        {none !== undefined && <option value={NONE}>{none}</option>}
      </select>
    </label>
  );
}

/** What keeps a device away and what to do about it. */
export function Trouble({ studio, kind }: { studio: Studio; kind: Kind }) {
  const fault: Fault | null = studio.devices.faults[kind].value;
  if (!fault) return null;
  const t = texts.value;
  const again = fault === "busy" || fault === "failed" || fault === "denied";
  return (
    <div class="trouble" role="alert" data-testid={`${kind}-fault`} data-fault={fault}>
      <p>{t.faults[kind][fault]}</p>
      {again && (
        <button type="button" onClick={() => void studio.devices.open()}>
          {t.tryAgain}
        </button>
      )}
    </div>
  );
}
