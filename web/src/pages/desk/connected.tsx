/** The destinations: which are connected, what they receive, and the quality of their connection. */

import { signal, useComputed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { lines, looksOn, state } from "../../link/session";
import type { PageMedia } from "../../media/pagemedia";
import { portsOf } from "../../media/path/linecheck";
import { haveLabels } from "../../media/picks";
import { Button } from "../../parts/button";
import { Contact } from "../../parts/contact";
import { Picker } from "../../parts/setup";
import { TalkButton } from "../../parts/talk";
import { barred } from "../../parts/words";
import { placeDoc, sourceName } from "../../show/agenda";
import { gradeOfLoss, gradeOfTrip } from "../../show/quality";
import { instant, wall } from "../../show/time";
import { figure, texts } from "../../texts";
import type { DestinationDoc, State } from "../../wire";
import { agendaAddress } from "../agenda/address";
import { reportAddress } from "../report/address";
import { JoinLinksButton } from "./joinlinks/button";
import { People } from "./people/people";
import { send } from "./send";
import { StatsButton } from "./stats";

/** The destination whose path is explained. */
const explained = signal<string | null>(null);
/** The place whose contact is shown. */
const reached = signal<string | null>(null);

export function Connected({ media }: { media: PageMedia }) {
  const show = state.value;
  const t = texts.value;
  return (
    <section class="connected" aria-label={t.whoIsThere}>
      <div class="connected-head">
        <span>{t.whoIsThere}</span>
        <span>
          <PageLink testid="agenda-link" address={agendaAddress} words={t.day.open} hint={t.day.openHint} />
          <PageLink
            testid="report-link"
            address={reportAddress}
            words={t.report.title}
            hint={t.report.openHint}
          />
          <JoinLinksButton />
          <StatsButton />
        </span>
      </div>
      {show && <People show={show} />}
      <table>
        <tbody>
          {show &&
            Object.entries(show.destinations).map(([id, destination]) => (
              <Row
                key={id}
                id={id}
                zone={show.event.timezone}
                destination={destination}
                contact={placeDoc(show, id)?.contact}
                sees={destination.pictures.map((source) => sourceName(show, source, t.slate)).join(" + ")}
                approvedAt={approvedAt(show, id)}
                media={media}
              />
            ))}
        </tbody>
      </table>
      {!looksOn.value && <TalkMicrophone media={media} />}
    </section>
  );
}

interface PageLinkProperties {
  testid: string;
  address: (code: string) => string;
  words: string;
  hint: string;
}

/** Another page that this link opens, in a tab of its own. */
function PageLink({ testid, address, words, hint }: PageLinkProperties) {
  return (
    <a
      data-testid={testid}
      href={address(location.hash.slice(1))}
      target="_blank"
      rel="noopener"
      title={hint}
    >
      {words}
    </a>
  );
}

/** The choice of the desk's microphone, once the browser names them. */
function TalkMicrophone({ media: { devices, talkback } }: { media: PageMedia }) {
  const t = texts.value;
  useEffect(() => void devices.list(), [devices]);
  const microphones = devices.microphone.devices.value;
  return (
    <div class="desk-microphone">
      <Picker
        label={t.outputs.talkMicrophone}
        testid="talk-microphone-select"
        picks={microphones}
        chosen={devices.choice.value.talkMicrophone}
        used={talkback.input}
        choose={(talkMicrophone) => void devices.choose({ talkMicrophone })}
      />
      {!haveLabels(microphones ?? []) && (
        <Button testid="talk-allow" class="small" press={() => void talkback.prepare()}>
          {t.interpreter.allow}
        </Button>
      )}
    </div>
  );
}

/** When a place was approved; null if it is not. */
function approvedAt(show: State, place: string): string | null {
  const source = placeDoc(show, place)?.sources[0];
  return (source && show.sources[source]?.approved_at) ?? null;
}

interface RowProperties {
  id: string;
  zone: string;
  destination: DestinationDoc;
  contact: string | undefined;
  /** The names of its pictures. */
  sees: string;
  approvedAt: string | null;
  media: PageMedia;
}

/** It is given plain values, so that a patch draws the rows that it changes. */
function Row({ id, zone, destination, contact, sees, approvedAt, media }: RowProperties) {
  const t = texts.value;
  const itself = useMemo(() => [id], [id]);
  const connected = destination.connected ?? 0; // never null for moderators
  const here = connected > 0;
  return (
    <>
      <tr data-testid={`connected-${id}`} class={here ? "" : "muted"}>
        <td title={here ? `→ ${sees}` : undefined}>
          <span class={`dot ${here ? "good" : ""}`} aria-hidden="true" /> {destination.name}
          {connected > 1 && <span class="muted"> ×{connected}</span>}
          {here && <PathTag id={id} destination={destination} />}
          {contact && (
            <button
              type="button"
              class="path-tag"
              data-testid={`contact-button-${id}`}
              aria-label={`${t.notes.contact} ${destination.name}`}
              title={contact}
              aria-expanded={reached.value === id}
              onClick={() => (reached.value = reached.value === id ? null : id)}
            >
              ☎
            </button>
          )}
        </td>
        <td class="muted connected-sees" title={here ? sees : undefined}>
          {here ? `→ ${sees}` : t.notConnected}
        </td>
        <Trip id={id} here={here} />
        <Loss id={id} here={here} />
        <td class="connected-talk">
          {here && isPlace(destination) && (
            <TalkButton
              media={media}
              to={itself}
              testid={`talk-${id}`}
              class="small"
              label={t.talkback.short}
              whom={destination.name}
              hint={t.talkback.to(destination.name)}
            />
          )}
          {isPlace(destination) && (
            <ApproveButton id={id} zone={zone} name={destination.name} here={here} approvedAt={approvedAt} />
          )}
        </td>
        <Rate id={id} here={here} />
      </tr>
      {reached.value === id && <ContactRow of={id} />}
      {here && explained.value === id && <PathRow path={destination.path} media={media} />}
    </>
  );
}

function ContactRow({ of }: { of: string }) {
  return (
    <tr class="path-row">
      <td colSpan={6}>{state.value && <Contact show={state.value} of={of} />}</td>
    </tr>
  );
}

function isPlace({ role }: DestinationDoc): boolean {
  return role === "venue" || role === "guest";
}

interface FigureProperties {
  id: string;
  here: boolean;
}

/** A figure of a line, which is drawn when it changes: they come every second. */
function useFigure(id: string, figure: "rtt_ms" | "loss" | "kbps"): number | null {
  return useComputed(() => lines.value?.destinations[id]?.[figure] ?? null).value;
}

function Trip({ id, here }: FigureProperties) {
  const trip = useFigure(id, "rtt_ms");
  return (
    <td class={`number tabular figure ${gradeOfTrip(trip)}`} title={texts.value.columns.trip}>
      {here && trip !== null && `${figure(trip)} ms`}
    </td>
  );
}

function Loss({ id, here }: FigureProperties) {
  const loss = useFigure(id, "loss");
  return (
    <td class={`number tabular figure ${gradeOfLoss(loss)}`} title={texts.value.loss}>
      {here && loss !== null && `${figure(loss * 100, 1)} %`}
    </td>
  );
}

function Rate({ id, here }: FigureProperties) {
  const kbps = useFigure(id, "kbps") ?? 0;
  return (
    <td class="number tabular connected-rate">{here && kbps > 0 && `${figure(kbps / 1000, 1)} Mbit/s`}</td>
  );
}

interface ApproveProperties {
  id: string;
  zone: string;
  name: string;
  here: boolean;
  approvedAt: string | null;
}

/** One click says that a place has been seen and heard, and its page shows that; another takes it back. */
function ApproveButton({ id, zone, name, here, approvedAt }: ApproveProperties) {
  const t = texts.value;
  const at = instant(approvedAt);
  if (!here && at === null) return null;
  const clock = at === null ? null : wall(at, zone);
  return (
    <Button
      testid={`approve-${id}`}
      class={`small approve${clock ? " approved" : ""}`}
      pressed={clock !== null}
      label={t.approval.label(name)}
      hint={clock ? t.approval.given(name, clock) : t.approval.hint(name)}
      blocked={barred()}
      press={() => void send({ type: "approve", place: id, ok: clock === null })}
    >
      ✓{clock && ` ${clock}`}
    </Button>
  );
}

/** Names a path other than UDP. It opens to what is blocked there. */
function PathTag({ id, destination: { path } }: { id: string; destination: DestinationDoc }) {
  const t = texts.value.path;
  if (path === null || path === "udp") return null;
  const open = explained.value === id;
  return (
    <button
      type="button"
      class={`path-tag ${path}`}
      data-testid={`path-${id}`}
      data-path={path}
      title={t.there[path]}
      aria-expanded={open}
      onClick={() => (explained.value = open ? null : id)}
    >
      {t.names[path]}
    </button>
  );
}

function PathRow({ path, media }: { path: DestinationDoc["path"]; media: PageMedia }) {
  const t = texts.value.path;
  if (path === null || path === "udp") return null;
  const ports = portsOf(media.call.path.offered.value);
  const remedy = { tcp: t.remedies.udp, relay: t.remedies.direct, blocked: t.remedies.any }[path];
  return (
    <tr class="path-row" data-testid="path-row">
      <td colSpan={6}>
        <div class="path-words">
          {t.there[path]} {remedy(ports)}
        </div>
      </td>
    </tr>
  );
}
