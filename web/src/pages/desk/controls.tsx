/** The moderator's hand on the show: one big Next, and what else there is. */

import { useEffect } from "preact/hooks";
import { online, state } from "../../link/session";
import { Button } from "../../parts/button";
import { isShortcut } from "../../parts/screen";
import { hasPrevious, upNext } from "../../show/agenda";
import { reasons } from "../../show/moves";
import { texts } from "../../texts";
import { send, step } from "./send";

const MINUTE = 60;

export function Controls() {
  const show = state.value;
  useNextKey();
  if (!show) return null;
  const t = texts.value;
  const why = reasons(show, online.value, t);
  const { held } = show.show;
  return (
    <div class="controls" role="toolbar">
      <Button
        testid="previous-button"
        blocked={why.previous}
        hint={t.backHint}
        press={() => void (hasPrevious(show) && step("previous"))}
      >
        {t.back}
      </Button>
      <Button
        testid="undo-button"
        class="undo"
        blocked={why.undo}
        hint={t.undoHint(t.commands[show.show.undo ?? ""] ?? "")}
        label={t.undo}
        press={() => void send({ type: "undo" })}
      >
        ↶
      </Button>
      {show.show.phase === "before" ? <Start blocked={why.start} /> : <Next blocked={why.next} />}
      <Button
        testid="hold-button"
        class={held ? "held" : ""}
        blocked={why.hold}
        hint={held ? t.resumeHint : t.holdHint}
        pressed={held}
        press={() => void send({ type: held ? "resume" : "hold" })}
      >
        {held ? t.resume : t.hold}
      </Button>
      <Button
        testid="minus-button"
        blocked={why.extend}
        press={() => void send({ type: "extend", seconds: -MINUTE })}
      >
        {t.minus}
      </Button>
      <Button
        testid="plus-button"
        blocked={why.extend}
        press={() => void send({ type: "extend", seconds: MINUTE })}
      >
        {t.plus}
      </Button>
    </div>
  );
}

function Start({ blocked }: { blocked: string | null }) {
  const t = texts.value;
  return (
    <Button
      testid="start-button"
      class="primary next"
      blocked={blocked}
      hint={t.startHint}
      press={() => void send({ type: "start" })}
    >
      <Label word={t.startShow} />
    </Button>
  );
}

function Next({ blocked }: { blocked: string | null }) {
  const t = texts.value;
  const last = state.value?.show.next === null;
  return (
    <Button
      testid="next-button"
      class="primary next"
      blocked={blocked}
      hint={t.nextHint}
      press={() => void step("next")}
    >
      <Label word={last ? t.endShow : t.goOn} keyName="N" />
    </Button>
  );
}

/** The word and, below it, what it would put on air. */
function Label({ word, keyName }: { word: string; keyName?: string }) {
  const next = state.value && upNext(state.value);
  return (
    <>
      <span class="next-word">
        {word} {keyName && <kbd>{keyName}</kbd>}
      </span>
      <span class="next-title" lang={next?.language}>
        {next?.title ?? ""}
      </span>
    </>
  );
}

/** N presses Next: far from the keys that scroll or that a presenter's remote sends. */
function useNextKey(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const show = state.value;
      if (show && isShortcut(event, "n") && reasons(show, online.value, texts.value).next === null)
        void step("next");
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
