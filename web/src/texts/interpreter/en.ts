/** The texts of the interpreters' page, in English. */

import type { SwitchState } from "../../show/booth";
import type { CUES } from "../../show/cues";
import { listing } from "../listing";

const list = listing("en-GB");

export const interpreter = {
  // Entering
  hello: (booth: string) => `Interpreting · ${booth}`,
  enterHint:
    "Choose your seat, put on your headset and check your microphone. Nobody hears you before you switch the microphone on.",
  askHint:
    "Your browser will ask to use the microphone. A camera is not needed. Nobody hears you before you switch the microphone on.",
  allow: "Allow the microphone",
  permissionHint:
    "Please allow the microphone when your browser asks. If it does not ask, click the microphone icon beside the address.",
  opening: "Waiting for the microphone …",
  seat: "Your seat",
  seatName: "Name of the seat",
  seats: { free: "free", taken: "taken", lost: "on, but not connected" },
  ownSeat: "Own name …",
  seatHint: "Your own name or a number. Your partner takes the other seat.",
  seatTakenHint: (seat: string) => `Somebody sits in “${seat}”. From another computer, the desk lets you in.`,
  seatLostHint: (seat: string) =>
    `The microphone of “${seat}” is on, but its page is gone. If you enter, you are heard at once.`,
  full: (names: readonly string[]) =>
    `The booth is full: ${list(names)} ${names.length > 1 ? "sit" : "sits"} here.`,
  fullHint: "As soon as a seat is free, you can take it here. If one of them is you, choose that seat.",
  nobodyHere: "The other seat is empty.",
  here: (seats: string) => `In the booth: ${seats}`,
  enter: "Enter the booth",
  headphones: "Headphones",
  devices: "Headset",
  devicesHint: "Wired headset, no speakers. The browser’s echo and noise processing is off here.",
  changeSeat: "Leave the seat",
  changeSeatBlocked: "Switch your microphone off first",

  // The microphone
  microphone: "Microphone",
  switches: {
    off: "OFF",
    "on-air": "ON AIR",
    muted: "MUTED",
    elsewhere: "NOT HEARD",
    "no-microphone": "NOT HEARD",
    "no-line": "NOT HEARD",
    "no-relay": "NOT HEARD",
    floor: "NOT HEARD",
    "other-booth": "NOT HEARD",
    waits: "NOT HEARD",
  } satisfies Record<SwitchState["kind"], string>,
  into: (channel: string) => `into ${channel}`,
  partnerSpeaks: (seat: string) => `${seat} is on air`,
  nobodySpeaks: "Nobody in this booth is on air",
  coughHint: "Nobody hears you while the cough key is held down",
  closingHint: "You are muted here. The server has not switched you off yet",
  talkHint: "You are speaking to the desk, not into the channel",
  why: {
    elsewhere: "Another window or computer has this seat",
    "no-microphone": "Your microphone is not working",
    "no-line": "On, but your sound is not arriving",
    "no-relay": "The floor speaks neither of your languages, and there is no relay",
    floor: (channel: string) => `The floor speaks ${channel}: choose the other channel`,
    "other-booth": (booth: string) => `${booth} is in this channel`,
    waits: "On, but not in the channel yet",
  },
  turnOn: "Switch on",
  turnOff: "Switch off",
  takeOver: "Take over",
  noAnswerYet: "No answer from the server yet …",
  offline: "No connection: the state may have changed",

  // Channels
  channel: "Channel",
  byItself: "Automatic",
  byItselfHint: "The channel follows the language on the floor",
  noChannel: "no channel",
  youHearFloor: (language: string) => `You hear: floor (${language})`,
  youHearRelay: (language: string, booth: string) => `You hear: ${language} from ${booth} (relay)`,
  listeners: (n: number) => (n === 1 ? "1 listener" : `${n} listeners`),

  // The other seat
  you: "You:",
  partner: "Other seat",
  partnerStates: { open: "on air", live: "listening", away: "not connected" },
  cough: "Cough",
  coughHeld: "hold down",
  handover: "Hand over",
  handoverHint: "Asks your partner to take over",
  handoverAlone: "Nobody sits in the other seat",
  handoverOff: "Your microphone is off",
  asking: (seat: string) => `Waiting for ${seat} …`,
  withdraw: "Withdraw",
  asks: (seat: string) => `${seat} asks you to take over`,
  accept: "Take over",
  later: "Not now",
  bothOn: "Both microphones are on",
  youGoOff: (seconds: number) => `You go off in ${seconds} s`,
  partnerGoesOff: (seat: string, seconds: number) => `${seat} goes off in ${seconds} s`,

  // The sound
  volume: "Floor",
  relayVolume: "Relay",
  bass: "Bass",
  treble: "Treble",
  partnerVolume: "Partner",
  off: "off",
  sound: "Your headphones",

  // Cues
  cuesTo: "To the speaker",
  cues: { slower: "Slower", louder: "Louder", repeat: "Repeat" } satisfies Record<
    (typeof CUES)[number],
    string
  >,
  cueHint: "Shown to the speaker, on stage and at the desk",

  // The agenda
  floorSpeaks: "On the floor",
  asPlanned: "as in the agenda",
  inLanguage: (language: string) => `in ${language}`,
  notes: "Notes",
  keys: "Keys",
  keyNames: {
    switch: "microphone on, off",
    cough: "cough, hold down",
    handover: "hand over",
    later: "not now",
    channel: "channel by hand",
    auto: "channel automatic",
    cues: "slower, louder, repeat",
    floor: "language on the floor",
    volume: "floor volume",
    partner: "partner’s volume",
    flag: "call the desk",
    read: "message read",
    talk: "speak to the desk, hold down",
    keys: "show the keys",
  },
};

export type InterpreterTexts = typeof interpreter;
