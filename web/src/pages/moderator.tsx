/** The desk or the report, by the address. Loaded once a page is known to be a moderator's. */

import type { PageMedia } from "../media/pagemedia";
import { Desk } from "./desk/desk";
import { isReport, Report } from "./report/report";

export function Moderator({ media, token }: { media: PageMedia; token: string }) {
  return isReport() ? <Report token={token} /> : <Desk media={media} />;
}
