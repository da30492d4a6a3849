/** The texts of a place's further inputs, in English. */

import type { InputContent } from "../../media/call";

export const inputs = {
  button: "Inputs and slides",
  buttonHint: "What this computer sends besides: another camera, slides, a window",
  title: "Further inputs",
  hint: "What this computer sends besides its camera. The desk sees each as a picture of its own.",
  shareScreen: "Share slides",
  shareHint: "Shows a window or your screen beside your picture. The desk decides when it is on air.",
  content: "What to send",
  contents: { screen: "Screen or window", camera: "Camera or capture card" } satisfies Record<
    InputContent,
    string
  >,
  choose: "– choose –",
  sound: "Sound",
  noSound: "No sound",
  screenSound: "The sound of what is shared",
  share: "Share …",
  shareAgain: "Share again …",
  start: "Send",
  clapNeedsBoth: "Press Send first: the test takes the picture and the sound.",
  stop: "Stop",
  /** What it does now, in a word. */
  states: {
    off: "off",
    opening: "starting …",
    sending: "sending",
    again: "share again",
    faulty: "fault",
  },
  askAgain: "It was shared before this page was loaded. The browser asks again each time.",
  ended: "Sharing was ended in the browser’s own bar, or the window was closed.",
  refused:
    "Nothing was shared. Press Share and choose a window. On a Mac, also allow this browser under System Settings › Privacy & Security › Screen Recording.",
  failed: "The screen could not be captured. Choose another window, or press Share again.",
  paused: "No picture comes now: the window is minimised. Open it again, beside or behind this one.",
  silent: "What you share has no sound. To send sound, choose a browser tab, and tick its sound.",
  unsupported: "This browser cannot share a screen. Use Chrome, Edge or Firefox on a computer.",
  chooseCamera: "Choose the camera, and then press Send.",
  replaced: "Another window or computer sends this now.",
  waiting: "Another computer sends this place’s pictures. The desk has been asked to let this one in.",
  tip: "Share the window of the slides, not the whole screen: then no notes and no messages are seen.",
};
