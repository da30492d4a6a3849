/** Loads a part of the page that is not in its first files. */

/** Between two attempts: a server that restarts is back within seconds. */
const RETRY_DELAY_MS = 2_000;

/** What `load` loads, however often that takes: the connection may be lost at that moment. */
export async function loaded<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    }
  }
}
