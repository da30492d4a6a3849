/** A browser that cannot send or receive live picture and sound, or gives no camera. */

import { texts } from "../../texts";
import { InAppNote } from "./wheretoclick";

/** In place of a page that would need a connection. */
export function Unsupported() {
  const t = texts.value.entry.blocked;
  return (
    <main class="page gate">
      <section class="panel" data-testid="unsupported">
        <h1>{t.unsupportedTitle}</h1>
        <p>{t.unsupported}</p>
        <InAppNote />
      </section>
    </main>
  );
}
