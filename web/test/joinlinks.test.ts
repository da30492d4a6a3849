import assert from "node:assert/strict";
import { test } from "node:test";
import {
  byRole,
  closing,
  ended,
  holdersOf,
  languagesOf,
  missing,
  printable,
  siteOf,
} from "../src/pages/desk/joinlinks/groups";
import { joinLinks as de } from "../src/texts/joinlinks/de";
import { joinLinks as en } from "../src/texts/joinlinks/en";
import { joinLinks as ja } from "../src/texts/joinlinks/ja";
import type { EventDoc, JoinLinkDoc, LinkSessionDoc, PlaceDoc } from "../src/wire";

const place = (kind: "venue" | "guest", id: string, language: string): PlaceDoc => ({
  id,
  kind,
  name: id.toUpperCase(),
  note: "",
  timezone: "Asia/Tokyo",
  language,
  listen: null,
  contact: "",
  sources: [id],
});
const EVENT: EventDoc = {
  rev: 0,
  contact: "",
  title: "An event",
  timezone: "Europe/Berlin",
  language: "de",
  languages: ["de", "ja"],
  host: null,
  places: [place("guest", "uchida", "ja-JP"), place("venue", "tokio", "ja"), place("venue", "lyon", "fr")],
  booths: [{ id: "kabine", name: "Kabine 1", languages: ["de", "ja"], seats: 2 }],
  presets: {},
};
const HOLDERS = holdersOf(EVENT);

let made = 0;
function link(role: JoinLinkDoc["role"], id: string, what: Partial<JoinLinkDoc> = {}): JoinLinkDoc {
  made += 1;
  return {
    number: 100_000 + made,
    role,
    id,
    name: id.toUpperCase(),
    read_only: false,
    by: "cli",
    made: new Date(made * 60_000).toISOString(),
    expires: "2026-11-30T18:00:00+01:00",
    follows_event: true,
    status: "valid",
    code: "23456-789A-BCDEF",
    url: "https://schalte.example/j#23456789ABCDEF",
    invitations: null,
    used: null,
    sessions: [],
    ...what,
  };
}
const page = (session: string, feeds = false): LinkSessionDoc => ({
  session,
  address: "192.0.2.7",
  since: "2026-11-29T10:00:00+01:00",
  feeds,
});

test("everybody who may have a link is listed, by role and in the order of the event, with or without one", () => {
  const groups = byRole([link("venue", "lyon"), link("viewer", "viewer")], HOLDERS);
  assert.deepEqual(
    groups.map(({ role, holders }) => [role, ...holders.map(({ id, links }) => `${id} ${links.length}`)]),
    [
      ["moderator", "moderator 0"],
      ["venue", "tokio 0", "lyon 1"],
      ["guest", "uchida 0"],
      ["interpreter", "kabine 0"],
      ["viewer", "viewer 1"],
      ["stage", "stage 0"],
    ],
  );
  assert.equal(byRole([link("metrics", "metrics")], HOLDERS).at(-1)?.role, "metrics");
});

test("a guest and a hall of the same name are two", () => {
  const groups = byRole([link("guest", "tokio", { status: "valid" })], HOLDERS);
  assert.ok(groups.every(({ holders }) => holders.every(({ links }) => links.length === 0)));
});

test("of one place, links with all rights come first, then the newest; those that open nothing are apart", () => {
  const links = [
    link("moderator", "moderator", { read_only: true }),
    link("moderator", "moderator", { status: "revoked" }),
    link("moderator", "moderator"),
    link("moderator", "moderator"),
    link("venue", "gone", { status: "place-gone" }),
    link("venue", "tokio", { status: "expired" }),
  ];
  const numbers = links.map(({ number }) => number);
  const [moderators] = byRole(links, HOLDERS);
  assert.deepEqual(
    moderators?.holders[0]?.links.map(({ number }) => number),
    [numbers[3], numbers[2], numbers[0]],
  );
  assert.deepEqual(
    ended(links).map(({ number }) => number),
    [numbers[5], numbers[4], numbers[1]],
  );
});

test("what a revocation closes is counted: pages, places that send from there, and this very page", () => {
  const tokio = link("venue", "tokio", { sessions: [page("a", true), page("b")] });
  const spare = link("venue", "tokio", { sessions: [page("c", true)] });
  const lyon = link("venue", "lyon", { sessions: [page("d", true)] });
  const desk = link("moderator", "moderator", { sessions: [page("own")] });
  const revoked = link("venue", "tokio", { status: "revoked", sessions: [page("e")] });
  const links = [tokio, spare, lyon, desk, revoked];
  const counted = (target: Parameters<typeof closing>[0]) => {
    const { links: meant, pages, feeding, isOwn } = closing(target, links, "own");
    return [meant.length, pages, feeding, isOwn];
  };
  assert.deepEqual(counted({ kind: "page", number: tokio.number, session: "b" }), [1, 1, [], false]);
  assert.deepEqual(counted({ kind: "link", number: tokio.number }), [1, 2, ["TOKIO"], false]);
  assert.deepEqual(counted({ kind: "place", role: "venue", id: "tokio" }), [2, 3, ["TOKIO"], false]);
  assert.deepEqual(counted({ kind: "role", role: "venue" }), [3, 4, ["TOKIO", "LYON"], false]);
  assert.deepEqual(counted({ kind: "role", role: "moderator" }), [1, 1, [], true]);
  assert.deepEqual(counted({ kind: "page", number: tokio.number, session: "gone" }), [1, 0, [], false]);
});

test("one link of each place is printed: one whose code can be shown, at best that of the event; no moderator's", () => {
  const byEvent = link("venue", "tokio");
  const links = [
    byEvent,
    link("venue", "tokio", { follows_event: false, expires: "2027-01-01T00:00:00Z" }),
    link("venue", "lyon", { url: null, code: null }),
    link("guest", "uchida", { status: "expired" }),
    link("moderator", "moderator"),
    link("interpreter", "kabine"),
  ];
  const printed = printable(links, HOLDERS);
  assert.deepEqual(
    printed.map(({ id }) => id),
    ["tokio", "kabine"],
  );
  assert.equal(printed[0], byEvent);
  assert.deepEqual(
    missing(HOLDERS, printed).map(({ id }) => id),
    ["lyon", "uchida"],
  );
});

test("a sheet is in the languages of its place, as far as the pages have them", () => {
  const of = (role: JoinLinkDoc["role"], id: string) => languagesOf({ role, id }, EVENT, "en");
  assert.deepEqual(of("venue", "tokio"), ["ja"]);
  assert.deepEqual(of("guest", "uchida"), ["ja"]);
  assert.deepEqual(of("venue", "lyon"), ["en"]);
  assert.deepEqual(of("interpreter", "kabine"), ["de", "ja"]);
  assert.deepEqual(of("viewer", "viewer"), ["de", "ja"]);
});

test("the site to type is the link without scheme and code", () => {
  assert.equal(siteOf("https://schalte.example:8443/j#23456789ABCDEF"), "schalte.example:8443");
  assert.equal(siteOf("http://127.0.0.1:8080/j#23456789ABCDEF"), "127.0.0.1:8080");
});

test("what a revocation closes is said in whole sentences", () => {
  assert.equal(en.ask.closes(1), "One open page closes within a second and says why.");
  assert.equal(en.ask.closes(3), "3 open pages close within a second and say why.");
  assert.equal(de.ask.closes(0), "Zurzeit ist damit keine Seite offen.");
  assert.equal(
    de.ask.feeding(["Tokio", "Berlin"]),
    "Tokio und Berlin senden von dort eine Quelle: Bild und Ton enden.",
  );
  assert.equal(ja.ask.all(2, "東京"), "東京のリンク2件を無効にしますか？");
  assert.deepEqual(
    [en.hours(1), en.hours(72), de.hours(24), ja.hours(168)],
    ["For 1 h", "For 3 days", "Für 24 h", "7日間"],
  );
});
