/** Who is connected, what they are being sent, and how well it gets there. */

import { state } from "../../link/session";
import { sourceName } from "../../show/agenda";
import { texts } from "../../texts";
import type { DestinationDoc, State } from "../../wire";

export function Connected() {
  const show = state.value;
  const t = texts.value;
  return (
    <section class="connected" aria-label={t.whoIsThere}>
      <table>
        <tbody>
          {show &&
            Object.entries(show.destinations).map(([id, destination]) => (
              <Row key={id} id={id} show={show} destination={destination} />
            ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ id, show, destination }: { id: string; show: State; destination: DestinationDoc }) {
  const t = texts.value;
  const here = destination.connected > 0;
  const { rtt_ms: rtt, loss, kbps } = destination;
  const sees = [destination.source, destination.second].flatMap((source) =>
    source ? [sourceName(show, source, t.slate)] : [],
  );
  return (
    <tr data-testid={`connected-${id}`} class={here ? "" : "muted"}>
      <td>
        <span class={`dot ${here ? "good" : ""}`} aria-hidden="true" /> {destination.name}
        {destination.connected > 1 && <span class="muted"> ×{destination.connected}</span>}
      </td>
      <td class="muted">{here ? `→ ${sees.join(" + ")}` : t.nobody}</td>
      <td class="number tabular">{here && rtt !== null && `${Math.round(rtt)} ms`}</td>
      <td class={`number tabular${loss !== null && loss >= 0.02 ? " bad-figure" : ""}`} title={t.loss}>
        {here && loss !== null && `${(loss * 100).toFixed(1)} %`}
      </td>
      <td class="number tabular">{here && kbps > 0 && `${(kbps / 1000).toFixed(1)} Mb/s`}</td>
    </tr>
  );
}
