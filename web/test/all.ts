/** Every test of the pure parts; `npm test` bundles this file and runs it with Node's own test runner. */

import "./agenda.test";
import "./alarms.test";
import "./clock.test";
import "./coming.test";
import "./codecs.test";
import "./condition.test";
import "./contrast.test";
import "./devices.test";
import "./light.test";
import "./lines.test";
import "./messages.test";
import "./meters.test";
import "./moves.test";
import "./outcome.test";
import "./patch.test";
import "./picks.test";
import "./plot.test";
import "./pulse.test";
import "./quality.test";
import "./refusals.test";
import "./reserve.test";
import "./session.test";
import "./socket.test";
import "./texts.test";
import "./time.test";
import "./waiting.test";
