/** Reloads a page that nobody operates once the server has a newer one. */

import { useEffect } from "preact/hooks";
import { onWelcome } from "./session";

/** A server that was just started may still be busy with its halls. */
const LOOK_AFTER_MS = 10_000;

/** Whether the server's page still names the script of this one: its file name changes with each build. */
async function isCurrent(): Promise<boolean> {
  const own = document.querySelector("script[type=module]")?.getAttribute("src") ?? "";
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
  // Without a page to load instead, this one stays.
  return !answer?.ok || (await answer.text()).includes(own);
}

/** After each restart of the server: reload this page if it was updated. For pages without picture and sound. */
export function useFreshBuild(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = onWelcome((welcome, before) => {
      if (!before || before.boot === welcome.boot) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        void isCurrent().then((current) => current || location.reload());
      }, LOOK_AFTER_MS);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, []);
}
