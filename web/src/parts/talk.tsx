/** Talkback: buttons that are held to talk, and who talks to this page. */

import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { looksOn, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { talkbackId } from "../media/sound/roleplans";
import type { Recipients } from "../media/talkback";
import { DESK, isUnheard, talksTo } from "../show/channels";
import { texts } from "../texts";
import type { TalkDoc } from "../wire";
import { Button } from "./button";
import { plainKey } from "./plainkey";
import { isShortcut } from "./screen";
import { toastText } from "./toasts";
import { barred } from "./words";

interface Properties {
  media: PageMedia;
  to: Recipients;
  testid: string;
  label: string;
  /** Whom the label does not name, for a screen reader. */
  whom?: string;
  class?: string;
  /** The key that does the same. */
  keyName?: string;
  hint?: string;
  /** Why nobody would hear it. */
  blocked?: string | null;
}

/** Talk to these until the release, or show why the microphone cannot be used. */
async function talk(media: PageMedia, to: Recipients): Promise<void> {
  if (looksOn.value) return toastText(texts.value.looksOn);
  const fault = await media.talkback.press(to);
  if (fault !== null) toastText(texts.value.faults.microphone[fault]);
}

/** Talks while it is held, by pointer or keyboard. */
export function TalkButton(properties: Properties) {
  const { media, to, testid, label, whom, class: name = "", keyName, hint } = properties;
  const t = texts.value.talkback;
  const { talkback } = media;
  const talks = talkback.to.value !== null && String(talkback.to.value) === String(to);
  const end = () => talkback.release();
  const isKey = ({ key }: KeyboardEvent) => key === " " || key === "Enter";
  const blocked = barred() ?? properties.blocked ?? null;
  const unheard = useComputed(
    () => state.value !== null && welcome.value !== null && isUnheard(state.value, talkbackId(welcome.value)),
  );
  return (
    <button
      type="button"
      class={`talk ${name}${talks ? " talking" : ""}`}
      data-testid={testid}
      disabled={blocked !== null && !talks} // a disabled button would miss the release
      title={blocked ?? hint ?? t.hold}
      aria-pressed={talks}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        void talk(media, to);
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onLostPointerCapture={end}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault(); // otherwise the browser repeats it as clicks
        if (!event.repeat) void talk(media, to);
      }}
      onKeyUp={(event) => isKey(event) && end()}
      onBlur={end}
    >
      <span class="talk-sign" aria-hidden="true" />
      <span class="talk-label">{talks ? (unheard.value ? t.unheard : t.speakNow) : label}</span>
      {whom && <span class="unseen">{whom}</span>}
      {keyName && <kbd>{keyName}</kbd>}
    </button>
  );
}

/** Talk while this key is held. */
export function useTalkKey(media: PageMedia, key: string, to: () => Recipients): void {
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (isShortcut(event, key)) void talk(media, to());
    };
    const up = (event: KeyboardEvent): void => {
      if (plainKey(event) === key) media.talkback.release();
    };
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    return () => {
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
    };
  }, [media, key, to]);
}

/** The name of one who talks back. */
export function speakerName({ speaker, name }: TalkDoc): string {
  return speaker === DESK ? texts.value.desk : name;
}

/** Who talks to this page now, and why it is not heard, if it is not. */
export function Talks({ media }: { media: PageMedia }) {
  const t = texts.value.talkback;
  const me = welcome.value;
  const talks = state.value && me ? talksTo(state.value, talkbackId(me)) : [];
  return (
    <div class="talks" data-testid="talks">
      {talks.length > 0 && (
        <div class="talks-note">
          <span class="talk-sign" aria-hidden="true" />
          <strong>{t.talks([...new Set(talks.map(speakerName))])}</strong>
          <span>{whyUnheard(media)}</span>
        </div>
      )}
    </div>
  );
}

function whyUnheard(media: PageMedia): string {
  const t = texts.value.talkback;
  if (!media.sound.on.value) return t.soundIsOff;
  if (welcome.value?.role !== "venue") return "";
  const { headphones } = media.devices;
  if (headphones.away.value) return t.headphonesAway(headphones.away.value.label);
  return headphones.sink.value === null ? t.noHeadphones : "";
}

const DESK_ONLY: Recipients = [DESK];

interface TalkToDeskProperties {
  media: PageMedia;
  class?: string;
  /** Opens the choice of devices, for a hall that has not chosen a talkback microphone. */
  choose?: () => void;
}

/** The button of halls and guests: a word to the desk. */
export function TalkToDesk({ media, class: name = "", choose }: TalkToDeskProperties) {
  const t = texts.value.talkback;
  useTalkKey(media, "k", toDesk);
  if (media.talkback.isUnchosen.value)
    return (
      <Button testid="talk-setup-button" class={name} hint={t.noMicrophone} press={() => choose?.()}>
        {t.toDesk}
      </Button>
    );
  return (
    <TalkButton
      media={media}
      to={DESK_ONLY}
      testid="talk-button"
      class={name}
      label={t.toDesk}
      hint={media.talkback.sharesMicrophone.value ? t.notInProgramme : t.hold}
      keyName="K"
    />
  );
}

function toDesk(): Recipients {
  return DESK_ONLY;
}
