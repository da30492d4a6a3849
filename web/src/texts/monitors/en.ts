/** The programme and the next picture at the desk, in English. */

export const monitors = {
  /** Over the picture of the item that Next goes to. */
  next: "Next",
  first: "First",
  asMarked: "Next, as marked",
  allWell: "No faults",
  /** Nothing is left. */
  nothing: "The event ends",
  nothingHint: "Nothing comes after this item.",
  label: "The next item, as it will look",
  /** What Next begins, and when a hard start would have begun it. */
  hard: (at: string) => `hard start ${at}`,
  hardEarly: (at: string, early: string) => `hard start ${at}, ${early} early`,
  begins: (at: string) => `expected ${at}`,
};

export type Monitors = typeof monitors;
