/** The day's agenda alone: without picture and sound, for a phone, a foyer or paper. */

import { state } from "../../link/session";
import { Banner } from "../../parts/banner";
import { Header } from "../../parts/header";
import { city, ownZone } from "../../show/time";
import { texts } from "../../texts";
import { Day } from "./day";

export function AgendaPage() {
  const zone = ownZone();
  return (
    <main class="page agenda-page">
      <h1 class="unseen">{texts.value.agenda}</h1>
      <Header zone={zone} place={city(zone)} />
      {state.value && <Day show={state.value} />}
      <Banner media={null} zone={zone} />
    </main>
  );
}
