/** The page before the first state, without a link, or with a refused one. */

import { useState } from "preact/hooks";
import { codeAddress, isCode, typedCode } from "../link/code";
import { refusal, status } from "../link/session";
import { refusalText } from "../show/refusals";
import { texts } from "../texts";

interface CardProperties {
  title: string;
  text: string;
  detail?: string | null | undefined;
  asksForCode?: boolean;
}

function Card({ title, text, detail, asksForCode = false }: CardProperties) {
  return (
    <div class="page gate">
      <section class="panel" data-testid="gate">
        <h1>{title}</h1>
        <p data-testid="gate-text">{text}</p>
        {detail && (
          <p class="muted">
            {texts.value.serverSays} <span lang="en">{detail}</span>
          </p>
        )}
        {asksForCode && <CodeForm />}
      </section>
    </div>
  );
}

/** Asks for the code of a link. */
function CodeForm() {
  const t = texts.value;
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const open = (event: Event) => {
    event.preventDefault();
    const code = typedCode(typed);
    if (!isCode(code)) setWrong(t.badCode(code.length));
    else if (code === location.hash.slice(1)) location.reload();
    else location.assign(codeAddress(code));
  };
  return (
    <form class="code-form" onSubmit={open}>
      <label for="code">{t.code}</label>
      <input
        id="code"
        data-testid="code"
        type="text"
        value={typed}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        maxLength={200}
        aria-describedby="code-hint"
        aria-invalid={wrong !== null}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setWrong(null);
        }}
      />
      <button type="submit" data-testid="open-code">
        {t.openCode}
      </button>
      <p id="code-hint" class={wrong === null ? "muted" : "code-wrong"} role="status" data-testid="code-hint">
        {wrong ?? t.codeHint}
      </p>
    </form>
  );
}

/** No code in the address. */
export function NoLink() {
  return <Card title={texts.value.noLinkTitle} text={texts.value.noLink} asksForCode />;
}

/** Before the first state has come, and after the link was refused. */
export function Gate() {
  const t = texts.value;
  if (status.value === "refused") {
    const text = refusal.value && refusalText(refusal.value, t.refusals);
    const isClosed = refusal.value?.reason === "thrown-out";
    return (
      <Card
        title={isClosed ? t.closedTitle : t.badLinkTitle}
        text={text?.text ?? t.badLink}
        detail={text?.detail}
        asksForCode={!isClosed}
      />
    );
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
