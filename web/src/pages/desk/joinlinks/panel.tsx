/** The join links of the event at the desk: who may come in, who has, and how that ends. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Refusal } from "../../../link/pending";
import { Repeated } from "../../../link/repeated";
import { request, state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { barred } from "../../../parts/words";
import { refusalLine } from "../../../show/refusals";
import { city } from "../../../show/time";
import { texts } from "../../../texts";
import type { JoinLinkDoc, LinksDoc } from "../../../wire";
import { Ask } from "./ask";
import { Dialog } from "./dialog";
import { byRole, ended, type Holder, holdersOf, type Target } from "./groups";
import { Make } from "./make";
import { PrintSheets } from "./print";
import { Ended, RoleSection } from "./rows";
import { Shown } from "./shown";
import { panelTexts } from "./words";
import "../../../styles/joinlinks.css";
import "../../../styles/joinlinks-paper.css";
import { said } from "../../../parts/said";

/** How long the list is shown as it is: somebody who came or went is seen within a few seconds. */
const FETCH_PAUSE_MS = 3_000;

/** What is open over the list. */
type Over =
  | { kind: "ask"; target: Target }
  | { kind: "make"; holder: Holder | null }
  | { kind: "show"; link: JoinLinkDoc }
  | { kind: "print" };

/** Everything that it was shown is gone with it: it keeps codes nowhere else. */
export function JoinLinks({ close }: { close: () => void }) {
  const t = panelTexts.value;
  const { links, fault, refresh } = useLinks();
  const [over, setOver] = useState<Over | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const event = state.value?.event;
  if (!event) return null;
  const holders = holdersOf(event);
  const rest = links ? ended(links) : [];
  const shut = (): void => setOver(null);
  const ask = (target: Target): void => setOver({ kind: "ask", target });
  const show = (link: JoinLinkDoc): void => setOver({ kind: "show", link });
  const make = (holder: Holder | null): void => setOver({ kind: "make", holder });
  return (
    <Dialog
      testid="joinlinks"
      title={t.title}
      dialog={dialog}
      closed={close}
      class="joinlinks-list"
      tools={
        <div class="joinlinks-tools">
          <Button testid="joinlinks-make" class="primary" blocked={barred()} press={() => make(null)}>
            {t.make}
          </Button>
          <Button
            testid="joinlinks-print"
            blocked={links === null ? t.loading : null}
            press={() => setOver({ kind: "print" })}
          >
            {t.print}
          </Button>
          <Button testid="joinlinks-close" press={() => dialog.current?.close()}>
            {texts.value.close}
          </Button>
        </div>
      }
    >
      <p class="muted joinlinks-note" {...said} data-testid="joinlinks-note">
        {fault
          ? t.notLoaded(refusalLine(fault.problem, texts.value.refusals) || texts.value.noAnswer)
          : t.timesIn(city(event.timezone))}
      </p>
      <div class="joinlinks-body">
        {links === null ? (
          <p class="muted">{t.loading}</p>
        ) : (
          byRole(links, holders).map((group) => (
            <RoleSection key={group.role} group={group} zone={event.timezone} act={{ ask, show, make }} />
          ))
        )}
        {rest.length > 0 && <Ended links={rest} zone={event.timezone} ask={ask} />}
      </div>
      {over?.kind === "ask" && links && <Ask target={over.target} links={links} shut={shut} done={refresh} />}
      {over?.kind === "make" && (
        <Make holder={over.holder} holders={holders} event={event} shut={shut} done={refresh} />
      )}
      {over?.kind === "show" && <Shown link={over.link} event={event} shut={shut} />}
      {over?.kind === "print" && links && (
        <PrintSheets links={links} holders={holders} event={event} shut={shut} />
      )}
    </Dialog>
  );
}

/** The list as of a few seconds ago; null before the first answer. The last one stays while the server is away. */
function useLinks(): { links: JoinLinkDoc[] | null; fault: Refusal | null; refresh: () => void } {
  const [links, setLinks] = useState<JoinLinkDoc[] | null>(null);
  const [fault, setFault] = useState<Refusal | null>(null);
  const repeated = useRef<Repeated<LinksDoc> | null>(null);
  useEffect(() => {
    const asking = new Repeated(
      () => request<LinksDoc>("GET", "/api/v1/links"),
      FETCH_PAUSE_MS,
      (answer) => {
        setLinks(answer.links);
        setFault(null);
      },
      setFault,
      document,
    );
    repeated.current = asking;
    asking.askNow();
    return () => asking.stop();
  }, []);
  return { links, fault, refresh: () => repeated.current?.askNow() };
}
