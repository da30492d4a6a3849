/** The further inputs of this page's place: all its sources but the one that the page itself feeds. */

import { computed, effect, type ReadonlySignal, untracked } from "@preact/signals";
import { Refusal } from "../../link/pending";
import { checkAlive, leave, offer, onAdmission, online, onWelcome, state, status } from "../../link/session";
import { placeDoc } from "../../show/agenda";
import type { Welcome } from "../../wire";
import { Call } from "../call";
import { type Browser, CAMERA_CONSTRAINTS, type Devices } from "../devices";
import type { Reduction } from "../mlines";
import { Permission } from "../opening";
import type { Kind } from "../picks";
import { InputChoices } from "./choice";
import { FurtherInput, type InputPage } from "./furtherinput";

export class FurtherInputs {
  readonly list: ReadonlySignal<readonly FurtherInput[]>;
  private readonly made = new Map<string, FurtherInput>();
  private readonly page: InputPage;

  constructor(
    private readonly welcome: Welcome,
    browser: Browser,
    devices: Devices,
    own: ReadonlySignal<string | null>,
    joined: ReadonlySignal<boolean>,
    reduced: ReadonlySignal<Reduction | null>,
  ) {
    const permission = (kind: Kind) => new Permission(browser.permissions, kind, () => undefined);
    const permissions = { camera: permission("camera"), microphone: permission("microphone") };
    this.page = {
      browser,
      devices,
      choices: new InputChoices(browser.storage, `schalte.${welcome.role}.${welcome.id}.inputs`),
      constraints: (kind) => (kind === "camera" ? CAMERA_CONSTRAINTS : devices.sound()),
      withdraw: (source) => leave(source, true),
      permitted: (kind) => permissions[kind].given(),
      joined,
      reduced,
    };
    const isPlace = welcome.role === "venue" || welcome.role === "guest";
    // As text, so that a state that changes no source changes no input.
    const sources = computed(() => {
      const place = isPlace && state.value ? placeDoc(state.value, welcome.id) : null;
      return (place?.sources ?? []).filter((source) => source !== own.value).join(" ");
    });
    this.list = computed(() => {
      const wanted = sources.value.split(" ").filter(Boolean);
      return untracked(() => wanted.map((source) => this.made.get(source) ?? this.make(source)));
    });
    effect(() => {
      const listed = this.list.value;
      // One that the page itself feeds now, or that a changed event does not have any more.
      for (const input of this.made.values())
        if (!listed.includes(input)) untracked(() => input.running.value && input.stop());
    });
    effect(() => {
      const isReady = joined.value && devices.wasRequested.value;
      for (const input of this.list.value) if (isReady) untracked(() => input.resume());
    });
    effect(() => {
      const { camera, microphone } = devices;
      const [cameras, microphones] = [camera.devices.value, microphone.devices.value];
      for (const input of this.list.value)
        untracked(() => {
          input.camera.devices.value = cameras;
          input.microphone.devices.value = microphones;
          input.look();
        });
    });
    devices.furtherWaits = () => this.list.value.some((input) => input.waits);
    onWelcome((welcomed, before) => {
      for (const input of this.made.values()) {
        input.call.useTurn(welcomed.ice_servers);
        if (welcomed.peer !== before?.peer) input.call.reconnect();
        else input.call.recover();
        input.welcomed();
      }
    });
    onAdmission(({ status, source }) => {
      this.made.get(source)?.admission(status);
      // The desk admits a machine, with all that it sends.
      if (status === "admitted")
        for (const input of this.made.values())
          if (input.conflict.value === "waiting") input.conflict.value = null;
    });
    effect(() => {
      if (status.value === "refused" || status.value === "left") untracked(() => this.close());
    });
    // Of another window of this browser.
    addEventListener("storage", ({ key }) => {
      if (key === this.page.choices.key) for (const input of this.made.values()) input.adopt();
    });
    addEventListener("pagehide", () => {
      for (const input of this.made.values()) input.call.close();
    });
  }

  private close(): void {
    for (const input of this.made.values()) input.close();
  }

  private make(source: string): FurtherInput {
    const call: Call = new Call(
      {
        ready: () => online.value,
        checkAlive,
        leave: () => leave(source),
        offer: (sdp) => {
          const content = input.choice.peek().kind;
          return offer(sdp, null, { input: source, content }).catch((error) => this.refused(input, error));
        },
      },
      this.welcome.role,
    );
    const input: FurtherInput = new FurtherInput(source, call, this.page);
    call.useTurn(this.welcome.ice_servers);
    this.made.set(source, input);
    return input;
  }

  private refused(input: FurtherInput, error: unknown): never {
    const isTaken = error instanceof Refusal && error.problem.code === "waiting";
    // One that was replaced has been told, and does not wait.
    if (isTaken && input.running.value) input.conflict.value = "waiting";
    throw error;
  }
}
