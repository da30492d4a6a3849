/** Loads the page of a role. Each is a file of its own, as a link opens one of them. */

import type { ComponentType } from "preact";
import { loaded } from "../link/loading";
import type { PageMedia } from "../media/pagemedia";
import type { Welcome } from "../wire";
import { isAgenda } from "./agenda/address";
import { isReport } from "./report/address";

type Role = Welcome["role"];
type Page = ComponentType<{ media: PageMedia }>;

const PAGES: Record<Role, () => Promise<Page>> = {
  venue: async () => (await loaded(() => import("./room"))).Room,
  moderator: async () =>
    isReport()
      ? (await loaded(() => import("./report/report"))).Report
      : (await loaded(() => import("./desk/desk"))).Desk,
  guest: async () => (await loaded(() => import("./guest/guest"))).Guest,
  viewer: async () => (await loaded(() => import("./viewer"))).Viewer,
  interpreter: async () => (await loaded(() => import("./interpreter/interpreter"))).Interpreter,
  stage: async () => (await loaded(() => import("./stage/stage"))).Stage,
};
/** The day's agenda instead of the page of a role that has nothing to send. */
const agenda = async (): Promise<Page> => (await loaded(() => import("./agenda/page"))).AgendaPage;
const KEY = "schalte.role";

export function pageOf(role: Role): Promise<Page> {
  try {
    sessionStorage.setItem(KEY, role);
  } catch {
    // Storage is switched off: a reload waits for the server's word.
  }
  return isAgenda() && (role === "viewer" || role === "moderator") ? agenda() : PAGES[role]();
}

/** After a reload, load this tab's page while the server is still asked for the role: a hall on air must not wait for both. */
export function lastPage(): void {
  try {
    const role = sessionStorage.getItem(KEY);
    if (role !== null && Object.hasOwn(PAGES, role)) void PAGES[role as Role]();
  } catch {
    // Storage is switched off.
  }
}
