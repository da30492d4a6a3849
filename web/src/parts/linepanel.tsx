/** The line of the last ten minutes, small in the rail and large in a panel, with what can be started again. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lines, online, state, welcome } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import {
  curve,
  type LineFigure,
  type LineSample,
  SAMPLE_INTERVAL_MS,
  topOf,
  withSample,
} from "../media/path/linehistory";
import { NONE } from "../media/picks";
import { destinationOf } from "../show/agenda";
import { gradeOfLoss, gradeOfTrip } from "../show/quality";
import { figure, texts } from "../texts";
import { Button } from "./button";
import { MessagesOver } from "./messages";
import { Modal } from "./modal";

const SIZE = { width: 300, height: 48 };
const PLOTS: readonly (readonly LineFigure[])[] = [["trip"], ["loss"], ["up", "down"]];

/** What is drawn. A hidden page goes on to collect, and draws nothing. */
const history = signal<readonly LineSample[]>([]);
const isOpen = signal(false);

/** Collect the figures of this page's line, as the server measures them. */
export function useLineHistory(media: PageMedia): void {
  useEffect(() => {
    let samples: readonly LineSample[] = [];
    const draw = (): void => {
      if (document.visibilityState === "visible") history.value = samples;
    };
    const timer = setInterval(() => {
      samples = withSample(samples, sampleOf(media));
      draw();
    }, SAMPLE_INTERVAL_MS);
    document.addEventListener("visibilitychange", draw);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", draw);
    };
  }, [media]);
}

function sampleOf(media: PageMedia): LineSample {
  const at = performance.now();
  const found = lines.peek();
  const me = welcome.peek();
  if (!found || !me || !online.peek() || !media.joined.peek())
    return { at, trip: null, loss: null, up: null, down: null };
  const own = found.sources[media.feeding.peek() ?? ""] ?? null;
  const sent = destinationOf(found, me);
  return {
    at,
    trip: largest(own?.rtt_ms, sent?.rtt_ms),
    loss: largest(own?.loss, sent?.loss),
    up: own?.state === "absent" ? null : (own?.kbps ?? null),
    down: sent?.kbps ?? null,
  };
}

function largest(...values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}

function valueWords(name: LineFigure, value: number | null): string {
  const t = texts.value.hall.line;
  if (value === null) return "–";
  switch (name) {
    case "trip":
      return `${figure(value)} ms`;
    case "loss":
      return `${figure(value * 100, value > 0 && value < 0.1 ? 1 : 0)} %`;
    case "up":
    case "down":
      return `${t.arrows[name]} ${figure(value / 1_000, 1)} Mbit/s`;
  }
}

/** The figures and the plot in the rail; a press opens the panel. */
export function LineStrip() {
  const t = texts.value.hall.line;
  const last = history.value.at(-1) ?? null;
  const words = (name: LineFigure): string => valueWords(name, last?.[name] ?? null);
  const grades = [gradeOfTrip(last?.trip ?? null), gradeOfLoss(last?.loss ?? null)];
  const grade = grades.includes("danger") ? "danger" : grades.includes("warn") ? "warn" : "good";
  return (
    <Button
      testid="line-strip"
      class={`line-strip line-${grade}`}
      hint={t.open}
      press={() => (isOpen.value = true)}
    >
      <LinePlot figures={["trip", "loss"]} />
      <span class="line-figures tabular">
        {words("trip")} · {t.loss} {words("loss")} · {words("up")} {words("down")}
      </span>
    </Button>
  );
}

function LinePlot({ figures }: { figures: readonly LineFigure[] }) {
  const samples = history.value;
  const now = samples.at(-1)?.at ?? 0;
  return (
    <svg
      class="line-plot"
      viewBox={`-1 -1 ${SIZE.width + 2} ${SIZE.height + 2}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {figures.map((name) => (
        <path key={name} class={`line-${name}`} d={curve(samples, name, now, SIZE)} />
      ))}
    </svg>
  );
}

/** The whole panel: three plots, what can be started again, and how the desk is reached besides. */
export function LinePanel({ media }: { media: PageMedia }) {
  const t = texts.value.hall;
  const close = (): void => {
    isOpen.value = false;
  };
  if (!isOpen.value) return null;
  const samples = history.value;
  return (
    <Modal class="panel line-panel" label={t.line.title} testid="line-panel" closed={close}>
      <h1>{t.line.title}</h1>
      {PLOTS.map((figures) => (
        <figure key={figures[0]} data-testid={`line-${figures[0]}`}>
          <figcaption>
            {t.line.names[figures[0] ?? "trip"]}
            <strong class="tabular">
              {figures.map((name) => valueWords(name, samples.at(-1)?.[name] ?? null)).join(" ")}
            </strong>
            <span class="muted tabular">{t.line.upTo(topWords(samples, figures))}</span>
          </figcaption>
          <LinePlot figures={figures} />
        </figure>
      ))}
      <p class="muted line-axis">
        <span>{t.line.tenMinutes}</span>
        <span>{t.line.now}</span>
      </p>
      <EncoderLine media={media} />
      <Restarts media={media} />
      <DeskContact />
      <MessagesOver />
      <Button testid="line-close" class="primary" press={close}>
        {texts.value.close}
      </Button>
    </Modal>
  );
}

function topWords(samples: readonly LineSample[], figures: readonly LineFigure[]): string {
  const first = figures[0] ?? "trip";
  const words = valueWords(first, Math.max(...figures.map((name) => topOf(samples, name))));
  return first === "up" ? words.replace(`${texts.value.hall.line.arrows.up} `, "") : words;
}

/** What encodes the picture that is sent. */
function EncoderLine({ media }: { media: PageMedia }) {
  const encoder = media.load.encoder.value;
  if (!encoder) return null;
  const t = texts.value.load.encoder;
  const kind = encoder.isHardware === null ? "" : ` (${encoder.isHardware ? t.hardware : t.software})`;
  return (
    <p class="muted" data-testid="line-encoder">
      {t.label}: <strong>{encoder.name}</strong>
      {kind} · {t.sent(encoder.width, encoder.height, encoder.fps)}
    </p>
  );
}

/** How the desk is reached when nothing else works. */
function DeskContact() {
  const contact = state.value?.event.contact ?? "";
  if (contact === "") return null;
  return (
    <p data-testid="desk-contact">
      {texts.value.hall.deskContact} <strong>{contact}</strong>
    </p>
  );
}

/** Each acts at once, and says what it does. */
function Restarts({ media }: { media: PageMedia }) {
  const t = texts.value.hall.restart;
  const { devices } = media;
  const blocked = {
    camera: devices.choice.value.camera?.id === NONE ? texts.value.noCamera : null,
    microphone: devices.choice.value.microphone?.id === NONE ? texts.value.noMicrophone : null,
    connection: media.joined.value ? null : t.notJoined,
  };
  const ways = {
    camera: () => void devices.again("camera"),
    microphone: () => void devices.again("microphone"),
    connection: () => media.call.reconnect(),
  };
  return (
    <div class="restarts">
      {(["camera", "microphone", "connection"] as const).map((what) => (
        <div key={what}>
          <Button testid={`restart-${what}`} blocked={blocked[what]} press={ways[what]}>
            {t.buttons[what]}
          </Button>
          <p class="muted">{t.effects[what]}</p>
        </div>
      ))}
    </div>
  );
}
