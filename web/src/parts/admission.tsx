/**
 * Shows a conflict with another page that feeds, or wants to feed, this page's source.
 *
 * The server says to an older window of this browser that a newer one replaces it; the older one says to the newer that
 * it has stopped.
 */

import { useEffect, useState } from "preact/hooks";

import { state, welcome } from "../link/session";
import type { FeedConflict, PageMedia } from "../media/pagemedia";
import { seatName } from "../show/booth";
import { type Texts, texts } from "../texts";
import { Button } from "./button";

interface Words {
  head: string;
  hint: string;
}

/** For guests the words are about their link: they know nothing of places and feeds. */
function words(conflict: FeedConflict, name: string, isGuest: boolean, t: Texts): Words {
  const a = t.admission;
  switch (conflict.status) {
    case "waiting":
      return { head: isGuest ? a.guestWaiting : a.waiting(name), hint: a.waitingHint };
    case "contested":
      return { head: isGuest ? a.guestContested : a.contested, hint: a.contestedHint };
    case "replaced": {
      const own = conflict.by === "window";
      if (isGuest) return { head: own ? a.guestWindow : a.guestMachine, hint: a.replacedHint };
      return { head: own ? a.window(name) : a.machine(name), hint: a.replacedHint };
    }
  }
}

/** Windows of one browser hear each other. */
const CHANNEL = "schalte-admission";
/** Long enough to be read. */
const YIELDED_SHOWN_MS = 12_000;

/** Whether an older window has just yielded to this page; and say so to the newer one if this page has. */
function useYielded(media: PageMedia, conflict: FeedConflict | null): boolean {
  const [yielded, setYielded] = useState(false);
  const gaveUp = conflict?.status === "replaced" && conflict.by === "window";
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const others = new BroadcastChannel(CHANNEL);
    if (gaveUp) others.postMessage(media.source.peek());
    others.onmessage = ({ data }) => {
      if (gaveUp || !media.joined.peek() || data !== media.source.peek()) return;
      setYielded(true);
      clearTimeout(timer);
      timer = setTimeout(() => setYielded(false), YIELDED_SHOWN_MS);
    };
    return () => {
      others.close();
      clearTimeout(timer);
      setYielded(false);
    };
  }, [media, gaveUp]);
  return yielded;
}

export function Admission({ media }: { media: PageMedia }) {
  const t = texts.value;
  const conflict = media.joined.value ? media.conflict.value : null;
  const source = media.source.value ?? "";
  const me = welcome.value;
  const name = state.value?.sources[source]?.name ?? (me ? `${me.name} · ${seatName(source)}` : source);
  const yielded = useYielded(media, conflict);
  const text = conflict && words(conflict, name, me?.role === "guest", t);
  return (
    <div data-testid="admission" data-status={conflict?.status ?? ""}>
      {yielded && !conflict && (
        <div class="line-note admission" data-testid="yielded">
          <strong>{t.admission.yielded}</strong>
          <span>{t.admission.yieldedHint}</span>
        </div>
      )}
      {conflict && text && (
        <div class={`line-note admission ${conflict.status}`}>
          <strong>{text.head}</strong>
          <span>{text.hint}</span>
          {conflict.status === "replaced" && (
            <Button testid="take-over-button" class="primary" press={() => media.takeOver()}>
              {t.admission.takeOver}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
