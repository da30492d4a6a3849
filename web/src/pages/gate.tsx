/** The page before the first state, without a link, or with a refused one. */

import { refusal, status } from "../link/session";
import { refusalText } from "../show/refusals";
import { texts } from "../texts";

function Card({ title, text, detail }: { title: string; text: string; detail?: string | null | undefined }) {
  return (
    <div class="page gate">
      <section class="panel" data-testid="gate">
        <h1>{title}</h1>
        <p>{text}</p>
        {detail && (
          <p class="muted">
            {texts.value.serverSays} <span lang="en">{detail}</span>
          </p>
        )}
      </section>
    </div>
  );
}

/** No token in the address. */
export function NoLink() {
  return <Card title={texts.value.noLinkTitle} text={texts.value.noLink} />;
}

/** Before the first state has come, and after the link was refused. */
export function Gate() {
  const t = texts.value;
  if (status.value === "refused") {
    const text = refusal.value && refusalText(refusal.value, t.refusals);
    return <Card title={t.badLinkTitle} text={text?.text ?? t.badLink} detail={text?.detail} />;
  }
  return (
    <div class="page gate">
      <p class="waiting" data-testid="waiting">
        <span class="banner-mark" aria-hidden="true" />
        {t.connecting}
      </p>
    </div>
  );
}
