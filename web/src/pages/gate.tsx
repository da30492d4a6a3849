/** The page before the first state, without a link, or with a refused one. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type CodeFault, codeAddress, codeFault, groupedCode, typedCode } from "../link/code";
import { outdated, refusal, restarting, status } from "../link/session";
import { Button } from "../parts/button";
import { said } from "../parts/said";
import { refusalText } from "../show/refusals";
import { texts } from "../texts";

/** After so long without a first state the page says that it keeps trying. */
const SLOW_AFTER_MS = 4_000;
/** Twice a code. Links of older versions are longer. */
const MAX_CORRECTED_CHARS = 28;

interface CardProperties {
  title: string;
  text: string;
  detail?: string | null | undefined;
  /** Ask for a code, with this one typed in already. */
  code?: string | null;
  /** The label of a button that loads the page again, where that helps. */
  reload?: string | null;
  isFront?: boolean;
}

function Card({ title, text, detail, code = null, reload = null, isFront = false }: CardProperties) {
  return (
    <main class="page gate">
      <section class="panel" data-testid="gate">
        <h1>{title}</h1>
        <p data-testid="gate-text">{text}</p>
        {detail && (
          <p class="muted">
            {texts.value.serverSays} <span lang="en">{detail}</span>
          </p>
        )}
        {reload !== null && (
          <Button testid="gate-reload" class="primary" press={() => location.reload()}>
            {reload}
          </Button>
        )}
        {code !== null && <CodeForm code={code} isFront={isFront} />}
      </section>
    </main>
  );
}

function faultWords(fault: CodeFault): string {
  const t = texts.value.badCode;
  if (fault.kind === "symbols") return t.symbols(fault.symbols);
  return fault.length === 0 ? t.none : t.length(fault.length);
}

/** Asks for the code of a link. */
function CodeForm({ code: given, isFront }: { code: string; isFront: boolean }) {
  const t = texts.value;
  const [typed, setTyped] = useState(given);
  const [wrong, setWrong] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  // Only where nothing else is to be read: on a phone the keyboard covers half the page.
  useEffect(() => void (isFront && field.current?.focus()), [isFront]);
  const open = (event: Event) => {
    event.preventDefault();
    const code = typedCode(typed);
    const fault = codeFault(code);
    if (fault !== null) {
      setWrong(faultWords(fault));
      field.current?.focus();
    } else if (code === location.hash.slice(1)) location.reload();
    else location.assign(codeAddress(code));
  };
  return (
    <form class="code-form" onSubmit={open}>
      <label for="code">{t.code}</label>
      <input
        ref={field}
        id="code"
        data-testid="code"
        type="text"
        // Phones with a Japanese keyboard then show Latin letters.
        inputMode="email"
        enterKeyHint="go"
        value={typed}
        autocomplete="off"
        autocapitalize="characters"
        autoCorrect="off"
        spellcheck={false}
        maxLength={500}
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
      <p id="code-hint" class={wrong === null ? "muted" : "code-wrong"} {...said} data-testid="code-hint">
        {wrong ?? t.codeHint}
      </p>
    </form>
  );
}

/** No code in the address. */
export function NoLink() {
  return <Card title={texts.value.noLinkTitle} text={texts.value.noLink} code="" isFront />;
}

/** What this page was opened with, for correction; nothing if that is far from a code. */
function codeToCorrect(): string {
  const code = typedCode(location.hash);
  if (codeFault(code) === null) return groupedCode(code);
  return code.length <= MAX_CORRECTED_CHARS ? code : "";
}

/** Before the first state has come, and after the link was refused. */
export function Gate() {
  const t = texts.value;
  const text = refusal.value && refusalText(refusal.value, t.refusals);
  if (outdated.value) return <Card title={t.outdatedTitle} text={t.outdated} reload={t.reloadPage} />;
  if (status.value === "refused") {
    const reason = refusal.value?.reason;
    const isClosed = reason === "thrown-out";
    return (
      <Card
        title={isClosed ? t.closedTitle : t.badLinkTitle}
        text={text?.text ?? t.badLink}
        detail={text?.detail}
        reload={isClosed ? t.openAgain : null}
        code={isClosed ? null : reason === "link-damaged" ? codeToCorrect() : ""}
      />
    );
  }
  // Refused for now: the page goes on trying.
  if (text) return <Card title={t.notNow} text={`${text.text} ${t.path.goesOn}`} detail={text.detail} />;
  return <Connecting />;
}

function Connecting() {
  const t = texts.value;
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main class="page gate">
      <div>
        <p class="waiting" data-testid="waiting" {...said}>
          <span class="banner-mark" aria-hidden="true" />
          {restarting.value ? t.restarting : t.connecting}
        </p>
        {isSlow && !restarting.value && (
          <p class="muted waiting-hint" data-testid="waiting-hint" {...said}>
            {t.unreachable} {t.path.goesOn}
          </p>
        )}
      </div>
    </main>
  );
}
