/** The sheet for one place: what to scan, what to type, and what to do, in the place's languages. */

import { city } from "../../../show/time";
import { type Language, language } from "../../../texts";
import type { JoinLinkTexts } from "../../../texts/joinlinks/en";
import type { EventDoc, JoinLinkDoc } from "../../../wire";
import { languagesOf, siteOf } from "./groups";
import { QrCode } from "./qr";
import { moment, nameOf, panelTextsIn } from "./words";

export function Paper({ link, event }: { link: JoinLinkDoc; event: EventDoc }) {
  const { url, code, role, id } = link;
  if (url === null || code === null) return null;
  const languages = languagesOf(link, event, language.value);
  const zone =
    event.places.find((place) => place.kind === role && place.id === id)?.timezone ?? event.timezone;
  const [first = language.value] = languages;
  const tables: { tag: Language; t: JoinLinkTexts }[] = languages.map((tag) => ({
    tag,
    t: panelTextsIn(tag),
  }));
  const name = nameOf(link, panelTextsIn(first));
  return (
    <section class={`paper languages-${languages.length}`} lang={first} data-testid={`paper-${role}-${id}`}>
      <p class="paper-event" lang={event.language}>
        {event.title}
      </p>
      <h1>{name}</h1>
      <QrCode text={url} label={panelTextsIn(first).qr(name)} />
      {tables.map(({ tag, t }) => (
        <p key={tag} lang={tag}>
          {t.paper.scan}
        </p>
      ))}
      <p class="paper-url">{url}</p>
      {tables.map(({ tag, t }) => (
        <p key={tag} lang={tag}>
          {t.paper.type(siteOf(url))}
        </p>
      ))}
      <p class="paper-code">{code}</p>
      {tables.map(({ tag, t }) => (
        <div key={tag} lang={tag} class="paper-how">
          <p>{t.paper.how[role]}</p>
          <p>
            <strong>{t.paper.until(moment(link.expires, zone, tag), city(zone))}</strong>
          </p>
          <p>{t.paper.keep[role]}</p>
        </div>
      ))}
    </section>
  );
}
