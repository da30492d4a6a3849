/** One link with its code: to copy, to scan, to print, and as an invitation. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { request } from "../../../link/session";
import { Button } from "../../../parts/button";
import { Printed } from "../../../parts/printed";
import { said } from "../../../parts/said";
import { LANGUAGES, language, texts } from "../../../texts";
import type { EventDoc, JoinLinkDoc } from "../../../wire";
import { reasonFor } from "./ask";
import { Copied } from "./copied";
import { Dialog } from "./dialog";
import { siteOf } from "./groups";
import { Paper } from "./paper";
import { QrCode } from "./qr";
import { nameOf, panelTexts } from "./words";

/** A link of the list, whose code the server can give again. */
export function Shown({ link, event, shut }: { link: JoinLinkDoc; event: EventDoc; shut: () => void }) {
  const t = panelTexts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const [whole, setWhole] = useState<JoinLinkDoc | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    let isOpen = true;
    request<JoinLinkDoc>("GET", `/api/v1/links/${link.number}`).then(
      (answer) => isOpen && setWhole(answer),
      (error) => isOpen && setFault(reasonFor(error)),
    );
    return () => {
      isOpen = false;
    };
  }, [link.number]);
  const close = (): void => dialog.current?.close();
  return (
    <Dialog
      testid="joinlinks-shown"
      title={t.shownTitle(nameOf(link, t))}
      dialog={dialog}
      closed={shut}
      class="joinlinks-shown"
    >
      {whole ? (
        <ShownLink link={whole} event={event} close={close} />
      ) : (
        <>
          <p {...said}>{fault ?? t.loading}</p>
          <div class="joinlinks-choice">
            <Button testid="joinlinks-shown-close" press={close}>
              {texts.value.close}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

interface Properties {
  link: JoinLinkDoc;
  event: EventDoc;
  close: () => void;
  /** Nobody can see the code again. */
  isOnce?: boolean;
}

export function ShownLink({ link, event, close, isOnce = false }: Properties) {
  const t = panelTexts.value;
  const select = useId();
  const [invited, setInvited] = useState(language.value);
  const { url, code, invitations, role } = link;
  if (url === null || code === null) return <p>{t.statuses[link.status]}</p>;
  const name = nameOf(link, t);
  return (
    <>
      {isOnce && (
        <p class="joinlinks-once" data-testid="joinlinks-once">
          {t.onlyNow}
        </p>
      )}
      <div class="joinlinks-shown-body">
        <QrCode text={url} label={t.qr(name)} />
        <div class="joinlinks-fields">
          <Copied testid="joinlinks-url" label={t.url} text={url} button={t.copyUrl} rows={2} />
          <p>
            <span class="muted">{t.typed(siteOf(url))}</span>
            <span class="joinlinks-code" data-testid="joinlinks-code">
              {code}
            </span>
          </p>
          <div class="joinlinks-language">
            <label for={select}>{t.invitation}</label>
            <select
              id={select}
              data-testid="joinlinks-invitation-language"
              value={invited}
              onChange={(changed) => setInvited(changed.currentTarget.value as typeof invited)}
            >
              {LANGUAGES.map(([tag, own]) => (
                <option key={tag} value={tag}>
                  {own}
                </option>
              ))}
            </select>
          </div>
          <Copied
            key={invited}
            testid="joinlinks-invitation"
            label={t.invitation}
            isLabelled
            text={invitations?.[invited] ?? ""}
            button={t.copyInvitation}
            rows={6}
            lang={invited}
          />
        </div>
      </div>
      <div class="joinlinks-choice">
        {role !== "moderator" && (
          <Button testid="joinlinks-print-one" press={() => window.print()}>
            {t.printOne}
          </Button>
        )}
        <Button testid="joinlinks-shown-close" class="primary" press={close}>
          {texts.value.close}
        </Button>
      </div>
      {role !== "moderator" && (
        <Printed>
          <Paper link={link} event={event} />
        </Printed>
      )}
    </>
  );
}
