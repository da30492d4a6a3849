/** What somebody types into the form of an item, beside what the event file says. Pure. */

/** A value as the file has it, and as it is typed; null: the item has no such key. */
export type Value = string | string[] | null;
export type Fields = Readonly<Record<string, Value>>;

export interface Draft {
  /** The event's revision that `written` is from. */
  base: number;
  /** The item as the file has it; empty for a new one. */
  written: Fields;
  /** As it was when somebody last looked at it: what differs from `written` was typed here. */
  typed: Fields;
  /** Values that another desk gave to fields that were changed here as well. Saving overwrites them. */
  theirs: Fields;
}

/** A new item that was sent, maybe more than once, and may be in the event file although no answer came. */
export interface Unanswered {
  /** The items that there were before, by id. */
  before: readonly string[];
  /** Its values, as they were sent each time. */
  sent: readonly Fields[];
}

/** The item that an unanswered one has become; null if the file does not have it. */
export function arrived(
  items: readonly { id: string; fields: Fields }[],
  { before, sent }: Unanswered,
): { id: string; fields: Fields } | null {
  const isSent = (fields: Fields): boolean => sent.some((one) => isSameItem(one, fields));
  return items.find(({ id, fields }) => !before.includes(id) && isSent(fields)) ?? null;
}

/** Whether a file says these values of an item. It gives a new one an id. */
function isSameItem(sent: Fields, written: Fields): boolean {
  const keys = new Set([...Object.keys(sent), ...Object.keys(written)]);
  return [...keys].every((key) => key === "id" || isSame(valueIn(sent, key), valueIn(written, key)));
}

export function draftOf(base: number, written: Fields, typed: Fields = {}): Draft {
  return { base, written, typed: { ...written, ...typed }, theirs: {} };
}

export function valueIn(fields: Fields, key: string): Value {
  return fields[key] ?? null;
}

export function typing(draft: Draft, key: string, value: Value): Draft {
  return { ...draft, typed: { ...draft.typed, [key]: value } };
}

/** The fields that were changed here, as a command takes them. */
export function changedFields({ written, typed }: Draft): Fields {
  const meanings = Object.keys(typed).map((key): [string, Value] => [key, meant(key, valueIn(typed, key))]);
  return Object.fromEntries(meanings.filter(([key, value]) => !isSame(value, valueIn(written, key))));
}

/**
 * The same words over the item as another desk has made it. A field that only the other changed is taken over. One that
 * both changed keeps what was typed here, and has the other's value beside it.
 */
export function rebased(draft: Draft, base: number, written: Fields): Draft {
  const ours = changedFields(draft);
  const theirs: Record<string, Value> = {};
  for (const key of Object.keys(ours)) {
    const value = valueIn(written, key);
    const [isTheirs, isAgreed] = [
      !isSame(value, valueIn(draft.written, key)),
      isSame(value, ours[key] ?? null),
    ];
    if (isAgreed) continue;
    if (isTheirs) theirs[key] = value;
    else if (key in draft.theirs) theirs[key] = draft.theirs[key] ?? null;
  }
  const typed = Object.fromEntries(Object.keys(ours).map((key) => [key, valueIn(draft.typed, key)]));
  return { base, written, typed: { ...written, ...typed }, theirs };
}

/** Whether two values say the same in the file: a key without a value is no key. */
export function isSame(a: Value, b: Value): boolean {
  const [one, other] = [a === "" ? null : a, b === "" ? null : b];
  if (one === null || other === null || typeof one === "string" || typeof other === "string")
    return one === other;
  return one.length === other.length && one.every((part, n) => part === other[n]);
}

/** What a typed value means: spaces around it are nothing, no text is no key, and `15` is a length in minutes. */
function meant(key: string, value: Value): Value {
  if (typeof value !== "string") return value;
  const text = key === "notes" ? value.trimEnd() : value.trim();
  if (text === "") return null;
  return key === "duration" ? lengthWritten(text) : text;
}

/** A length as the file takes it: `15`, `15 min` and `15分` are `15m`. */
export function lengthWritten(text: string): string {
  const plain = text.normalize("NFKC").trim();
  const minutes = /^(\d+)\s*(?:m|min\.?|分)?$/i.exec(plain)?.[1];
  return minutes === undefined ? plain : `${minutes}m`;
}

/** The fields with a fault: what the server says of them, in their order on the form. */
export function firstFaulty(order: readonly string[], faulty: ReadonlySet<string>): string | null {
  return order.find((key) => faulty.has(key)) ?? null;
}
