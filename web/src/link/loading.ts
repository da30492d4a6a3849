/** Loads a part of the page that is not in its first files. */

/** Between two attempts: a server that restarts is back within seconds. */
const RETRY_DELAY_MS = 2_000;

/**
 * The module that `load` imports, however often that takes: the connection may be lost at that moment.
 *
 * Chromium before 156 and Firefox before 154 keep a failure for as long as the page is open: they ask for the file again
 * only at another address. Both name the file in their error.
 */
export async function loaded<Module>(
  load: () => Promise<Module>,
  importFrom: (address: string) => Promise<Module> = (address) => import(/* @vite-ignore */ address),
): Promise<Module> {
  let next = load;
  for (let attempt = 1; ; attempt++) {
    try {
      return await next();
    } catch (error) {
      const address = addressIn(error);
      next = address === null ? load : () => importFrom(`${address}?attempt=${attempt}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    }
  }
}

/** The file that an error is about. */
function addressIn(error: unknown): string | null {
  return (error instanceof Error && /https?:\S+?\.js\b/.exec(error.message)?.[0]) || null;
}
