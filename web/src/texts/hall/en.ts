/** The texts of the hall's second window and of the technician's tools, in English. */

export const hall = {
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
};
