/** Into the room: what the sound comes from, the test tone, the check of the line, and help with a blocked device. */

import type { BrowserKind } from "../../media/browserkind";
import type { LineLimit, LineVerdict } from "../../media/path/linefigures";
import type { ToneResult } from "../../media/sound/tonecheck";
import type { System } from "../../media/systemblock";

export type Preset = "mixer" | "laptop";

export const entry = {
  presets: {
    label: "Where the sound comes from",
    mixer: {
      name: "Mixer or capture card",
      words: "In stereo, as it comes: nothing is filtered or levelled.",
    },
    laptop: {
      name: "Laptop or headset",
      words: "The browser removes echo and noise, and evens out the level.",
    },
  } satisfies Record<Preset | "label", unknown>,
  tone: {
    plays: "Playing and listening …",
    heard: "Heard back ✓",
    "not-heard":
      "Not heard back by the microphone. Are the loudspeakers on? With headphones, or a mixer that does not return them, that is normal.",
    removed:
      "Played. The browser removes what the loudspeakers play from the microphone, so only you can say whether you heard it.",
    "no-microphone": "Played. Without a microphone only you can say whether you heard it.",
    worn: "Played. Only you can hear it in your headphones. If you did not, choose others above, or turn them up.",
  } satisfies Record<ToneResult | "plays", string>,
  line: {
    measures: "Measuring the line …",
    trip: (ms: string) => `round trip ${ms} ms`,
    loss: (percent: string) => `loss ${percent} %`,
    up: (megabits: string) => `up ${megabits} Mbit/s`,
    /** `atLeast`: the server has sent no more, so the line may carry more. */
    down: (megabits: string, atLeast: boolean) => `down ${megabits} Mbit/s${atLeast ? " or more" : ""}`,
    verdicts: {
      "720p": "Good for 720p.",
      small: "Enough for a small picture.",
      poor: "Not good enough for a picture.",
      unmeasured: "This browser does not say what the line carries.",
    } satisfies Record<LineVerdict, string>,
    remedies: {
      up: "The line to the server is narrow. Use a network cable rather than Wi-Fi, and close what else uses the network.",
      down: "The line from the server is narrow: the programme may be small and without all its pictures. Use a network cable rather than Wi-Fi, and stop what else is downloading.",
      loss: "The line loses packets. Use a network cable, or move closer to the Wi-Fi router.",
      trip: "The line is slow. Switch off a VPN or a satellite link if there is one, and expect delay in conversation.",
    } satisfies Record<LineLimit, string>,
  },
  blocked: {
    /** How to allow it again: `where` is for the browser at hand. */
    where: {
      chrome:
        "Click the sign to the left of the address, and switch camera and microphone on. This page goes on by itself. If they are on there, the computer’s privacy settings block the browser.",
      firefox:
        "Click the crossed-out camera or microphone in the address bar, remove “Blocked” with ×, and press Try again.",
      safari:
        "In the menu bar choose Safari → Settings for This Website, allow camera and microphone, and press Try again.",
      android:
        "Tap the sign to the left of the address → Permissions, and allow camera and microphone. If they are not listed: Android’s Settings → Apps → your browser → Permissions.",
      ios: "Tap aA or the page sign beside the address → Website Settings, allow camera and microphone, and press Try again.",
      "ios-app":
        "Open the Settings of this phone → Apps → your browser, and switch camera and microphone on. Then reload this page.",
      other: "Look for a camera or lock near the address, allow camera and microphone, and press Try again.",
    } satisfies Record<Exclude<BrowserKind, "in-app">, string>,
    /** The operating system keeps the devices from the browser. */
    system: {
      camera: "The computer blocks the camera for this browser.",
      microphone: "The computer blocks the microphone for this browser.",
      maybe: "If no other program uses it, the computer blocks it for this browser.",
      where: {
        mac: "Apple menu → System Settings → Privacy & Security → Camera, and Microphone: switch your browser on, restart it if the Mac asks for that, and press Try again.",
        windows:
          "Windows Settings → Privacy & security → Camera, and Microphone: switch on access, also for desktop apps, and press Try again.",
        other:
          "Allow camera and microphone for your browser in the privacy settings of the system, and press Try again.",
      } satisfies Record<System, string>,
    },
    inApp: (app: string | null) =>
      `${app ?? "This app"} has opened the link in its own browser, which often gives no camera. Tap ⋯ and choose “Open in browser”, or copy the link into Chrome or Safari.`,
    unsupportedTitle: "This browser cannot take part",
    unsupported:
      "It has no live picture and sound (WebRTC). Open the same link in a current Chrome, Edge, Firefox or Safari.",
    noDevices:
      "This browser gives pages no camera and no microphone. Open the link in Chrome, Edge, Firefox or Safari.",
  },
};
