/** The rows of the list: roles, places, links, and the pages that are open by each. */

import { useState } from "preact/hooks";
import { welcome } from "../../../link/session";
import { Button } from "../../../parts/button";
import { barred } from "../../../parts/words";
import { timeOn } from "../../../show/time";
import { language } from "../../../texts";
import type { JoinLinkDoc, LinkSessionDoc } from "../../../wire";
import type { Holder, HolderLinks, RoleLinks, Target } from "./groups";
import { moment, nameOf, panelTexts } from "./words";

interface Actions {
  ask: (target: Target) => void;
  show: (link: JoinLinkDoc) => void;
  make: (holder: Holder) => void;
}

export function RoleSection({ group, zone, act }: { group: RoleLinks; zone: string; act: Actions }) {
  const t = panelTexts.value;
  const { role, holders } = group;
  const several = holders.length > 1;
  const number = holders.reduce((sum, { links }) => sum + links.length, 0);
  return (
    <section data-testid={`joinlinks-role-${role}`}>
      <div class="joinlinks-title">
        <h2>{t.roles[role]}</h2>
        {number > 1 && (
          <Button
            testid={`joinlinks-revoke-role-${role}`}
            class="small"
            label={t.revokeAllOf(t.roles[role])}
            blocked={barred()}
            press={() => act.ask({ kind: "role", role })}
          >
            {t.revokeAll(number)}
          </Button>
        )}
      </div>
      {holders.map((holder) => (
        <Place key={holder.id} holder={holder} several={several} zone={zone} act={act} />
      ))}
    </section>
  );
}

interface PlaceProperties {
  holder: HolderLinks;
  /** The role has other places as well. */
  several: boolean;
  zone: string;
  act: Actions;
}

function Place({ holder, several, zone, act }: PlaceProperties) {
  const t = panelTexts.value;
  const { role, id, links } = holder;
  const name = nameOf(holder, t);
  const hasPlaces = role === "venue" || role === "guest" || role === "interpreter";
  return (
    <div class="joinlinks-place" data-testid={`joinlinks-place-${role}-${id}`}>
      {(hasPlaces || links.length === 0) && (
        <div class="joinlinks-title">
          {hasPlaces ? <h3>{name}</h3> : <span />}
          {several && links.length > 1 && (
            <Button
              testid={`joinlinks-revoke-place-${id}`}
              class="small"
              label={t.revokeAllOf(name)}
              blocked={barred()}
              press={() => act.ask({ kind: "place", role, id })}
            >
              {t.revokeAll(links.length)}
            </Button>
          )}
        </div>
      )}
      {links.length === 0 && (
        <p class="joinlinks-none muted">
          {t.none}
          <Button
            testid={`joinlinks-make-${role}-${id}`}
            class="small"
            label={t.makeFor(name)}
            blocked={barred()}
            press={() => act.make(holder)}
          >
            {t.make}
          </Button>
        </p>
      )}
      <ul>
        {links.map((link) => (
          <Row key={link.number} link={link} name={name} zone={zone} act={act} />
        ))}
      </ul>
    </div>
  );
}

interface RowProperties {
  link: JoinLinkDoc;
  name: string;
  zone: string;
  act: Actions;
}

function Row({ link, name, zone, act }: RowProperties) {
  const t = panelTexts.value;
  const { number, url, sessions } = link;
  return (
    <li class="joinlinks-row" data-testid={`joinlink-${number}`}>
      <Facts link={link} zone={zone} />
      <div class="joinlinks-acts">
        {url !== null && (
          <Button
            testid={`joinlink-show-${number}`}
            class="small"
            label={t.showOf(number, name)}
            blocked={barred()}
            press={() => act.show(link)}
          >
            {t.show}
          </Button>
        )}
        <Revoke link={link} name={name} ask={act.ask} />
      </div>
      {sessions.length > 0 && (
        <ul class="joinlinks-pages">
          {sessions.map((page) => (
            <Page key={page.session} page={page} link={link} name={name} zone={zone} ask={act.ask} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Number and expiry, and below them what is known of its use. */
function Facts({ link, zone }: { link: JoinLinkDoc; zone: string }) {
  const t = panelTexts.value;
  const { used, by, status, url, role } = link;
  const history = [
    used ? t.used(timeOn(Date.parse(used.at), Date.now(), zone, language.value), used.address) : t.unused,
    t.madeBy[by],
    status === "valid" && url === null && role !== "metrics" ? t.shownOnce : "",
  ];
  return (
    <div class="joinlinks-facts">
      <div>
        <span class="tabular joinlinks-number">{t.number(link.number)}</span>
        {link.read_only && <span class="chip">{t.readOnly}</span>}{" "}
        {status !== "revoked" && t.until(moment(link.expires, zone, language.value))}
        {link.follows_event && status === "valid" && (
          <span class="muted" title={t.followsHint}>
            {" "}
            · {t.followsEvent}
          </span>
        )}
      </div>
      <div class="muted">{history.filter(Boolean).join(" · ")}</div>
    </div>
  );
}

function Revoke({ link, name, ask }: { link: JoinLinkDoc; name: string; ask: Actions["ask"] }) {
  const t = panelTexts.value;
  return (
    <Button
      testid={`joinlink-revoke-${link.number}`}
      class="small"
      label={t.revokeOf(link.number, name)}
      blocked={barred()}
      press={() => ask({ kind: "link", number: link.number })}
    >
      {t.revoke}
    </Button>
  );
}

interface PageProperties {
  page: LinkSessionDoc;
  link: JoinLinkDoc;
  name: string;
  zone: string;
  ask: Actions["ask"];
}

function Page({ page, link, name, zone, ask }: PageProperties) {
  const t = panelTexts.value;
  const { session, address, since, feeds } = page;
  const clock = timeOn(Date.parse(since), Date.now(), zone, language.value);
  return (
    <li data-testid={`joinlinks-page-${session}`}>
      <span>
        <span class="dot good" aria-hidden="true" /> <span class="tabular">{t.page(session)}</span>{" "}
        <span class="muted">{t.from(address, clock)}</span>
        {feeds && <span class="chip">{t.feeds}</span>}
      </span>
      {session === welcome.value?.session ? (
        <span class="muted">{t.thisPage}</span>
      ) : (
        <Button
          testid={`joinlinks-close-${session}`}
          class="small"
          label={t.closePageOf(session, name)}
          blocked={barred()}
          press={() => ask({ kind: "page", number: link.number, session })}
        >
          {t.closePage}
        </Button>
      )}
    </li>
  );
}

interface EndedProperties {
  links: readonly JoinLinkDoc[];
  zone: string;
  ask: Actions["ask"];
}

/** Folded away: hundreds after a rehearsal, and nobody needs them but to look something up. */
export function Ended({ links, zone, ask }: EndedProperties) {
  const t = panelTexts.value;
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="joinlinks-ended"
      data-testid="joinlinks-ended"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{t.ended(links.length)}</summary>
      {isOpen && (
        <ul>
          {links.map((link) => (
            <li key={link.number} class="joinlinks-row" data-testid={`joinlink-${link.number}`}>
              <div class="joinlinks-was">
                {t.roles[link.role]} · {nameOf(link, t)} · {t.statuses[link.status]}
              </div>
              <Facts link={link} zone={zone} />
              {/* A changed agenda could make it valid again. */}
              {link.status !== "revoked" && link.follows_event && (
                <div class="joinlinks-acts">
                  <Revoke link={link} name={nameOf(link, t)} ask={ask} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
