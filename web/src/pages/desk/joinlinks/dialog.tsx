/** A dialog over the desk. Escape closes it, and the focus goes back to where it was. */

import type { ComponentChildren, RefObject } from "preact";
import { useId } from "preact/hooks";
import { Modal } from "../../../parts/modal";

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
  return (
    <Modal testid={testid} labelledby={heading} class={`joinlinks ${name}`} dialog={dialog} closed={closed}>
      <header class="joinlinks-head">
        <h1 id={heading} tabIndex={-1}>
          {title}
        </h1>
        {tools}
      </header>
      {children}
    </Modal>
  );
}
