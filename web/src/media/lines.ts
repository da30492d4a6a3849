/**
 * The m-lines of this page's one offer, in the order in which the server knows them.
 *
 * What a page sends comes first; then the programme, the second picture, four microphones and talkback; then one small
 * picture a source for those who watch them all. They are laid out once and stay until the page leaves.
 */

export interface Line {
  kind: "video" | "audio";
  direction: "sendonly" | "recvonly";
}

const MICROPHONES = 4;
const TALKBACK = 1;

const send = (kind: Line["kind"]): Line => ({ kind, direction: "sendonly" });
const receive = (kind: Line["kind"]): Line => ({ kind, direction: "recvonly" });

/** The lines for a page that feeds a source or not, and sees so many others in small. */
export function lines(feeds: boolean, views: number): Line[] {
  return [
    ...(feeds ? [send("video"), send("audio")] : []),
    receive("video"),
    receive("video"),
    ...Array.from({ length: MICROPHONES + TALKBACK }, () => receive("audio")),
    ...Array.from({ length: views }, () => receive("video")),
  ];
}
