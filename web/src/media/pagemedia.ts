/** All media of this page: the peer connection and the devices. */

import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import { Refusal } from "../link/pending";
import {
  checkAlive,
  end,
  leave,
  offer,
  onAdmission,
  online,
  onWelcome,
  sendCondition,
  sendListen,
  sendPictures,
  state,
  status,
} from "../link/session";
import { placeDoc } from "../show/agenda";
import { views } from "../show/views";
import { language } from "../texts";
import type { Admission, Welcome } from "../wire";
import { HANDOVER_MS, REOFFER_DELAY_MS } from "./admission";
import { Call } from "./call";
import { ConditionReporter, conditionOf } from "./condition";
import { Devices, ownBrowser } from "./devices";
import { FurtherInputs } from "./inputs/furtherinputs";
import { delayed } from "./lipsync/delay";
import { LoadMonitor } from "./load/loadmonitor";
import { monitorSound, type SoundMonitor } from "./loudness/monitor";
import type { LineCheck } from "./path/linecheck";
import { LineMeter } from "./path/linemeter";
import { LineTrial } from "./path/linetrial";
import { openTestPicture } from "./path/testpicture";
import { resumeAudio } from "./sound/contexts";
import { Listening } from "./sound/listening";
import { PageSound } from "./sound/pagesound";
import { plansOf } from "./sound/roleplans";
import { Talkback } from "./talkback";

/** The conflict with another page that feeds, or wants to feed, this page's source. */
export interface FeedConflict {
  status: Exclude<Admission["status"], "admitted">;
  by: Admission["by"];
}

export class PageMedia {
  readonly call: Call;
  /** Tries the network path while the page has not joined. */
  readonly trial: LineTrial;
  readonly devices: Devices;
  readonly listening: Listening;
  readonly sound: PageSound;
  readonly talkback: Talkback;
  /** What it sends of its place besides: other cameras, slides. */
  readonly inputs: FurtherInputs;
  /** The source that this page is for; null for pages that only watch. */
  readonly source = signal<string | null>(null);
  /** This page has joined, or will as soon as it can. */
  readonly joined = signal(false);
  /** Muted by the person at this page. The show opens and closes microphones independently. */
  readonly muted = signal(false);
  /** Loudness and faults of this page's microphone. */
  readonly sounds: SoundMonitor;
  /** What this page gives up while its computer is overloaded. */
  readonly load: LoadMonitor;
  /** Null while there is no conflict. */
  readonly conflict = signal<FeedConflict | null>(null);
  /** The source that this page sends or offers; null while it waits for another page or was replaced by one. */
  readonly feeding = computed(() =>
    this.conflict.value === null || this.conflict.value.status === "contested" ? this.source.value : null,
  );
  /** Another page feeds the source of this one. */
  readonly isFedElsewhere = computed(() => this.feeding.value !== this.source.value);
  /** The network path: of the call, before joining as the trial has found it. */
  readonly path: ReadonlySignal<LineCheck> = computed(() =>
    this.joined.value ? this.call.path.check.value : this.trial.found.value,
  );
  /** The state of this page's devices and its network path, reported to the desk. */
  readonly condition = computed(() =>
    conditionOf(
      this.devices.camera.status.value,
      this.devices.microphone.status.value,
      this.muted.value || this.talkback.silencesProgramme.value,
      this.path.value.path,
      this.sounds.status.value,
      this.devices.tracks.camera.value && this.call.path.limit.value,
      this.devices.tracks.camera.value && this.load.reduced.value,
    ),
  );
  /** Whether any output of this page plays its channel. */
  readonly isChannelPlayed: ReadonlySignal<boolean>;
  private readonly key: string;

  constructor(welcome: Welcome) {
    this.key = `schalte.${welcome.role}.${welcome.id}`;
    const signalling = { leave: () => leave(), checkAlive, ready: () => online.value };
    this.call = new Call(
      {
        ...signalling,
        offer: (sdp, source) => offer(sdp, source).catch((error) => this.refused(error)),
      },
      welcome.role,
      welcome.read_only,
    );
    const trial = new Call({ ...signalling, offer }, welcome.role, welcome.read_only);
    const sendsPicture = welcome.role === "venue" || welcome.role === "guest";
    this.trial = new LineTrial(trial, sendsPicture ? new LineMeter(trial, openTestPicture) : null);
    const browser = ownBrowser();
    this.devices = new Devices(browser, {
      key: `${this.key}.devices`,
      isGuest: welcome.role === "guest",
      hasCamera: welcome.role !== "interpreter",
    });
    this.listening = new Listening(browser.storage, () => proposedChannel(welcome));
    this.isChannelPlayed = computed(() => {
      const { loudspeakers, interpretation } = this.devices.choice.value;
      // Booths hear the floor or a relay, as the show decides.
      if (!this.sound.on.value || welcome.role === "interpreter") return false;
      return welcome.role !== "venue" || loudspeakers === "channel" || !!interpretation;
    });
    this.sound = new PageSound(this.call.tracks, plansOf(welcome, this.devices, this.listening));
    const stored = read(`${this.key}.source`);
    this.source.value = mayFeed(welcome, stored) ? stored : (welcome.sources[0] ?? null);
    this.talkback = new Talkback(welcome.role, this.call, this.devices, browser.media, browser.permissions);
    const { camera, microphone } = this.devices.tracks;
    const isSilenced = computed(() => this.muted.value || this.talkback.silencesProgramme.value);
    const sent = delayed(
      microphone,
      computed(() => this.devices.choice.value.soundDelay),
    );
    this.sounds = monitorSound(
      microphone,
      computed(() => !isSilenced.value),
    );
    effect(() => {
      // A hall's connection is stereo whatever its sound comes from: it may change to its mixer on air.
      this.call.sendStereo(welcome.role === "venue" || !this.devices.choice.value.processing);
    });
    this.load = new LoadMonitor(() => ({
      preview: this.source.value !== null && camera.value !== null,
      previews: views.value.length > 0,
      sends: this.feeding.value !== null && camera.value !== null,
    }));
    this.call.path.follower = this.load;
    effect(() => void this.call.sendReduced(this.load.reduced.value));
    effect(() => void this.call.send("camera", camera.value));
    effect(() => {
      // What is delayed already must not be heard either.
      for (const track of [microphone.value, sent.value]) if (track) track.enabled = !isSilenced.value;
      void this.call.send("microphone", sent.value);
    });
    // The server forgets the channel with the connection. Nobody listens where nothing is played.
    effect(() => {
      const channel = this.isChannelPlayed.value ? this.listening.channel.value : null;
      if (online.value) sendListen(channel);
    });
    // As the channel. A page that could always decode all has nothing to say.
    let hasSaidLess = false;
    effect(() => {
      const given = this.load.given.value;
      const [previews, small] = [!given.includes("previews"), given.includes("programme")];
      if (!online.value || !(hasSaidLess || small || !previews)) return;
      hasSaidLess = true;
      sendPictures(previews, small);
    });
    const reporter = new ConditionReporter(sendCondition);
    if (this.source.value !== null) {
      effect(() => {
        const condition = this.condition.value;
        untracked(() => reporter.update(condition));
      });
      onWelcome(() => reporter.welcomed());
    }
    const { devices, source, joined, load } = this;
    this.inputs = new FurtherInputs(welcome, browser, devices, source, joined, load.reduced);
    this.call.useTurn(welcome.ice_servers);
    this.trial.call.useTurn(welcome.ice_servers);
    onWelcome((welcomed, before) => {
      for (const call of [this.call, this.trial.call]) call.useTurn(welcomed.ice_servers);
      this.trial.welcomed(welcomed.peer === before?.peer);
      if (welcomed.peer !== before?.peer) this.call.reconnect();
      else this.call.recover();
      // The server reports a conflict anew.
      if (this.conflict.value?.status === "contested") this.conflict.value = null;
      if (before && this.conflict.value?.status === "waiting") setTimeout(() => this.ask(), REOFFER_DELAY_MS);
    });
    onAdmission(({ status, source, by }) => {
      if (source !== this.source.value) return;
      this.conflict.value = status === "admitted" ? null : { status, by };
    });
    // Another source to send, or another multiview picture, takes a new connection.
    effect(() => {
      const options = { source: this.feeding.value, views: views.value };
      if (!this.joined.value) return;
      const replaced = untracked(() => this.conflict.value?.status === "replaced");
      untracked(() => this.call.join(options, replaced ? HANDOVER_MS : 0));
    });
    // Once there is a path, the person will soon join: with a connection that is made already.
    effect(() => {
      const options = { source: this.feeding.value, views: views.value };
      const isAhead = !this.joined.value && this.trial.found.value.path !== null;
      if (isAhead) untracked(() => this.call.prepare(options));
    });
    // A receiver cannot decode this page's codec, or the last such receiver has left.
    effect(() => {
      const source = this.feeding.value;
      const wanted = source === null ? null : (state.value?.sources[source]?.codec_wanted ?? null);
      untracked(() => void this.call.sendCodec(wanted));
    });
    // The link was revoked, or the desk has closed the page: its camera and microphone must not stay open.
    effect(() => {
      if (status.value === "refused") untracked(() => this.close());
    });
    addEventListener("pagehide", () => {
      this.call.close();
      this.trial.call.close();
    });
  }

  /** Whether this tab had joined before a reload. */
  get joinedBefore(): boolean {
    return read(`${this.key}.joined`) === "yes";
  }

  /** Join. Best called in a user gesture, since browsers then allow sound. */
  enter(): void {
    resumeAudio();
    // The peer of the trial leaves before the page offers.
    this.trial.end();
    this.joined.value = true;
    write(`${this.key}.joined`, "yes");
  }

  /** Leave with picture and sound, until the page enters again. */
  exit(): void {
    this.joined.value = false;
    this.call.end();
    leave(null, true);
    write(`${this.key}.joined`, "no");
  }

  /** Leave, close camera and microphone, and end the session; only a reload brings the page back. */
  leaveForGood(): void {
    this.exit();
    this.close();
    end();
  }

  private close(): void {
    this.trial.end();
    this.call.close();
    this.talkback.input.release();
    this.devices.close();
  }

  /** Offer the source although another page feeds it. A page of this browser yields; for any other the desk decides. */
  takeOver(): void {
    this.conflict.value = null;
  }

  private ask(): void {
    if (this.conflict.value?.status === "waiting") this.takeOver();
  }

  private refused(error: unknown): never {
    const code = error instanceof Refusal ? error.problem.code : null;
    // While it waits, the page joins without the source, to show the programme.
    if (code === "waiting" && this.feeding.value !== null)
      this.conflict.value = { status: "waiting", by: "machine" };
    throw error;
  }

  /** Feed another source of this place. */
  feed(source: string): void {
    batch(() => {
      this.conflict.value = null;
      this.source.value = source;
    });
    write(`${this.key}.source`, source);
  }
}

/** Whether a page may feed this source. The seats of a booth have any names. */
function mayFeed({ role, id, sources }: Welcome, source: string | null): source is string {
  if (source === null) return false;
  return sources.includes(source) || (role === "interpreter" && source.startsWith(`${id}/`));
}

/** The language of the channel that a page begins with; null: the floor. A stage display has no sound. */
function proposedChannel({ role, id }: Welcome): string | null {
  if (role === "venue") return (state.value && placeDoc(state.value, id)?.listen) ?? null;
  return role === "stage" || role === "interpreter" ? null : language.value;
}

// Stored per tab: two tabs of one computer may feed two sources of one hall.

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Storage is switched off: after a reload the person has to choose again
  }
}
