/** A modal panel over the page: the focus stays in it and goes back to where it was, and Escape closes it. */

import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Properties {
  testid: string;
  /** The accessible name, where no heading gives it. */
  label?: string;
  /** The id of the heading that names it. */
  labelledby?: string;
  class?: string;
  /** For a page that closes it itself by `close()`. */
  dialog?: RefObject<HTMLDialogElement | null>;
  /** Escape or `close()` has closed it. Null: it cannot be closed before the page goes on. */
  closed: (() => void) | null;
  children: ComponentChildren;
}

export function Modal({
  testid,
  label,
  labelledby,
  class: name = "panel",
  dialog,
  closed,
  children,
}: Properties) {
  const own = useRef<HTMLDialogElement>(null);
  const element = dialog ?? own;
  useLayoutEffect(() => {
    const opened = element.current;
    opened?.showModal();
    // One that is removed while it is open would keep the focus from where it was.
    return () => opened?.close();
  }, [element]);
  return (
    <dialog
      ref={element}
      class={name}
      data-testid={testid}
      aria-label={label}
      aria-labelledby={labelledby}
      onCancel={(event) => closed === null && event.preventDefault()}
      // Browsers let a second Escape close a dialog that has refused the first.
      onClose={() => (closed ? closed() : element.current?.showModal())}
    >
      {children}
    </dialog>
  );
}
