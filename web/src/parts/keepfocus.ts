/**
 * Keeps the keyboard's place. A browser gives the focus to the page when the control that has it goes or is disabled:
 * the next Tab then begins somewhere else, and the next Space is no press of that control any more, but the desk's Next.
 */

import { useEffect } from "preact/hooks";

/** What contained the control gets its focus. One that a pointer has focused gives it up, as nobody looks for it. */
export function useFocusKept(): void {
  useEffect(() => {
    /** The focused control and what contains it, the innermost first; empty if none was focused by the keyboard. */
    let path: readonly HTMLElement[] = [];
    const focused = ({ target }: FocusEvent): void => {
      path = target instanceof HTMLElement && target.matches(":focus-visible") ? ancestors(target) : [];
    };
    // A control that goes may lose its focus before or after: it is looked at once both have happened.
    const left = ({ target }: FocusEvent): void =>
      queueMicrotask(() => {
        if (path[0] === target && !isGone(path[0])) path = [];
      });
    const look = (): void => {
      const [control, ...around] = path;
      const here = document.activeElement;
      if (!control || !isGone(control) || (here !== control && here !== document.body)) return;
      const heir = around.find((element) => element.isConnected && element !== document.body);
      heir?.setAttribute("tabindex", heir.getAttribute("tabindex") ?? "-1");
      heir?.focus({ preventScroll: true });
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
    document.addEventListener("focusin", focused);
    document.addEventListener("focusout", left);
    return () => {
      observer.disconnect();
      document.removeEventListener("focusin", focused);
      document.removeEventListener("focusout", left);
    };
  }, []);
}

function ancestors(element: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at: HTMLElement | null = element; at; at = at.parentElement) found.push(at);
  return found;
}

function isGone(element: HTMLElement | undefined): boolean {
  return element !== undefined && (!element.isConnected || element.matches(":disabled"));
}
