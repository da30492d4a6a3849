/** A button that either works or says why it cannot. */

import type { ComponentChildren } from "preact";

interface Properties {
  testid: string;
  children: ComponentChildren;
  press: () => void;
  /** What it is called, where that is not written on it. */
  label?: string | undefined;
  /** What it does, for those who point at it. */
  hint?: string | undefined;
  /** Why it cannot be pressed now; null when it can. */
  blocked?: string | null;
  class?: string;
  pressed?: boolean;
}

/** Browsers click again and again while Enter is held down. One press is one wish. */
export function ignoreRepeat(event: KeyboardEvent): void {
  if (event.repeat && (event.key === "Enter" || event.key === " ")) event.preventDefault();
}

export function Button({
  testid,
  children,
  press,
  label,
  hint,
  blocked = null,
  class: name = "",
  pressed,
}: Properties) {
  return (
    <button
      type="button"
      data-testid={testid}
      class={name}
      disabled={blocked !== null}
      title={blocked ?? hint}
      aria-label={label}
      aria-pressed={pressed}
      onClick={press}
      onKeyDown={ignoreRepeat}
    >
      {children}
    </button>
  );
}
