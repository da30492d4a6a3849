/** Which display the hall screen goes to. Pure. */

/** What a display is known by after a restart of the computer: its place among the others may have changed. */
export interface DisplayMark {
  label: string;
  /** In CSS pixels. */
  width: number;
  height: number;
}

/** A display as the Window Management API describes it. */
export interface Display extends DisplayMark {
  availLeft: number;
  availTop: number;
  availWidth: number;
  availHeight: number;
  /** Built into the computer. */
  isInternal: boolean;
}

/**
 * The display for the projector: the remembered one, else one that the technician's window is not on, preferably not
 * built in. Null: there is only one, or the technician's is the only one left.
 */
export function chooseDisplay(
  displays: readonly Display[],
  current: Display | null,
  remembered: DisplayMark | null,
): Display | null {
  const others = displays.filter((each) => each !== current);
  const isSize = (each: Display) => each.width === remembered?.width && each.height === remembered.height;
  const isNamed = (each: Display) => remembered !== null && each.label === remembered.label;
  return (
    // Two projectors of one make have one label.
    displays.find((each) => isNamed(each) && isSize(each) && each !== current) ??
    others.find(isNamed) ??
    others.find(isSize) ??
    others.find((each) => !each.isInternal) ??
    others[0] ??
    null
  );
}

/** The features of `window.open`: a window without bars, over all of `display` if one is given. */
export function windowFeatures(display: Display | null): string {
  if (display === null) return "popup,width=1280,height=720";
  const { availLeft: left, availTop: top, availWidth: width, availHeight: height } = display;
  return `popup,left=${left},top=${top},width=${width},height=${height}`;
}
