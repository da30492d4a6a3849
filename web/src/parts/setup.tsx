/** The choice of camera, microphone and loudspeaker, with a preview. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { state, welcome } from "../link/session";
import type { Choice } from "../media/choice";
import type { Input } from "../media/input";
import type { PageMedia } from "../media/pagemedia";
import { type Device, type DevicePick, type Kind, match, NONE } from "../media/picks";
import { texts } from "../texts";
import { Button } from "./button";
import { SpeakerTrouble, Trouble } from "./devicenotes";
import { Presets } from "./entry/presets";
import { ToneTest } from "./entry/tonetest";
import { InAppNote } from "./entry/wheretoclick";
import { PathState } from "./linepath";
import { Meter } from "./meter";
import { SoundNote } from "./soundnotes";
import { Video } from "./video";

/** The page's own picture with the level of its microphone. */
export function Mirror({ media, testid, mirrored = false, children }: MirrorProperties) {
  const { tracks } = media.devices;
  const isSlow = media.load.given.value.includes("preview");
  return (
    <div class="mirror">
      <div class="mirror-picture">
        <Video track={tracks.camera.value} testid={testid} mirrored={mirrored} slow={isSlow} />
        {!tracks.camera.value && <div class="absent">{texts.value.noCamera}</div>}
        {children}
      </div>
      <Meter loudness={media.sounds.loudness} />
    </div>
  );
}

interface MirrorProperties {
  media: PageMedia;
  testid: string;
  /** Mirrored, for people who look at themselves; a hall's camera is not. */
  mirrored?: boolean;
  /** Laid over the picture. */
  children?: ComponentChildren;
}

/** A person who had joined before a reload is back at once; for others the devices open where that is permitted. */
export function useReentry(media: PageMedia): void {
  useEffect(() => {
    if (!media.joinedBefore) {
      void media.devices.openIfPermitted();
      return;
    }
    void media.devices.open();
    media.enter();
  }, [media]);
}

interface AskProperties {
  media: PageMedia;
  hint: string;
  /** The page's own words for it; those for camera and microphone by default. */
  words?: Record<"permissionHint" | "opening" | "allow", string>;
}

/** Before permission: what the browser will ask, and the button that lets it ask. */
export function Ask({ media, hint, words: t = texts.value }: AskProperties) {
  const { devices } = media;
  const isAsking = devices.isAsking.value;
  return (
    <>
      <InAppNote />
      <p>{isAsking ? t.permissionHint : hint}</p>
      <Button
        testid="allow-button"
        class="primary big"
        blocked={isAsking ? t.opening : null}
        press={() => void devices.open()}
      >
        {isAsking ? t.opening : t.allow}
      </Button>
      <PathState media={media} />
    </>
  );
}

/** `showsPath`: the network path below the choices, where the page does not show it elsewhere. */
export function DeviceChoice({ media, showsPath = true }: { media: PageMedia; showsPath?: boolean }) {
  const { devices } = media;
  const t = texts.value;
  const { speaker } = devices.choice.value;
  const choose = (part: Partial<Choice>) => void devices.choose(part);
  const input = (kind: Kind, none: string) => (
    <>
      <Picker
        label={t[kind]}
        testid={`${kind}-select`}
        picks={devices[kind].devices.value}
        chosen={devices.choice.value[kind]}
        used={devices[kind]}
        none={none}
        choose={(pick) => choose({ [kind]: pick })}
      />
      <Trouble media={media} kind={kind} />
    </>
  );
  return (
    <div class="devices">
      <Inputs media={media} />
      {input("camera", t.noCamera)}
      {input("microphone", t.noMicrophone)}
      <SoundNote media={media} isChecked />
      <Presets media={media} />
      {"setSinkId" in HTMLMediaElement.prototype && (
        <Picker
          label={t.speaker}
          testid="speaker-select"
          picks={devices.speaker.devices.value}
          chosen={speaker}
          choose={(pick) => choose({ speaker: pick })}
        />
      )}
      <SpeakerTrouble media={media} />
      <ToneTest media={media} output="main" name={t.speaker} />
      {showsPath && <PathState media={media} />}
    </div>
  );
}

/** The choice of the source that this computer feeds, where a hall has several. A guest's is always the camera. */
function Inputs({ media }: { media: PageMedia }) {
  const sources = state.value?.event.places.find((p) =>
    p.sources.includes(media.source.value ?? ""),
  )?.sources;
  if (!sources || sources.length < 2 || welcome.value?.role === "guest") return null;
  return (
    <label class="field">
      <span>{texts.value.thisInput}</span>
      <select
        data-testid="input-select"
        value={media.source.value ?? ""}
        onChange={(event) => media.feed(event.currentTarget.value)}
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
  /** Null before the first enumeration. */
  picks: readonly Device[] | null;
  chosen: DevicePick | null;
  /** The input, to name the system default, where known. */
  used?: Input;
  /** The label of the choice "none", where there is one. */
  none?: string;
  /** The label where nothing is chosen; by default the system default. */
  unset?: string;
  choose: (pick: DevicePick | null) => void;
}

export function Picker({ label, testid, picks, chosen, used, none, unset, choose }: PickerProperties) {
  const t = texts.value;
  const there = picks?.filter((device) => device.id !== "") ?? [];
  const matched = chosen && chosen.id !== NONE ? match(chosen, picks) : null;
  const own = chosen === null && used?.track.value ? used.current()?.label : undefined;
  const chose = (id: string): void => {
    if (id === "") choose(null);
    else if (id === NONE) choose({ id: NONE, label: "" });
    else if (id !== chosen?.id) choose(there.find((device) => device.id === id) ?? null);
  };
  return (
    <label class="field">
      <span>{label}</span>
      <select
        data-testid={testid}
        value={matched && typeof matched === "object" ? matched.id : (chosen?.id ?? "")}
        onChange={(event) => chose(event.currentTarget.value)}
      >
        <option value="">{unset ?? (own ? t.standardIs(own) : t.standard)}</option>
        {typeof matched === "string" && chosen && (
          <option value={chosen.id}>{t.notThere(chosen.label)}</option>
        )}
        {there.map((p, n) => (
          <option key={p.id} value={p.id}>
            {p.label || t.unnamed(n + 1)}
          </option>
        ))}
        {none !== undefined && <option value={NONE}>{none}</option>}
      </select>
    </label>
  );
}
