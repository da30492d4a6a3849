/** A button that works, or says why it is disabled. */

import type { ComponentChildren, ComponentProps } from "preact";

interface Properties {
  testid: string;
  children: ComponentChildren;
  press: () => void;
  /** The accessible name, where the content is not one. */
  label?: string | undefined;
  /** The tooltip. */
  hint?: string | undefined;
  /** Why it is disabled; null if it is not. */
  blocked?: string | null;
  class?: string;
  pressed?: boolean;
  /** Its keys, as `aria-keyshortcuts` lists them. */
  keys?: string | undefined;
  /** Handlers of a pointer or the focus that rests on it. */
  rests?: Pick<
    ComponentProps<"button">,
    "onPointerEnter" | "onPointerLeave" | "onPointerCancel" | "onFocus" | "onBlur"
  >;
}

/** Browsers click repeatedly while Enter is held down; only the first counts. */
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
  keys,
  rests,
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
      aria-keyshortcuts={keys}
      onClick={press}
      onKeyDown={ignoreRepeat}
      {...rests}
    >
      {children}
    </button>
  );
}
