/** Waits for its turn: the server reads one event file a link at a time, and all desks may share a link. */

import { Refusal } from "../../../link/pending";

const PAUSE_MS = 150;
/** More than the server takes to read all the files that it lets wait. */
const MAX_TURNS = 80;

/** The result of `ask`, again and again while the server still reads another file. */
export async function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await ask();
    } catch (error) {
      const reason = error instanceof Refusal ? error.problem.reason : null;
      if ((reason !== "file-under-way" && reason !== "files-waiting") || turn === MAX_TURNS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
