/** Opening a device: the browser asks the person first, and after that the device may never answer. */

import type { Kind } from "./picks";

/** A camera that starts at all starts within this. */
export const DEVICE_TIMEOUT_MS = 10_000;

export class DeviceHung extends Error {
  override readonly name = "DeviceHung";
}

/**
 * The result of `work`, or `DeviceHung` after the timeout. The timeout starts when `permitted` resolves: the time that a
 * person takes to answer is no fault of the device. The caller handles a late result of `work`.
 */
export async function withOpenTimeout<T>(work: Promise<T>, permitted: Promise<void>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settled = false;
  const hung = new Promise<never>((_, reject) => {
    void permitted.then(() => {
      if (!settled) timer = setTimeout(() => reject(new DeviceHung()), DEVICE_TIMEOUT_MS);
    });
  });
  try {
    return await Promise.race([work, hung]);
  } finally {
    settled = true;
    clearTimeout(timer);
  }
}

/** The browser's permission for one kind of device. Not every browser can be queried. */
export class Permission {
  private readonly query: Promise<PermissionStatus | null>;

  constructor(permissions: Permissions | undefined, kind: Kind, changed: (state: PermissionState) => void) {
    this.query = Promise.resolve()
      .then(() => permissions?.query({ name: kind as PermissionName }) ?? null)
      .catch(() => null);
    void this.query.then((status) => status?.addEventListener("change", () => changed(status.state)));
  }

  /** `prompt` where the browser cannot be queried. */
  async state(): Promise<PermissionState> {
    return (await this.query)?.state ?? "prompt";
  }

  /** Resolves once the person has answered; never where the browser cannot be queried. */
  async given(): Promise<void> {
    const status = await this.query;
    if (status === null) return new Promise(() => undefined);
    if (status.state !== "prompt") return;
    return new Promise((resolve) => status.addEventListener("change", () => resolve(), { once: true }));
  }
}
