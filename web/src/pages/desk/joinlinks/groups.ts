/** Join links as the panel shows them: by role and place, what a revocation closes, what can be printed. Pure. */

import type { Language } from "../../../texts";
import type { EventDoc, JoinLinkDoc } from "../../../wire";

export type LinkRole = JoinLinkDoc["role"];

/** Somebody who may have links: a place, a booth, or a role without places. */
export interface Holder {
  role: LinkRole;
  id: string;
  /** Empty where the page has its own word for the role. */
  name: string;
}

export interface HolderLinks extends Holder {
  /** Those that are valid. */
  links: JoinLinkDoc[];
}

export interface RoleLinks {
  role: LinkRole;
  holders: HolderLinks[];
}

/** What is to be ended: one page, or the links of one row, one place or one role. */
export type Target =
  | { kind: "page"; number: number; session: string }
  | { kind: "link"; number: number }
  | { kind: "place"; role: LinkRole; id: string }
  | { kind: "role"; role: LinkRole };

/** The pages that end with a target. */
export interface Closing {
  links: JoinLinkDoc[];
  pages: number;
  /** Names of the places that send a source from one of them. */
  feeding: string[];
  /** This very page is among them. */
  isOwn: boolean;
}

const ROLES: readonly LinkRole[] = [
  "moderator",
  "venue",
  "guest",
  "interpreter",
  "viewer",
  "stage",
  "metrics",
];
/** The roles that get a sheet. A moderator's link on paper would open the desk to everybody who sees it. */
const PRINTED: readonly LinkRole[] = ["venue", "guest", "interpreter", "viewer", "stage"];

export const isValid = (link: JoinLinkDoc): boolean => link.status === "valid";

/** All who may have links, in the order of the event. */
export function holdersOf({ places, booths }: Pick<EventDoc, "places" | "booths">): Holder[] {
  const kinds = (kind: "venue" | "guest"): Holder[] =>
    places.filter((place) => place.kind === kind).map(({ id, name }) => ({ role: kind, id, name }));
  const alone = (role: LinkRole): Holder => ({ role, id: role, name: "" });
  return [
    alone("moderator"),
    ...kinds("venue"),
    ...kinds("guest"),
    ...booths.map(({ id, name }): Holder => ({ role: "interpreter", id, name })),
    alone("viewer"),
    alone("stage"),
  ];
}

/** The valid links of every holder, by role. Metrics have a group only with a link. */
export function byRole(links: readonly JoinLinkDoc[], holders: readonly Holder[]): RoleLinks[] {
  const valid = links.filter(isValid);
  const metrics = valid.some(({ role }) => role === "metrics");
  const all = metrics ? [...holders, { role: "metrics", id: "metrics", name: "" } as const] : holders;
  return ROLES.map((role) => ({
    role,
    holders: all
      .filter((holder) => holder.role === role)
      .map((holder) => ({ ...holder, links: valid.filter((link) => isOf(link, holder)).sort(inOrder) })),
  })).filter((group) => group.holders.length > 0);
}

function isOf(link: JoinLinkDoc, { role, id }: Pick<Holder, "role" | "id">): boolean {
  return link.role === role && link.id === id;
}

/** Those with all rights first, then the newest. */
function inOrder(a: JoinLinkDoc, b: JoinLinkDoc): number {
  return Number(a.read_only) - Number(b.read_only) || Date.parse(b.made) - Date.parse(a.made);
}

/** Links that open nothing, the newest first. */
export function ended(links: readonly JoinLinkDoc[]): JoinLinkDoc[] {
  return links.filter((link) => !isValid(link)).sort((a, b) => Date.parse(b.made) - Date.parse(a.made));
}

/** What ends with a target, by the list as it is; `own` is the session of this page. */
export function closing(target: Target, links: readonly JoinLinkDoc[], own: string | null): Closing {
  const meant = links.filter((link) => link.status !== "revoked" && isMeant(link, target));
  const pages = meant.flatMap((link) =>
    link.sessions
      .filter(({ session }) => target.kind !== "page" || session === target.session)
      .map((page) => ({ ...page, name: link.name })),
  );
  return {
    links: meant,
    pages: pages.length,
    feeding: [...new Set(pages.filter(({ feeds }) => feeds).map(({ name }) => name))],
    isOwn: pages.some(({ session }) => session === own),
  };
}

function isMeant(link: JoinLinkDoc, target: Target): boolean {
  switch (target.kind) {
    case "page":
    case "link":
      return link.number === target.number;
    case "place":
      return isOf(link, target);
    case "role":
      return link.role === target.role;
  }
}

/** What can be printed: of each place one link, in the order of the event. */
export function printable(links: readonly JoinLinkDoc[], holders: readonly Holder[]): JoinLinkDoc[] {
  return holders
    .filter(({ role }) => PRINTED.includes(role))
    .flatMap((holder) => {
      const [best] = links
        .filter((link) => isOf(link, holder) && isValid(link) && link.url !== null)
        .sort(
          (a, b) =>
            Number(b.follows_event) - Number(a.follows_event) ||
            Date.parse(b.expires) - Date.parse(a.expires),
        );
      return best ? [best] : [];
    });
}

/** Halls, guests and booths of which no link can be printed. */
export function missing(holders: readonly Holder[], printed: readonly JoinLinkDoc[]): Holder[] {
  return holders.filter(
    (holder) =>
      ["venue", "guest", "interpreter"].includes(holder.role) && !printed.some((link) => isOf(link, holder)),
  );
}

/** The languages of those who read a link's sheet, of the pages' three; `otherwise` if none of them is. */
export function languagesOf(
  { role, id }: Pick<JoinLinkDoc, "role" | "id">,
  { places, booths, language, languages }: Pick<EventDoc, "places" | "booths" | "language" | "languages">,
  otherwise: Language,
): Language[] {
  const place = places.find((place) => place.kind === role && place.id === id);
  const booth = role === "interpreter" ? booths.find((booth) => booth.id === id) : undefined;
  const tags = place ? [place.language] : (booth?.languages ?? [language, ...languages]);
  const known = tags.map((tag) => tag.toLowerCase().split("-", 1)[0]).filter((tag) => isLanguage(tag));
  return known.length > 0 ? [...new Set(known)] : [otherwise];
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag === "de" || tag === "en" || tag === "ja";
}

/** Where people type the code: the link without scheme and code. */
export const siteOf = (url: string): string => url.replace(/^https?:\/\//, "").replace(/\/j#.*$/, "");
