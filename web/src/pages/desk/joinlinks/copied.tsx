/** A text to copy: shown as it is, with a button. */

import { useId, useRef, useState } from "preact/hooks";
import { Button } from "../../../parts/button";
import { said } from "../../../parts/said";
import { panelTexts } from "./words";

interface Properties {
  testid: string;
  label: string;
  /** The label is written elsewhere as well. */
  isLabelled?: boolean;
  text: string;
  button: string;
  rows?: number;
  lang?: string;
}

export function Copied({ testid, label, isLabelled = false, text, button, rows = 1, lang }: Properties) {
  const t = panelTexts.value;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [done, setDone] = useState<boolean | null>(null);
  return (
    <div class="joinlinks-copied">
      {!isLabelled && <label for={id}>{label}</label>}
      <textarea
        id={id}
        ref={field}
        data-testid={testid}
        aria-label={isLabelled ? label : undefined}
        readOnly
        rows={rows}
        lang={lang}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="joinlinks-copy">
        <Button testid={`${testid}-copy`} class="small" press={() => void copy(field.current).then(setDone)}>
          {button}
        </Button>
        <span {...said}>{done === null ? "" : done ? t.copied : t.notCopied}</span>
      </div>
    </div>
  );
}

/** Copy a field's text; false if the browser does not let the page, and then the text is selected. */
async function copy(field: HTMLTextAreaElement | null): Promise<boolean> {
  if (!field) return false;
  field.select();
  try {
    // Pages without TLS have no clipboard.
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
