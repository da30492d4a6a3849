/** The note on what is wrong with this page's own sound, with what to do. */

import { state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { type SoundFault, shownFault } from "../show/soundfaults";
import { texts } from "../texts";

/** The fault to show; `isChecked`: somebody looks at the device panel. */
export function ownSoundFault(media: PageMedia, isChecked: boolean): SoundFault | null {
  const role = welcome.value?.role;
  // A seat's microphone is measured only while it is switched on.
  const isOpen = role === "interpreter" || state.value?.sources[media.feeding.value ?? ""]?.mic === true;
  return shownFault(media.sounds.status.value, isOpen || isChecked, role === "venue");
}

export function SoundNote({ media, isChecked = false }: { media: PageMedia; isChecked?: boolean }) {
  const fault = ownSoundFault(media, isChecked);
  if (!fault) return null;
  const t = texts.value.sound;
  const { what, remedy } = welcome.value?.role === "venue" ? t.hall[fault] : t.person[fault];
  return (
    <div class="trouble" role="alert" data-testid="sound-fault" data-fault={fault}>
      <p>
        <strong>{what}</strong> {remedy}
      </p>
    </div>
  );
}
