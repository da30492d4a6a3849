/** Text as large as its box allows: measured, as the width of a text depends on the fonts of the machine. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** So many letters of a word fit into a line, at 0.6 em each. Longer words are broken. */
const MAX_WORD_CHARS = 24;
const STEPS = 8;
const MIN_PX = 9;

interface Properties {
  children: ComponentChildren;
  /** What the size depends on. */
  text: string;
  lang?: string | undefined;
  class?: string;
  testid?: string;
  /** The largest font size, as a part of the height of the box. */
  most?: number;
}

export function Fitted({ children, text, lang, class: name = "", testid, most = 0.85 }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const outer = box.current;
    if (!outer) return;
    const refit = (): void => fit(outer, most);
    refit();
    const observer = new ResizeObserver(refit);
    observer.observe(outer);
    // A font that arrives later has other widths.
    document.fonts?.addEventListener("loadingdone", refit);
    return () => {
      observer.disconnect();
      document.fonts?.removeEventListener("loadingdone", refit);
    };
  }, [text, lang, most]);
  return (
    <div ref={box} class={`fitted ${name}`} lang={lang}>
      <div class="fitted-text" data-testid={testid}>
        {children}
      </div>
    </div>
  );
}

/** Set the largest font size at which the text is whole; words are kept whole as far as possible. */
function fit(outer: HTMLElement, most: number): void {
  const inner = outer.firstElementChild;
  if (!(inner instanceof HTMLElement)) return;
  const largest = Math.max(MIN_PX, outer.clientHeight * most);
  const isWhole = (px: number): boolean => {
    inner.style.fontSize = `${px}px`;
    return inner.scrollWidth <= outer.clientWidth + 1 && inner.offsetHeight <= outer.clientHeight + 1;
  };
  const search = (smallest: number): void => {
    let [low, high] = [smallest, largest];
    if (isWhole(high)) return;
    for (let n = 0; n < STEPS; n++) {
      const middle = (low + high) / 2;
      if (isWhole(middle)) low = middle;
      else high = middle;
    }
    inner.style.fontSize = `${low}px`;
  };
  inner.style.overflowWrap = "normal";
  const smallest = Math.min(largest / 2, outer.clientWidth / (MAX_WORD_CHARS * 0.6));
  if (isWhole(smallest)) search(smallest);
  else {
    inner.style.overflowWrap = "anywhere";
    search(MIN_PX);
  }
}
