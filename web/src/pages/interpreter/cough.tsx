/** The cough key as a button: muted only while it is held down, by key, mouse or finger. */

import { texts } from "../../texts";
import { KEYS } from "./keys";
import type { SeatControl } from "./seatcontrol";

export function Cough({ control }: { control: SeatControl }) {
  const t = texts.value.interpreter;
  const hold = (held: boolean) => () => {
    control.coughs.value = held;
  };
  const key = (held: boolean) => (event: KeyboardEvent) => {
    if (event.key === " " || event.key === "Enter") control.coughs.value = held;
  };
  return (
    <button
      type="button"
      class="console-cough"
      data-testid="cough-button"
      aria-pressed={control.coughs.value}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        control.coughs.value = true;
      }}
      // Also when the finger slides off the glass, or the system takes the pointer away.
      onPointerUp={hold(false)}
      onPointerCancel={hold(false)}
      onLostPointerCapture={hold(false)}
      onKeyDown={key(true)}
      onKeyUp={key(false)}
      onBlur={hold(false)}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span>
        {t.cough} <kbd>{KEYS.cough}</kbd>
      </span>
      <small>{t.coughHeld}</small>
    </button>
  );
}
