/** What people see who may not come in, or not yet. Says what to ask for. */

import { refusal, status } from "../link/session";
import { texts } from "../texts";

function Card({ title, text, detail }: { title: string; text: string; detail?: string | undefined }) {
  return (
    <div class="page gate">
      <section class="panel" data-testid="gate">
        <h1>{title}</h1>
        <p>{text}</p>
        {detail && (
          <p class="muted">
            {texts.value.serverSays} {detail}
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
    return <Card title={t.badLinkTitle} text={t.badLink} detail={refusal.value?.message} />;
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
