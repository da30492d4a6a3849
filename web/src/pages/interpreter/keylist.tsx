/** All keys of the page. */

import { texts } from "../../texts";
import { KEYS } from "./keys";

export function KeyList() {
  const names = texts.value.interpreter.keyNames;
  const rows: readonly [readonly string[], string][] = [
    [[KEYS.switch], names.switch],
    [[KEYS.cough], names.cough],
    [[KEYS.handover], names.handover],
    [[KEYS.later], names.later],
    [[KEYS.channelA, KEYS.channelB], names.channel],
    [[KEYS.auto], names.auto],
    [[KEYS.slower, KEYS.louder, KEYS.repeat], names.cues],
    [[KEYS.floor], names.floor],
    [[KEYS.volumeUp, KEYS.volumeDown], names.volume],
    [[KEYS.partnerUp, KEYS.partnerDown], names.partner],
    [["K"], names.talk],
    [[KEYS.flag], names.flag],
    [[KEYS.read], names.read],
    [[KEYS.keys], names.keys],
  ];
  return (
    <dl class="console-keys" data-testid="key-list">
      {rows.map(([keys, name]) => (
        <div key={name}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{name}</dd>
        </div>
      ))}
    </dl>
  );
}
