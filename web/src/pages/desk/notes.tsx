/** The notes on an item, for moderators only; folded where there is no room. */

import { signal } from "@preact/signals";
import { texts } from "../../texts";
import type { ItemDoc } from "../../wire";

/** Items whose notes are unfolded, by id. */
const open = signal<ReadonlySet<string>>(new Set());

function toggle(id: string): void {
  const others = [...open.value].filter((other) => other !== id);
  open.value = new Set(open.value.has(id) ? others : [...others, id]);
}

/** The title in the rundown, which unfolds the notes if there are any. */
export function Title({ item }: { item: ItemDoc }) {
  if (!item.notes)
    return (
      <span class="rundown-title" lang={item.language}>
        {item.title}
      </span>
    );
  return (
    <button
      type="button"
      class="rundown-title with-notes"
      lang={item.language}
      data-testid={`notes-button-${item.id}`}
      title={texts.value.notesHint}
      aria-expanded={open.value.has(item.id)}
      onClick={() => toggle(item.id)}
    >
      {item.title}
    </button>
  );
}

/** The notes, below the item's row. */
export function NotesRow({ item }: { item: ItemDoc }) {
  if (!item.notes || !open.value.has(item.id)) return null;
  return (
    <tr class="rundown-notes" data-testid={`notes-${item.id}`}>
      <td colSpan={6}>{item.notes}</td>
    </tr>
  );
}

/** The notes beside the clock: two lines, or all. */
export function CardNotes({ item }: { item: ItemDoc | null }) {
  if (!item?.notes) return <div class="on-air-notes" />;
  const all = open.value.has(item.id);
  return (
    <button
      type="button"
      class="on-air-notes with-notes"
      data-testid="on-air-notes"
      title={texts.value.notesHint}
      aria-expanded={all}
      onClick={() => toggle(item.id)}
    >
      {item.notes}
    </button>
  );
}
