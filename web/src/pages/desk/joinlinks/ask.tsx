/** Asks before a page is closed or links are revoked, and says what that ends. */

import { useRef, useState } from "preact/hooks";
import { Refusal } from "../../../link/pending";
import { online, request, welcome } from "../../../link/session";
import { Button } from "../../../parts/button";
import { saidAtOnce } from "../../../parts/said";
import { refusalLine } from "../../../show/refusals";
import { texts } from "../../../texts";
import type { JoinLinkDoc } from "../../../wire";
import { Dialog } from "./dialog";
import { closing, type Target } from "./groups";
import { nameOf, panelTexts } from "./words";

interface Properties {
  target: Target;
  links: readonly JoinLinkDoc[];
  shut: () => void;
  done: () => void;
}

export function Ask({ target, links, shut, done }: Properties) {
  const t = panelTexts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const [isSent, setSent] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  // By the list as it is now: what has ended meanwhile is not asked about.
  const ends = closing(target, links, welcome.value?.session ?? null);
  const isGone = target.kind === "page" ? ends.pages === 0 : ends.links.length === 0;
  const act = async (): Promise<void> => {
    setSent(true);
    try {
      await end(target);
      dialog.current?.close();
    } catch (error) {
      setSent(false);
      setFault(reasonFor(error));
    }
    done();
  };
  return (
    <Dialog
      testid="joinlinks-ask"
      title={question(target, links, ends.links.length)}
      dialog={dialog}
      closed={shut}
      class="joinlinks-small"
    >
      {isGone ? (
        <p>{t.ask.gone}</p>
      ) : (
        <>
          <p data-testid="joinlinks-closes">
            {target.kind !== "page" && t.ask.closes(ends.pages)}{" "}
            {ends.feeding.length > 0 && t.ask.feeding(ends.feeding)}
          </p>
          {ends.isOwn && <p class="late">{t.ask.own}</p>}
          <p class="muted">{target.kind === "page" ? t.ask.stays : t.ask.isFinal}</p>
        </>
      )}
      {fault !== null && (
        <p class="joinlinks-fault" {...saidAtOnce}>
          {fault}
        </p>
      )}
      <div class="joinlinks-choice">
        <Button testid="joinlinks-cancel" press={() => dialog.current?.close()}>
          {texts.value.reload.cancel}
        </Button>
        <Button
          testid="joinlinks-confirm"
          class="danger"
          blocked={
            !online.value ? texts.value.blocked.offline : isGone ? t.ask.gone : isSent ? t.loading : null
          }
          press={() => void act()}
        >
          {target.kind === "page" ? t.closePage : t.revoke}
        </Button>
      </div>
    </Dialog>
  );
}

/** Why a request was not done, in the page's language. */
export function reasonFor(error: unknown): string {
  const t = texts.value;
  const answered = error instanceof Refusal && error.problem.message !== "";
  return answered ? refusalLine(error.problem, t.refusals) : t.noAnswer;
}

function question(target: Target, links: readonly JoinLinkDoc[], number: number): string {
  const t = panelTexts.value;
  if (target.kind === "role") return t.ask.all(number, t.roles[target.role]);
  const link = links.find((link) =>
    target.kind === "place"
      ? link.role === target.role && link.id === target.id
      : link.number === target.number,
  );
  const name = link ? nameOf(link, t) : "";
  switch (target.kind) {
    case "page":
      return t.ask.page(target.session, name);
    case "link":
      return t.ask.link(target.number, name);
    case "place":
      return t.ask.all(number, name);
  }
}

async function end(target: Target): Promise<void> {
  switch (target.kind) {
    case "page":
      await request("DELETE", `/api/v1/sessions/${target.session}`);
      break;
    case "link":
      await request("DELETE", `/api/v1/links/${target.number}`);
      break;
    case "place":
      await request("POST", "/api/v1/links/revoke", { id: target.id });
      break;
    case "role":
      await request("POST", "/api/v1/links/revoke", { id: target.role });
      break;
  }
}
