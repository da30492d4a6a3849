/** What is on air by hand, written across the desk until it is released. */

import { state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { said } from "../../../parts/said";
import { barred } from "../../../parts/words";
import { sourceName } from "../../../show/agenda";
import { blockedMoves } from "../../../show/moves";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { rests } from "../foresight/foresee";
import { send } from "../send";

export function Overridden() {
  const show = state.value;
  return <div {...said}>{show && show.show.taken !== null && <Written show={show} />}</div>;
}

function Written({ show }: { show: State }) {
  const t = texts.value;
  const { source, with: beside } = show.program;
  const names = [source, ...beside].map((id) => sourceName(show, id, t.slate)).join(" + ");
  return (
    <div class="overridden" data-testid="overridden">
      <span>{t.override.written(names)}</span>
      <Button
        testid="overridden-release"
        keys="R"
        class="small"
        blocked={blockedMoves(show, barred(), t).release}
        hint={t.releaseHint}
        rests={rests(() => ({ type: "release" }))}
        press={() => void send({ type: "release" })}
      >
        {t.release}
      </Button>
    </div>
  );
}
