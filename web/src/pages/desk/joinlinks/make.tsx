/** Makes a link with a random code, which is shown once. */

import { useId, useRef, useState } from "preact/hooks";
import { online, request } from "../../../link/session";
import { Button } from "../../../parts/button";
import { saidAtOnce } from "../../../parts/said";
import { texts } from "../../../texts";
import type { EventDoc, JoinLinkDoc, NewLink, Role } from "../../../wire";
import { reasonFor } from "./ask";
import { Dialog } from "./dialog";
import type { Holder } from "./groups";
import { ShownLink } from "./shown";
import { nameOf, panelTexts } from "./words";

/** The lifetimes to choose from: for a helper's hour, a rehearsal, a day, and a week of set-up. */
const LIFETIMES_H = [1, 4, 12, 24, 72, 168];

interface Properties {
  /** Chosen at first; null: nobody in particular. */
  holder: Holder | null;
  holders: readonly Holder[];
  event: EventDoc;
  shut: () => void;
  done: () => void;
}

export function Make({ holder, holders, event, shut, done }: Properties) {
  const t = panelTexts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const [made, setMade] = useState<JoinLinkDoc | null>(null);
  return (
    <Dialog
      testid="joinlinks-new"
      title={made ? t.shownTitle(nameOf(made, t)) : t.make}
      dialog={dialog}
      closed={shut}
      class={made ? "joinlinks-shown" : "joinlinks-small"}
    >
      {made ? (
        <ShownLink link={made} isOnce event={event} close={() => dialog.current?.close()} />
      ) : (
        <Form
          holder={holder}
          holders={holders}
          cancel={() => dialog.current?.close()}
          made={(link) => {
            setMade(link);
            done();
          }}
        />
      )}
    </Dialog>
  );
}

interface FormProperties {
  holder: Holder | null;
  holders: readonly Holder[];
  cancel: () => void;
  made: (link: JoinLinkDoc) => void;
}

const keyOf = ({ role, id }: Pick<Holder, "role" | "id">): string => `${role} ${id}`;

function Form({ holder, holders, cancel, made }: FormProperties) {
  const t = panelTexts.value;
  const [whom, hours] = [useId(), useId()];
  const [chosen, setChosen] = useState(() => keyOf(holder ?? { role: "venue", id: "" }));
  const [lifetime, setLifetime] = useState("");
  const [looksOn, setLooksOn] = useState(false);
  const [isSent, setSent] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  // A changed agenda may have removed the chosen place from the event.
  const found = holders.find((one) => keyOf(one) === chosen) ?? holders.find(({ role }) => role === "venue");
  const isModerator = found?.role === "moderator";
  const send = async (submitted: Event): Promise<void> => {
    submitted.preventDefault();
    if (!found || isSent || !online.value) return;
    setSent(true);
    setFault(null);
    const body: NewLink = {
      role: found.role as Role,
      id: found.id,
      expires_s: lifetime === "" ? null : Number(lifetime) * 3600,
      read_only: isModerator && looksOn,
    };
    try {
      made(await request<JoinLinkDoc>("POST", "/api/v1/links", body));
    } catch (error) {
      setSent(false);
      setFault(reasonFor(error));
    }
  };
  return (
    <form class="joinlinks-form" onSubmit={(submitted) => void send(submitted)}>
      <label for={whom}>{t.forWhom}</label>
      <select
        id={whom}
        data-testid="joinlinks-whom"
        value={found ? keyOf(found) : ""}
        onChange={(changed) => setChosen(changed.currentTarget.value)}
      >
        {[...new Set(holders.map(({ role }) => role))].map((role) => (
          <optgroup key={role} label={t.roles[role]}>
            {holders
              .filter((one) => one.role === role)
              .map((one) => (
                <option key={keyOf(one)} value={keyOf(one)}>
                  {nameOf(one, t)}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <label for={hours}>{t.validFor}</label>
      <select
        id={hours}
        data-testid="joinlinks-lifetime"
        value={lifetime}
        onChange={(changed) => setLifetime(changed.currentTarget.value)}
      >
        <option value="">{t.asEvent}</option>
        {LIFETIMES_H.map((choice) => (
          <option key={choice} value={choice}>
            {t.hours(choice)}
          </option>
        ))}
      </select>
      {isModerator && (
        <label class="joinlinks-check">
          <input
            type="checkbox"
            data-testid="joinlinks-read-only"
            checked={looksOn}
            onChange={(changed) => setLooksOn(changed.currentTarget.checked)}
          />{" "}
          {t.lookOn}
        </label>
      )}
      {fault !== null && (
        <p class="joinlinks-fault" {...saidAtOnce}>
          {fault}
        </p>
      )}
      <div class="joinlinks-choice">
        <Button testid="joinlinks-cancel" press={cancel}>
          {texts.value.reload.cancel}
        </Button>
        <button
          type="submit"
          class="primary"
          data-testid="joinlinks-make-it"
          disabled={isSent || !online.value}
          title={online.value ? undefined : texts.value.blocked.offline}
        >
          {t.makeIt}
        </button>
      </div>
    </form>
  );
}
