/** Notes on what is wrong with this page's own sound, with what to do. */

import { state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { sourceName } from "../show/agenda";
import { type SoundFault, shownFault } from "../show/soundfaults";
import { texts } from "../texts";
import type { SoundWords } from "../texts/sound/en";
import type { SourceDoc } from "../wire";
import { saidAtOnce } from "./said";

/** The source that this page feeds. */
function own(media: PageMedia): SourceDoc | null {
  return state.value?.sources[media.feeding.value ?? ""] ?? null;
}

/** The fault to show; `isChecked`: somebody looks at the device panel. */
export function ownSoundFault(media: PageMedia, isChecked: boolean): SoundFault | null {
  const role = welcome.value?.role;
  // A seat's microphone is measured only while it is switched on.
  const isOpen = role === "interpreter" || own(media)?.mic === true;
  return shownFault(media.sounds.status.value, isOpen || isChecked, role === "venue");
}

/** Whether this page's microphone returns the sound of others. */
export function returnsEcho(media: PageMedia): boolean {
  return (own(media)?.echo_of ?? null) !== null;
}

export function SoundNote({ media, isChecked = false }: { media: PageMedia; isChecked?: boolean }) {
  const fault = ownSoundFault(media, isChecked);
  if (!fault) return null;
  const t = texts.value.sound;
  const words = welcome.value?.role === "venue" ? t.hall[fault] : t.person[fault];
  return <Note testid="sound-fault" fault={fault} words={words} />;
}

/** The note that somebody hears himself by this page's microphone. */
export function EchoNote({ media }: { media: PageMedia }) {
  const talker = own(media)?.echo_of ?? null;
  if (talker === null || !state.value) return null;
  const t = texts.value.sound.echo;
  const name = sourceName(state.value, talker, texts.value.slate);
  const words = welcome.value?.role === "venue" ? t.hall(name) : t.person(name);
  return <Note testid="echo" fault="echo" words={words} />;
}

function Note({ testid, fault, words }: { testid: string; fault: string; words: SoundWords }) {
  return (
    <div class="trouble" {...saidAtOnce} data-testid={testid} data-fault={fault}>
      <p>
        <strong>{words.what}</strong> {words.remedy}
      </p>
    </div>
  );
}
