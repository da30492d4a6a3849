/** A dialog over the desk. Escape closes it, and the focus goes back to where it was. */

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useId } from "preact/hooks";

interface Properties {
  testid: string;
  title: string;
  /** Closed by its `close()`, so that the browser gives the focus back. */
  dialog: RefObject<HTMLDialogElement | null>;
  closed: () => void;
  class?: string;
  /** Beside the title. */
  tools?: ComponentChildren;
  children: ComponentChildren;
}

export function Dialog({ testid, title, dialog, closed, class: name = "", tools, children }: Properties) {
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), [dialog]);
  return (
    <dialog
      ref={dialog}
      class={`joinlinks ${name}`}
      data-testid={testid}
      aria-labelledby={heading}
      onClose={closed}
    >
      <header class="joinlinks-head">
        <h1 id={heading} tabIndex={-1}>
          {title}
        </h1>
        {tools}
      </header>
      {children}
    </dialog>
  );
}
