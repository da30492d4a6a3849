/** Whether the operating system, not the browser, keeps camera or microphone from the page. Pure. */

/** `possible`: another program may have the device as well. */
export type SystemBlock = "certain" | "possible" | null;

export type System = "mac" | "windows" | "other";

/**
 * By the error of getUserMedia. Chromium says it in words. Firefox on a Mac does not find a device that it lists, and on
 * Windows cannot start it, as it cannot one that another program has. `isListed`: the browser lists such a device.
 */
export function systemBlock(error: unknown, userAgent: string, isListed: boolean): SystemBlock {
  if (!(error instanceof Error)) return null;
  if (error.name === "NotAllowedError" && /by system/i.test(error.message)) return "certain";
  const system = systemOf(userAgent);
  if (!/Firefox\//.test(userAgent) || system === "other") return null;
  if (error.name === "NotFoundError" && system === "mac" && isListed) return "certain";
  return error.name === "NotReadableError" ? "possible" : null;
}

/** The system by whose settings a browser is let to the camera. */
export function systemOf(userAgent: string): System {
  if (/Macintosh/.test(userAgent)) return "mac";
  return /Windows/.test(userAgent) ? "windows" : "other";
}
