/** Loads a changed event file, after showing what it changes. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Refusal } from "../../link/pending";
import { command, request, state } from "../../link/session";
import { Button } from "../../parts/button";
import { Modal } from "../../parts/modal";
import { barred } from "../../parts/words";
import { refusalLine } from "../../show/refusals";
import { instant, wall } from "../../show/time";
import { type Texts, texts } from "../../texts";
import type { Difference, ItemMove } from "../../wire";

interface Choice {
  name: string;
  yaml: string;
  /** The event's revision that it was compared with: a change by another moderator since then is not overwritten. */
  base: number | null;
  /** Null until the server has answered. */
  difference: Difference | null;
  faults: FileFaults;
}

/** Why a file cannot be loaded, one line each. */
interface FileFaults {
  lines: readonly string[];
  /** The language of the lines, if not the page's. */
  lang?: "en";
}

const choice = signal<Choice | null>(null);
/** A file is being loaded; a second press is ignored. */
const loading = signal(false);

export function ReloadButton() {
  const t = texts.value;
  const input = useRef<HTMLInputElement>(null);
  const chosen = async (): Promise<void> => {
    const file = input.current?.files?.[0];
    if (!file) return;
    await compare(file.name, await file.text());
    // Otherwise choosing the same file again, corrected, would be no change event.
    if (input.current) input.current.value = "";
  };
  return (
    <>
      <Button
        testid="reload-button"
        class="quiet"
        hint={t.reload.hint}
        blocked={barred()}
        press={() => input.current?.click()}
      >
        {t.reload.choose}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml"
        hidden
        data-testid="reload-file"
        onChange={() => void chosen()}
      />
    </>
  );
}

/** The changes of the chosen file, over the desk until it is loaded or cancelled. */
export function ReloadSheet() {
  return choice.value && <Sheet choice={choice.value} />;
}

async function compare(name: string, yaml: string): Promise<void> {
  const base = state.value?.event.rev ?? null;
  const asked = { name, yaml, base, difference: null, faults: { lines: [] } };
  choice.value = asked;
  try {
    const difference = await request<Difference>("POST", "/api/v1/difference", { yaml });
    if (choice.value === asked) choice.value = { ...asked, difference };
  } catch (error) {
    if (choice.value === asked) choice.value = { ...asked, faults: lines(error, name) };
  }
}

async function load({ name, yaml, base }: Choice): Promise<void> {
  if (loading.value) return;
  loading.value = true;
  try {
    await command({ type: "reload", yaml, base });
    choice.value = null;
  } catch (error) {
    choice.value = { name, yaml, base, difference: null, faults: lines(error, name) };
  } finally {
    loading.value = false;
  }
}

/** Why a file cannot be loaded. Faults in the file are in English, as its keys are. */
function lines(error: unknown, name: string): FileFaults {
  const t = texts.value;
  if (!(error instanceof Refusal) || error.problem.message === "") return { lines: [t.noAnswer] };
  if (error.problem.reason !== "event-file") return { lines: [refusalLine(error.problem, t.refusals)] };
  const lines = error.problem.message.split("\n");
  // The server does not know the file's name.
  return { lines: lines.map((line) => line.replace(/^event\.yaml:(?=\d+:\d+: )/, `${name}:`)), lang: "en" };
}

function Sheet({ choice: { name, yaml, base, difference, faults } }: { choice: Choice }) {
  const t = texts.value;
  // The show goes on behind the dialog, and the difference depends on the item on air and on the event, which another
  // moderator may have changed.
  const seenWith = `${state.value?.show.last} ${state.value?.event.rev}`;
  const seen = useRef(seenWith);
  useEffect(() => {
    if (seen.current === seenWith) return;
    seen.current = seenWith;
    void compare(name, yaml);
  }, [seenWith, name, yaml]);
  const close = (): void => {
    choice.value = null;
  };
  return (
    <Modal testid="reload-dialog" class="reload" label={t.reload.title} closed={close}>
      <h1>{t.reload.title}</h1>
      <p class="muted">{name}</p>
      <div class="reload-body">
        {faults.lines.length > 0 ? (
          <Faults faults={faults} />
        ) : difference ? (
          <Changes difference={difference} />
        ) : (
          <p class="muted">{t.reload.comparing}</p>
        )}
      </div>
      <div class="reload-choice">
        <span class="muted">{difference ? t.reload.onAirStays : ""}</span>
        <Button testid="reload-cancel" press={close}>
          {t.reload.cancel}
        </Button>
        <Button
          testid="reload-apply"
          class="primary"
          blocked={barred() ?? (difference && !loading.value ? null : t.reload.comparing)}
          press={() => void load({ name, yaml, base, difference, faults })}
        >
          {t.reload.apply}
        </Button>
      </div>
    </Modal>
  );
}

function Faults({ faults }: { faults: FileFaults }) {
  return (
    <>
      <p>{texts.value.reload.faulty}</p>
      <ul class="reload-faults" data-testid="reload-faults" lang={faults.lang}>
        {faults.lines.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </>
  );
}

function Changes({ difference: d }: { difference: Difference }) {
  const t = texts.value;
  const fields = (names: (keyof Texts["reload"]["fields"])[]): string =>
    names.map((name) => t.reload.fields[name]).join(", ");
  const parts: [string, string, string[]][] = [
    ["event", t.reload.event, d.event.length > 0 ? [fields(d.event)] : []],
    ["gone", t.reload.gone, d.gone.map(({ title }) => title)],
    ["new", t.reload.added, d.new.map(({ title }) => title)],
    ["too-late", t.reload.tooLate, d.too_late.map(({ title }) => title)],
    ["changed", t.reload.changed, d.changed.map((item) => `${item.title}: ${fields(item.fields)}`)],
    ["places-gone", t.reload.placesGone, d.places_gone.map(({ name }) => name)],
    ["places-new", t.reload.placesNew, d.places_new.map(({ name }) => name)],
  ];
  const shown = parts.filter(([, , what]) => what.length > 0);
  if (shown.length === 0 && d.moved.length === 0) return <p>{t.reload.nothing}</p>;
  return (
    <>
      {shown.map(([key, title, what]) => (
        <section key={key} data-testid={`reload-${key}`}>
          <h2>{title}</h2>
          <ul>
            {what.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
      {d.moved.length > 0 && <Moves moves={d.moved} />}
    </>
  );
}

function Moves({ moves }: { moves: ItemMove[] }) {
  const zone = state.value?.event.timezone ?? "UTC";
  const fine = moves.some(({ before, after }) => clock(before, zone, false) === clock(after, zone, false));
  return (
    <section data-testid="reload-moved">
      <h2>{texts.value.reload.moved}</h2>
      <table>
        <tbody>
          {moves.map(({ id, title, before, after }) => (
            <tr key={id}>
              <td class="tabular muted">{clock(before, zone, fine)}</td>
              <td class="tabular">→ {clock(after, zone, fine)}</td>
              <td>{title}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function clock(iso: string | null, zone: string, fine: boolean): string {
  const at = instant(iso);
  return at === null ? "–" : wall(at, zone, fine);
}
