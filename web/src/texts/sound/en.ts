/** What is wrong with a microphone's sound, and what to do. */

import type { SoundFault } from "../../show/soundfaults";

export interface SoundWords {
  what: string;
  remedy: string;
}

export const sound = {
  range: "Momentary loudness (EBU R128). Speech should stay between the two lines: -30 to -16 LUFS.",
  /** On a hall's page: the sound comes from a mixer. */
  hall: {
    "too-low": {
      what: "The hall’s sound is too quiet: people elsewhere hardly understand it.",
      remedy: "Raise the level at the mixer until speech stays between the two lines of the meter.",
    },
    clipping: {
      what: "The hall’s sound is too loud and distorted.",
      remedy: "Lower the mixer’s output to this computer, or the input level of its sound card.",
    },
    hum: {
      what: "The hall’s sound hums: mains hum is heard in the pauses.",
      remedy:
        "Put a DI box with ground lift between mixer and computer, and plug both into the same power strip.",
    },
    "no-sound": {
      what: "The hall’s microphone is open, but no sound arrives.",
      remedy: "Check mute and fader at the mixer, the cable, and which microphone is chosen here.",
    },
  } satisfies Record<SoundFault, SoundWords>,
  /** On the page of a person with a headset or laptop. */
  person: {
    "too-low": {
      what: "You are too quiet: people hardly understand you.",
      remedy: "Move closer to the microphone, or raise its level in the system’s sound settings.",
    },
    clipping: {
      what: "You are too loud, and your sound is distorted.",
      remedy: "Move away from the microphone, or lower its level in the system’s sound settings.",
    },
    hum: {
      what: "Your microphone hums.",
      remedy:
        "Try the laptop without its charger, keep the microphone’s cable away from power cables, or use another microphone.",
    },
    "no-sound": {
      what: "Your microphone is open, but no sound comes from it.",
      remedy: "Check the mute switch of the microphone or headset, and which microphone is chosen here.",
    },
  } satisfies Record<SoundFault, SoundWords>,
  /** At the desk, after the name of a source. */
  there: {
    "too-low": {
      what: "too quiet",
      remedy: "Ask them to raise the level at the mixer, or to move closer to the microphone.",
    },
    clipping: {
      what: "distorted",
      remedy: "Ask them to lower the level at the mixer or the microphone.",
    },
    hum: {
      what: "mains hum",
      remedy: "Ask them to check cables and power: a DI box with ground lift, or another socket.",
    },
    "no-sound": {
      what: "no sound",
      remedy: "Ask them to check mute, fader, cable, and which microphone is chosen.",
    },
  } satisfies Record<SoundFault, SoundWords>,
  /** The delay of the sound behind a slow camera. */
  lipSync: {
    title: "Lip sync",
    label: "Delay of the sound",
    delay: (ms: number) => `${ms} ms`,
    test: "Clap test",
    idle: "If lips move later than the voice is heard: have someone stand before camera and microphone, and press Clap test.",
    clapNow: "Clap once, now …",
    waits: "Clap once in front of the camera, close to the microphone.",
    nothing: "No clap was heard within 5 s. Clap closer to the microphone, or turn it up, and try again.",
    choose: "Choose the picture in which the hands meet.",
    picture: (ms: number) => `Picture ${ms} ms after the clap was heard`,
    set: (ms: number) => `The sound is delayed by ${ms} ms now.`,
    late: "The picture is not later than the sound, so the sound is sent without delay.",
    needsBoth: "Choose a camera and a microphone first.",
  },
  /** The programme comes back by a microphone; `talker`, a hall or a person, hears itself. */
  echo: {
    hall: (talker: string): SoundWords => ({
      what: `${talker} hears an echo: the sound of this hall’s loudspeakers goes back through the hall’s microphone.`,
      remedy:
        "Take this computer’s sound out of what the mixer sends back to it (mix-minus), or turn down the loudspeakers near the microphone.",
    }),
    person: (talker: string): SoundWords => ({
      what: `${talker} hears an echo through your microphone.`,
      remedy: "Use headphones, or turn down your loudspeaker.",
    }),
    there: (talker: string, place: string): SoundWords => ({
      what: `${talker} hears an echo: the sound comes back through ${place}’s microphone.`,
      remedy: `Ask ${place} for mix-minus at the mixer, or for lower loudspeakers or headphones. Until then, close ${place}’s microphone while others speak.`,
    }),
  },
};
