/** What is printed instead of the page, while it is mounted. */

import { type ComponentChildren, render } from "preact";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";

/** Beside the page, since dialogs are printed over it. */
export function Printed({ children }: { children: ComponentChildren }) {
  const beside = useMemo(() => document.createElement("div"), []);
  useEffect(() => {
    beside.className = "papers";
    document.body.append(beside);
    return () => {
      render(null, beside);
      beside.remove();
    };
  }, [beside]);
  // With the page and not after it: somebody may print at once.
  useLayoutEffect(() => render(children, beside));
  return null;
}
