import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BLOCKED_AFTER_S,
  checkLine,
  JUDGED_AFTER_S,
  type LineCheck,
  offeredBy,
  portsOf,
  type StatsEntry,
  triedPairs,
} from "../src/media/path/linecheck";
import { PathMonitor } from "../src/media/path/pathmonitor";
import { de } from "../src/texts/de";
import { en } from "../src/texts/en";
import { ja } from "../src/texts/ja";
import {
  blockedChromium,
  blockedFirefox,
  relayChromium,
  relayFirefox,
  tcpChromium,
  tcpFirefox,
  udpChromium,
  udpFirefox,
} from "./pathstats";

const ANSWER = [
  "v=0",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=candidate:1 1 udp 2130706431 203.0.113.7 8081 typ host",
  "a=candidate:2 1 udp 2130706175 2001:db8::7 8081 typ host",
  "a=candidate:3 1 tcp 1015021823 203.0.113.7 8080 typ host tcptype passive",
  "a=end-of-candidates",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=candidate:1 1 udp 2130706431 203.0.113.7 8081 typ host",
].join("\r\n");
const OFFERED = offeredBy(ANSWER);
const PORTS = { hosts: "203.0.113.7 / 2001:db8::7", udp: "8081", tcp: "8080" };

function judged(entries: StatsEntry[], connected = true, seconds = 60): LineCheck {
  return checkLine(OFFERED, triedPairs(entries), connected, seconds);
}

const found = (monitor: PathMonitor): LineCheck => monitor.check.value;

test("an answer's candidates are read once each, and named for people", () => {
  assert.deepEqual(OFFERED, [
    { transport: "udp", address: "203.0.113.7", port: 8081 },
    { transport: "udp", address: "2001:db8::7", port: 8081 },
    { transport: "tcp", address: "203.0.113.7", port: 8080 },
  ]);
  assert.deepEqual(portsOf(OFFERED), PORTS);
});

test("UDP in use is good at once, also while TCP pairs are in vain", () => {
  for (const dump of [udpChromium, udpFirefox])
    assert.deepEqual(judged(dump, true, 0), { kind: "good", path: "udp" });
});

test("TCP in use means that UDP is blocked, after the time in which UDP could have been answered", () => {
  for (const dump of [tcpChromium, tcpFirefox]) {
    assert.deepEqual(judged(dump, true, JUDGED_AFTER_S - 0.1), { kind: "unknown", path: "tcp" });
    assert.deepEqual(judged(dump, true, JUDGED_AFTER_S), { kind: "tcp", path: "tcp", ports: PORTS });
  }
});

test("TCP in use where UDP is answered too is nothing to ask anybody for", () => {
  const [unanswered, ...others] = tcpFirefox;
  const answered = [{ ...unanswered, responsesReceived: 3 } as StatsEntry, ...others];
  assert.deepEqual(judged(answered), { kind: "good", path: "tcp" });
  const ceased = [{ ...unanswered, responsesReceived: 3, state: "failed" } as StatsEntry, ...others];
  assert.equal(judged(ceased).kind, "tcp");
});

test("an older Firefox marks the selected pair and has no transport", () => {
  const older = tcpFirefox.filter(({ type }) => type !== "transport");
  assert.deepEqual(judged(older), { kind: "tcp", path: "tcp", ports: PORTS });
});

test("a relay is named with how the page reaches it", () => {
  for (const dump of [relayChromium, relayFirefox])
    assert.deepEqual(judged(dump), { kind: "relay", path: "relay", over: "tcp", ports: PORTS });
  const overTls = relayChromium.map((entry) =>
    entry.relayProtocol ? { ...entry, relayProtocol: "tls" } : entry,
  );
  assert.deepEqual(judged(overTls), { kind: "relay", path: "relay", over: "tls", ports: PORTS });
});

test("nothing gets through once no pair has been answered for long enough", () => {
  for (const dump of [blockedChromium, blockedFirefox]) {
    assert.deepEqual(judged(dump, false, BLOCKED_AFTER_S - 0.1), { kind: "unknown", path: null });
    assert.deepEqual(judged(dump, false, BLOCKED_AFTER_S), {
      kind: "blocked",
      path: "blocked",
      ports: PORTS,
    });
  }
});

test("a pair that was answered, without a connection, is not the network's fault", () => {
  assert.equal(judged(tcpChromium, false, 60).kind, "unknown");
});

test("no pair at all means that the network lacks the one family of IP that the server offers", () => {
  const v4 = OFFERED.filter(({ address }) => !address.includes(":"));
  assert.deepEqual(checkLine(v4, [], false, 60), { kind: "family", path: "blocked", family: 4 });
  assert.equal(checkLine(OFFERED, [], false, 60).kind, "blocked");
  assert.equal(checkLine([], [], false, 60).kind, "blocked");
});

test("the time counts from the first answer in vain, over several offers", () => {
  const monitor = new PathMonitor();
  const blocked = triedPairs(blockedFirefox);
  monitor.answered(ANSWER, 1_000);
  monitor.update(blocked, false, true, 2_000);
  assert.equal(found(monitor).path, null);
  monitor.answered(ANSWER, 9_000); // the page has offered again
  monitor.update([], false, true, 9_100); // the new connection has no pairs yet
  monitor.update([], false, true, 1_000 + BLOCKED_AFTER_S * 1_000);
  assert.equal(found(monitor).kind, "blocked");
  monitor.update(triedPairs(udpChromium), true, true, 40_000);
  assert.equal(found(monitor).kind, "good");
});

test("an ICE restart on the same path changes no verdict, on another path it does", () => {
  const monitor = new PathMonitor();
  monitor.answered(ANSWER, 0);
  monitor.update(triedPairs(tcpFirefox), true, true, 10_000);
  assert.equal(found(monitor).kind, "tcp");
  monitor.answered(ANSWER, 20_000);
  monitor.update(triedPairs(tcpFirefox), true, true, 20_500);
  assert.equal(found(monitor).kind, "tcp");
  monitor.update(triedPairs(relayFirefox), true, true, 21_000);
  assert.deepEqual(found(monitor), { kind: "unknown", path: "relay" });
});

test("a connection that is lost is judged anew", () => {
  const monitor = new PathMonitor();
  monitor.answered(ANSWER, 0);
  monitor.update(triedPairs(udpChromium), true, true, 60_000);
  monitor.update(triedPairs(blockedFirefox), false, true, 61_000);
  assert.equal(found(monitor).path, null);
  monitor.update(triedPairs(blockedFirefox), false, true, 61_000 + BLOCKED_AFTER_S * 1_000);
  assert.equal(found(monitor).path, "blocked");
});

test("without the server nobody is asked for a port, and a page that leaves has no path", () => {
  const monitor = new PathMonitor();
  monitor.answered(ANSWER, 0);
  monitor.update(triedPairs(blockedFirefox), false, false, 60_000);
  assert.equal(found(monitor).path, null);
  monitor.update(triedPairs(blockedFirefox), false, true, 61_000);
  assert.equal(found(monitor).path, null);
  monitor.update(triedPairs(blockedFirefox), false, true, 60_000 + BLOCKED_AFTER_S * 1_000);
  assert.equal(found(monitor).path, "blocked");
  monitor.reset();
  assert.equal(found(monitor).path, null);
});

test("each language names what to open, and offers TCP only where the server does", () => {
  const udpAlone = { ...PORTS, tcp: "" };
  for (const { path } of [en, de, ja]) {
    assert.match(path.remedies.udp(PORTS), /203\.0\.113\.7.*UDP 8081|UDP 8081.*203\.0\.113\.7/);
    assert.match(path.remedies.any(PORTS), /UDP 8081.*TCP 8080/);
    assert.match(path.here.relay(PORTS, "tls"), /TCP.*TLS/);
    for (const said of [
      path.remedies.direct(udpAlone),
      path.remedies.any(udpAlone),
      path.here.relay(udpAlone, null),
    ])
      assert.doesNotMatch(said, /TCP/);
  }
  assert.equal(
    `${en.path.here.tcp} ${en.path.remedies.udp({ ...PORTS, hosts: "203.0.113.7" })}`,
    "UDP is blocked here; picture and sound go over TCP, which stutters on bad lines. " +
      "Ask the network’s administrators to open UDP 8081 to 203.0.113.7.",
  );
});
