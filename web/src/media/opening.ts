/** Asking the browser for a device: it asks the person first, and then the device itself may never answer. */

import type { Kind } from "./picks";

/** A camera that starts at all does so within this. */
export const ANSWER_WITHIN_MS = 10_000;

export class Hung extends Error {
  override readonly name = "Hung";
}

/**
 * What `work` comes to, or `Hung` if it takes too long. Time counts from `permitted` on: how long a person thinks about
 * the browser's question is no fault of the device. The caller looks after what `work` comes to afterwards.
 */
export async function answered<T>(work: Promise<T>, permitted: Promise<void>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settled = false;
  const hung = new Promise<never>((_, reject) => {
    void permitted.then(() => {
      if (!settled) timer = setTimeout(() => reject(new Hung()), ANSWER_WITHIN_MS);
    });
  });
  try {
    return await Promise.race([work, hung]);
  } finally {
    settled = true;
    clearTimeout(timer);
  }
}

/** What this page may use, as the browser says; not every browser does. */
export class Permission {
  private readonly asked: Promise<PermissionStatus | null>;

  constructor(permissions: Permissions | undefined, kind: Kind, changed: (state: PermissionState) => void) {
    this.asked = Promise.resolve()
      .then(() => permissions?.query({ name: kind as PermissionName }) ?? null)
      .catch(() => null);
    void this.asked.then((status) => status?.addEventListener("change", () => changed(status.state)));
  }

  /** `prompt` where the browser does not say. */
  async state(): Promise<PermissionState> {
    return (await this.asked)?.state ?? "prompt";
  }

  /** Resolves once the person has answered; never where the browser does not say. */
  async given(): Promise<void> {
    const status = await this.asked;
    if (status === null) return new Promise(() => undefined);
    if (status.state !== "prompt") return;
    return new Promise((resolve) => status.addEventListener("change", () => resolve(), { once: true }));
  }
}
