/** The texts of the hall's second window and of the technician's tools, in English. */

export const hall = {
  join: "Join",
  button: "Hall screen",
  buttonHint: "Opens a second window for the projector: the programme, and nothing that is only for the crew",
  fill: "Hall screen: full screen",
  fillHint: "Makes the hall screen fill its display. If it does not, click into that window and press F",
  close: "Close hall screen",
  closeHint: "The hall screen fills its display. Closes that window",
  missing: "The hall screen is closed.",
  missingHint: "The projector shows nothing of this page. This page and its sound go on.",
  openAgain: "Open it again",
  notNeeded: "Not needed",
  blocked: "The browser has blocked the hall screen.",
  blockedHint: "Allow pop-ups for this page in the address bar, then open the hall screen again.",
  /** In the screen's window, until it has filled a display. */
  place: "Drag this window to the projector. Then press F, or click here.",
  alone: "This window shows a hall’s programme. Open it from the hall’s page, with the button “Hall screen”.",
  channel: "Interpretation:",
  /** The line of the last ten minutes. */
  line: {
    title: "The line",
    open: "The line of the last ten minutes, and what can be restarted",
    loss: "loss",
    names: { trip: "Round trip", loss: "Loss", up: "Bit rate, sent and received", down: "Received" },
    arrows: { up: "↑", down: "↓" },
    upTo: (value: string) => `scale up to ${value}`,
    tenMinutes: "10 minutes ago",
    now: "now",
  },
  restart: {
    buttons: {
      camera: "Restart camera",
      microphone: "Restart microphone",
      connection: "Restart connection",
    },
    /** What each of them does, and what a hall notices of it. */
    effects: {
      camera: "Closes the camera and opens it again. The picture stands still for about a second.",
      microphone: "Closes the microphone and opens it again. The sound is gone for about a second.",
      connection: "Connects to the server anew. Picture and sound are gone both ways for about a second.",
    },
    notJoined: "This page has not joined yet",
  },
  /** Joining with nobody at the computer. */
  auto: {
    asks: "The browser asks for camera and microphone, and nobody is there to answer.",
    sound: "The browser plays no sound before somebody clicks.",
    start: "Start Chromium with",
  },
  deskContact: "The desk:",
  /** What comes with this hall. */
  onIn: (clock: string, title: string) => `on in ${clock} · ${title}`,
};
