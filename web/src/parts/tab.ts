/** The title and the icon of this page's tab. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { texts } from "../texts";
import { type TabSign, tabSign } from "./tabsign";
import { lightOf } from "./tally";
import { lightWord } from "./words";

/** The tally of this page; null on a page without one. */
export const sign = signal<TabSign | null>(null);

/** The icon that the page was loaded with. */
const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
const plainIcon = link?.href ?? "";

/** Show the tally of the source that this page feeds in its tab, also while other tabs cover it. */
export function useTallyInTab(media: PageMedia): void {
  useEffect(() => {
    const stop = effect(() => {
      const me = welcome.value;
      const source = media.feeding.value;
      const light = source === null ? "off" : lightOf([source]);
      const word = source === null ? texts.value.admission.notFeeding : lightWord(light);
      const next = tabSign(light, word, me?.name ?? "");
      if (next.title !== sign.peek()?.title || next.icon !== sign.peek()?.icon) sign.value = next;
    });
    return () => {
      stop();
      sign.value = null;
    };
  }, [media]);
}

// An icon that is replaced is loaded again, so only where it changes.
effect(() => {
  const icon = sign.value?.icon ?? plainIcon;
  if (link && link.href !== icon) link.href = icon;
});
