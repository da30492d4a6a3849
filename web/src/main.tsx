/** The page behind every link: the role of the link decides what it shows. */

import { computed, signal } from "@preact/signals";
import { type ComponentType, render } from "preact";
import { japaneseFont } from "./fonts/need";
import { hideCodeInPrint } from "./link/printing";
import {
  begin,
  known,
  onLevels,
  onWelcome,
  revision,
  showTime,
  state,
  status,
  welcome,
} from "./link/session";
import { canConnect } from "./media/call";
import { PageMedia } from "./media/pagemedia";
import { showLoudness } from "./media/sound/meters";
import { markSpeakers } from "./media/sound/speakers";
import { Gate, NoLink } from "./pages/gate";
import { lastPage, pageOf } from "./pages/loaders";
import { Unsupported } from "./parts/entry/unsupported";
import { useFocusKept } from "./parts/keepfocus";
import { sign } from "./parts/tab";
import { firstTexts, shownLanguage, texts } from "./texts";
import "./styles/theme.css";
import "./styles/light.css";
import "./styles/time.css";
import "./styles/program.css";
import "./styles/agenda.css";
import "./styles/devices.css";
import "./styles/inputs.css";
import "./styles/notices.css";
import "./styles/messages.css";
import "./styles/room.css";
import "./styles/line.css";
import "./styles/desk-lists.css";
import "./styles/desk.css";
import "./styles/monitors.css";
import "./styles/desk-phone.css";
import "./styles/links.css";
import "./styles/report.css";
import "./styles/reload.css";
import "./styles/guest.css";
import "./styles/guest-panels.css";
import "./styles/viewer.css";
import "./styles/day.css";
import "./styles/stage.css";
import "./styles/audience.css";
import "./styles/languages.css";
import "./styles/interpreter.css";
import "./styles/interpreter-small.css";
import "./styles/unknown.css";

const token = location.hash.slice(1);
let media: PageMedia | null = null;
/** From the first state on, until the link is refused. */
const admitted = computed(() => state.value !== null && status.value !== "refused");

/** The page of the link's role, a file of its own. */
const rolesPage = signal<ComponentType<{ media: PageMedia }> | null>(null);

function Page() {
  const role = welcome.value?.role;
  const RolesPage = rolesPage.value;
  useFocusKept();
  document.documentElement.lang = shownLanguage.value;
  document.documentElement.dataset.known = known.value ? "yes" : "no";
  document.title = [sign.value?.title ?? welcome.value?.name, texts.value.product]
    .filter(Boolean)
    .join(" · ");
  if (token === "") return <NoLink />;
  if (!admitted.value || !media || !role) return <Gate />;
  // The desk steers without picture and sound as well, and a stage display has none.
  if (!canConnect() && role !== "moderator" && role !== "stage") return <Unsupported />;
  return RolesPage ? <RolesPage media={media} /> : <Gate />;
}

onWelcome((first) => {
  media ??= new PageMedia(first);
  if (rolesPage.value === null) void pageOf(first.role).then((page) => (rolesPage.value = page));
});
onLevels(({ loudness }) => showLoudness(loudness));
onLevels(({ levels }) => markSpeakers(levels));
// Another link opened in the same tab changes only the fragment, which does not load a page.
addEventListener("hashchange", () => location.reload());
hideCodeInPrint();
if (token !== "") {
  begin(token);
  lastPage();
}
const root = document.getElementById("app");
if (root) void Promise.all([firstTexts, japaneseFont()]).then(() => render(<Page />, root));

declare global {
  interface Window {
    /** Read-only, for tests and debugging. */
    readonly schalte: {
      readonly state: typeof state.value;
      /** Up to which all is known: also later than the state's, by figures of lines. */
      readonly revision: number | null;
      readonly call: RTCPeerConnection | null;
      readonly slots: Readonly<Record<string, string>>;
      readonly negotiations: number;
      /** The show's time as this page has it, in milliseconds since 1970. */
      readonly time: number;
    };
  }
}

Object.defineProperty(window, "schalte", {
  value: Object.freeze({
    get state() {
      return state.value;
    },
    get revision() {
      return revision.value;
    },
    get call() {
      return media?.call.pc ?? null;
    },
    get slots() {
      return media?.call.slots ?? {};
    },
    get negotiations() {
      return media?.call.negotiations ?? 0;
    },
    get time() {
      return showTime();
    },
  }),
});
