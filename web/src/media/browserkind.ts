/** Which browser this is, as far as the way to its camera permission differs. Pure. */

/**
 * `chrome` is any Chromium on a computer, `ios-app` any browser on an iPhone or iPad but Safari, `in-app` the browser
 * inside another app, which mostly gives no camera.
 */
export type BrowserKind =
  | "chrome"
  | "firefox"
  | "safari"
  | "android"
  | "ios"
  | "ios-app"
  | "in-app"
  | "other";

export interface BrowserName {
  kind: BrowserKind;
  /** The name of the app around it, where known. */
  app: string | null;
}

/** Apps that open links in a browser of their own, by what it adds to its name. */
const APPS: readonly [string, RegExp][] = [
  ["WeChat", /MicroMessenger/],
  ["LINE", /\bLine\//],
  ["Instagram", /Instagram/],
  ["Facebook", /FBAN|FBAV|FB_IAB/],
  ["KakaoTalk", /KAKAOTALK/],
  ["TikTok", /musical_ly|BytedanceWebview/],
  ["Snapchat", /Snapchat/],
  ["LinkedIn", /LinkedInApp/],
];
/** A WebView of Android, or one of iOS, which has no name of a browser at its end. */
const WEB_VIEW = /; wv\)|\((?:iPhone|iPad)[^)]*\) AppleWebKit\/(?!.*(?:Safari|CriOS|FxiOS|EdgiOS))/;

/** An Apple phone or tablet. `touchPoints`: an iPad calls itself a Mac, but no Mac has a touch screen. */
export function isApplePhone(userAgent: string, touchPoints: number): boolean {
  return /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1);
}

export function browserKind(userAgent: string, touchPoints: number): BrowserName {
  const [app = null] = APPS.find(([, sign]) => sign.test(userAgent)) ?? [];
  if (app !== null || WEB_VIEW.test(userAgent)) return { kind: "in-app", app };
  if (isApplePhone(userAgent, touchPoints))
    return { kind: /CriOS|FxiOS|EdgiOS|OPiOS|DuckDuckGo/.test(userAgent) ? "ios-app" : "ios", app };
  if (/Android/.test(userAgent)) return { kind: "android", app };
  if (/Firefox\//.test(userAgent)) return { kind: "firefox", app };
  if (/Chrome\//.test(userAgent)) return { kind: "chrome", app };
  return { kind: /Macintosh.*Safari\//.test(userAgent) ? "safari" : "other", app };
}
