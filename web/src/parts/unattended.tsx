/**
 * Joining with nobody at the computer: `?auto=1` on the link, for kiosks and after a power cut; `?auto=audience` begins
 * in the audience view besides, for a computer with one display.
 *
 * Where the browser waits for a person, the page names the setting that is missing.
 */

import { useEffect, useState } from "preact/hooks";
import type { PageMedia } from "../media/pagemedia";
import { isAutoplayBlocked } from "../media/sound/contexts";
import { texts } from "../texts";

/** A browser that may open the devices without a question has begun by then. */
const QUESTION_AFTER_MS = 4_000;

const wanted = new URLSearchParams(location.search).get("auto");
export const isUnattended = wanted === "1" || wanted === "audience";

/** The settings that an unattended browser lacks. */
export function UnattendedNote({ media }: { media: PageMedia }) {
  const t = texts.value.hall.auto;
  const isAsking = media.devices.isAsking.value;
  const [isWaiting, setWaiting] = useState(false);
  useEffect(() => {
    setWaiting(false);
    if (!isAsking) return;
    const timer = setTimeout(() => setWaiting(true), QUESTION_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isAsking]);
  if (!isUnattended) return null;
  const isDenied = [media.devices.camera, media.devices.microphone].some(
    (input) => input.fault.value === "denied",
  );
  return (
    <>
      {((isAsking && isWaiting) || isDenied) && (
        <Missing kind="devices" what={t.asks} flag="--auto-accept-camera-and-microphone-capture" />
      )}
      {isAutoplayBlocked.value && (
        <Missing kind="sound" what={t.sound} flag="--autoplay-policy=no-user-gesture-required" />
      )}
    </>
  );
}

function Missing({ kind, what, flag }: { kind: string; what: string; flag: string }) {
  return (
    <div class="line-note hall-note" data-testid={`unattended-${kind}`}>
      <strong>{what}</strong>
      <span>
        {texts.value.hall.auto.start} <code>{flag}</code>
      </span>
    </div>
  );
}
