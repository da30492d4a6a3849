/** The further outputs of a hall, and its talkback microphone: for the interpretation, and for the technician's ears. */

import { state } from "../link/session";
import type { PageMedia } from "../media/pagemedia";
import { isSameSink, NONE } from "../media/picks";
import type { Output } from "../media/sound/mix";
import { canChooseOutput } from "../media/sound/outlet";
import type { OutputDevice } from "../media/sound/outputdevice";
import { nameOfLanguage, texts } from "../texts";
import { ChannelSelect } from "./channel";
import { ToneTest } from "./entry/tonetest";
import { saidAtOnce } from "./said";
import { Picker } from "./setup";

export function Outputs({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { devices } = media;
  const choice = devices.choice.value;
  const { speaker, interpretation, headphones } = devices;
  const isSame = (a: OutputDevice, b: OutputDevice) =>
    isSameSink(a.sink.value, b.sink.value, a.devices.value);
  const hasChannels = (state.value?.event.languages.length ?? 0) > 0;
  return (
    <div class="devices outputs">
      {hasChannels && (
        <>
          <div class="field">
            <span>{t.outputs.channel}</span>
            <ChannelSelect media={media} />
          </div>
          <Loudspeakers media={media} />
        </>
      )}
      {canChooseOutput && hasChannels && (
        <OutputPicker media={media} output="interpretation" device={interpretation} />
      )}
      {hasChannels && isSame(interpretation, speaker) && (
        <p class="trouble" data-testid="interpretation-same">
          {t.outputs.sameDevice}
        </p>
      )}
      {canChooseOutput ? (
        <OutputPicker media={media} output="headphones" device={headphones} />
      ) : (
        <p class="muted">{t.outputs.cannotChoose}</p>
      )}
      {isSame(headphones, speaker) ? (
        <p class="trouble" data-testid="headphones-same">
          {t.outputs.sameDevice}
        </p>
      ) : (
        hasChannels &&
        isSame(headphones, interpretation) && (
          <p class="trouble" data-testid="headphones-same">
            {t.outputs.sameAsInterpretation}
          </p>
        )
      )}
      <Picker
        label={t.outputs.talkMicrophone}
        testid="talk-microphone-select"
        picks={devices.microphone.devices.value}
        chosen={choice.talkMicrophone}
        unset={t.outputs.notUsed}
        choose={(pick) => void devices.choose({ talkMicrophone: pick?.id === NONE ? null : pick })}
      />
    </div>
  );
}

/** Whether the loudspeakers play the floor or the channel. */
function Loudspeakers({ media }: { media: PageMedia }) {
  const t = texts.value;
  const { devices, listening } = media;
  const channel = listening.channel.value;
  return (
    <label class="field">
      <span>{t.outputs.loudspeakers}</span>
      <select
        data-testid="loudspeakers-select"
        value={channel === null ? "floor" : devices.choice.value.loudspeakers}
        onChange={(event) =>
          void devices.choose({ loudspeakers: event.currentTarget.value === "channel" ? "channel" : "floor" })
        }
      >
        <option value="floor">{t.channel.floor}</option>
        {channel !== null && (
          <option value="channel" lang={channel}>
            {nameOfLanguage(channel)}
          </option>
        )}
      </select>
    </label>
  );
}

interface OutputProperties {
  media: PageMedia;
  output: Exclude<Output, "main">;
  device: OutputDevice;
}

function OutputPicker({ media, output, device }: OutputProperties) {
  const t = texts.value;
  const { devices } = media;
  const name = t.outputs[output];
  const away = device.away.value;
  return (
    <>
      <Picker
        label={name}
        testid={`${output}-select`}
        picks={device.devices.value}
        chosen={devices.choice.value[output]}
        unset={t.outputs.notUsed}
        choose={(pick) => void devices.choose({ [output]: pick })}
      />
      {away && (
        <p class="trouble" {...saidAtOnce} data-testid={`${output}-fault`}>
          {t.outputs.away(away.label)}
        </p>
      )}
      {device.sink.value !== null && <ToneTest media={media} output={output} name={name} />}
    </>
  );
}
