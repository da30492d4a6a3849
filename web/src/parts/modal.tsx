/** A modal panel over the page: the focus stays in it and goes back to where it was, and Escape closes it. */

import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { dialogs, Toasts } from "./toasts";

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
  const [level, setLevel] = useState(0);
  useLayoutEffect(() => {
    const opened = element.current;
    opened?.showModal();
    dialogs.value += 1;
    setLevel(dialogs.peek());
    return () => {
      dialogs.value -= 1;
      // One that is removed while it is open would keep the focus from where it was.
      opened?.close();
    };
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
      {level > 0 && <Toasts level={level} />}
    </dialog>
  );
}
