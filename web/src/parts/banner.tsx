/** What is wrong with the connection, said over the page so that nothing on it moves. */

import { status } from "../link/session";
import type { Studio } from "../media/studio";
import { sentence } from "../show/refusals";
import { texts } from "../texts";
import { noServer } from "./words";

function trouble(studio: Studio | null, zone: string): string | null {
  const t = texts.value;
  if (status.value === "lost") return noServer(zone) || t.lost;
  if (!studio?.joined.value) return null;
  const problem = studio.call.problem.value;
  if (problem) return t.mediaRefused(sentence(problem, t.refusals));
  return studio.call.phase.value === "interrupted" ? t.mediaInterrupted : null;
}

/** `zone`: of the clock on this page. */
export function Banner({ studio, zone }: { studio: Studio | null; zone: string }) {
  const text = trouble(studio, zone);
  return (
    <div class={`banner${text ? " shown" : ""}`} role="status" data-testid="banner">
      {text && (
        <>
          <span class="banner-mark" aria-hidden="true" />
          {text}
        </>
      )}
    </div>
  );
}
