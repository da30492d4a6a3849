/** A slider for a level in dB, which says its value in words. */

interface Properties {
  testid: string;
  /** The accessible name, where no label element names it. */
  label?: string;
  id?: string;
  /** In dB. */
  range: readonly [least: number, most: number];
  step: number;
  value: number;
  /** What this value means, for people who do not see the slider. */
  words: string;
  set: (db: number) => void;
  /** A double click. */
  reset?: () => void;
}

export function LevelSlider({
  testid,
  label,
  id,
  range: [min, max],
  step,
  value,
  words,
  set,
  reset,
}: Properties) {
  return (
    <input
      type="range"
      id={id}
      data-testid={testid}
      aria-label={label}
      aria-valuetext={words}
      min={min}
      max={max}
      step={step}
      value={value}
      onInput={(event) => set(event.currentTarget.valueAsNumber)}
      onDblClick={reset}
    />
  );
}
