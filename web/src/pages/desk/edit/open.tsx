/** Opens the form of an item, whose code is loaded then: of one in the agenda, or of a new one below another. */

import { signal } from "@preact/signals";
import { loaded } from "../../../link/loading";
import { looksOn } from "../../../link/session";
import { Button } from "../../../parts/button";
import { barred } from "../../../parts/words";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { kept } from "./kept";
import { rest } from "./order";

/** Of an item; of a new one below the item `above`, or at the end; or of one that another desk has removed meanwhile. */
export type Subject = { item: string } | { above: string | null } | { lost: string };

/** The subjects whose forms are open, by their keys. */
const opened = signal<ReadonlyMap<string, Subject>>(new Map());
const code = signal<typeof import("./form") | null>(null);

export function keyOf(subject: Subject): string {
  if ("item" in subject) return `item ${subject.item}`;
  return "above" in subject ? `below ${subject.above ?? ""}` : `lost ${subject.lost}`;
}

export function isOpen(subject: Subject): boolean {
  return opened.value.has(keyOf(subject));
}

export function open(subject: Subject): void {
  opened.value = new Map(opened.peek()).set(keyOf(subject), subject);
  loadForms();
}

/** Open the forms again that had words when the page was reloaded. */
export function reopen(): void {
  if (!looksOn.peek() && kept().length > 0) loadForms();
}

function loadForms(): void {
  if (code.peek() === null)
    void loaded(() => import("./form")).then((module) => {
      code.value = module;
    });
}

export function close(subject: Subject): void {
  const left = new Map(opened.peek());
  left.delete(keyOf(subject));
  opened.value = left;
}

/** The forms that belong to no line of the agenda. */
function ofNoLine(): Subject[] {
  return [...opened.value.values()].filter(
    (subject) => "lost" in subject || ("above" in subject && subject.above === null),
  );
}

/** The form, while it is open. What was typed stays while its line is closed. */
export function FormOf({ subject }: { subject: Subject }) {
  if (!isOpen(subject)) return null;
  const Form = code.value?.Form;
  return Form ? (
    <Form key={keyOf(subject)} id={keyOf(subject)} subject={subject} close={() => close(subject)} />
  ) : (
    <p class="muted">{texts.value.items.loading}</p>
  );
}

/** The form of a new item, below the line of another. */
export function AddedRow({ above }: { above: string }) {
  return (
    <tr class="rundown-details added">
      <td colSpan={6}>
        <FormOf subject={{ above }} />
      </td>
    </tr>
  );
}

/** A new item at the end of the agenda, and the word that nothing is to come. */
export function AddButton({ show }: { show: State }) {
  const t = texts.value.items;
  if (looksOn.value) return null;
  const isEmpty = !rest(show).some(({ status }) => status === "next" || status === "coming");
  const end: Subject = { above: null };
  return (
    <div class="rundown-end">
      {ofNoLine().map((subject) => (
        <FormOf key={keyOf(subject)} subject={subject} />
      ))}
      {isEmpty && <span class="muted">{t.nothingToCome}</span>}
      {!isOpen(end) && (
        <Button testid="add-item" class="quiet" blocked={barred()} press={() => open(end)}>
          + {t.add}
        </Button>
      )}
    </div>
  );
}
