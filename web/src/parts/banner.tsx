/** A banner for connection faults, laid over the page so that nothing moves. */

import { postponed, restarting, status } from "../link/session";
import { canConnect } from "../media/call";
import type { PageMedia } from "../media/pagemedia";
import { refusalLine } from "../show/refusals";
import { texts } from "../texts";
import { said } from "./said";
import { noServer } from "./words";

function trouble(media: PageMedia | null, zone: string): string | null {
  const t = texts.value;
  if (status.value === "lost") {
    if (postponed.value) return `${refusalLine(postponed.value, t.refusals)} ${t.path.goesOn}`;
    return noServer(zone) || (restarting.value ? t.restarting : t.lost);
  }
  if (!media?.joined.value) return null;
  // Only the desk gets here without it.
  if (!canConnect()) return t.entry.blocked.unsupported;
  const problem = media.call.problem.value;
  if (problem) {
    // Its general text says to try again, which the page does by itself.
    const isBusy = problem.code === "busy" && problem.reason === null;
    return t.mediaRefused(isBusy ? t.serverBusy : refusalLine(problem, t.refusals));
  }
  return media.call.phase.value === "interrupted" ? t.mediaInterrupted : null;
}

/** `zone`: the time zone of this page's clock. */
export function Banner({ media, zone }: { media: PageMedia | null; zone: string }) {
  const text = trouble(media, zone);
  return (
    <div class={`banner${text ? " shown" : ""}`} {...said} data-testid="banner">
      {text && (
        <>
          <span class="banner-mark" aria-hidden="true" />
          {text}
        </>
      )}
    </div>
  );
}
