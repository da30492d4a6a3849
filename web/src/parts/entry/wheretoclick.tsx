/** Where this browser has its camera permission: a sentence and a picture of it. */

import type { ComponentChildren } from "preact";
import { type BrowserKind, browserKind } from "../../media/browserkind";
import { texts } from "../../texts";

export const ownBrowserKind = browserKind(navigator.userAgent, navigator.maxTouchPoints);

/** For a device that was refused, or a browser inside an app. */
export function WhereToClick() {
  const { kind, app } = ownBrowserKind;
  const t = texts.value.entry.blocked;
  return (
    <div class="where-to-click" data-testid="where-to-click" data-browser={kind}>
      <Picture kind={kind} />
      <p>{kind === "in-app" ? t.inApp(app) : t.where[kind]}</p>
    </div>
  );
}

/** In the browser of another app, before it is asked for a camera that it may not give. */
export function InAppNote() {
  return ownBrowserKind.kind === "in-app" ? <WhereToClick /> : null;
}

const PICTURES: Readonly<Record<BrowserKind, () => ComponentChildren>> = {
  chrome: () => (
    <Computer>
      <Address />
      <Sliders x={36} y={17} />
      <Panel x={20} y={36} />
      <Ring x={36} y={17} />
    </Computer>
  ),
  firefox: () => (
    <Computer>
      <Address />
      <Camera x={36} y={17} crossed />
      <Panel x={20} y={36} isBlocked />
      <Ring x={36} y={17} />
    </Computer>
  ),
  safari: () => (
    <Computer>
      <path class="paper" d="M0 6h160v12H0z" />
      <text x={10} y={15.5}>
        Safari
      </text>
      <path class="paper" d="M6 20h84v54H6z" />
      <path class="line" d="M14 29h50M14 39h60M14 67h52" />
      <path class="chosen" d="M8 48h80v10H8z" />
      <path class="on-chosen" d="M14 53h62" />
      <Ring x={22} y={12} />
    </Computer>
  ),
  android: () => (
    <Phone>
      <rect class="paper" x={6} y={8} width={68} height={14} rx={7} />
      <Sliders x={16} y={15} />
      <Panel x={8} y={28} />
      <Ring x={16} y={15} />
    </Phone>
  ),
  ios: () => (
    <Phone>
      <Panel x={8} y={34} />
      <rect class="paper" x={6} y={88} width={68} height={14} rx={7} />
      <text x={11} y={98}>
        aA
      </text>
      <Ring x={17} y={95} />
    </Phone>
  ),
  "ios-app": () => (
    <Phone>
      <path class="line" d="M10 16h40M10 26h52" />
      <Panel x={8} y={34} />
      <Ring x={62} y={46} />
    </Phone>
  ),
  "in-app": () => (
    <Phone>
      <path class="line" d="M10 14h34" />
      <path class="dots" d="M58 14h0M64 14h0M70 14h0" />
      <path class="paper" d="M20 26h54v44H20z" />
      <path class="line" d="M26 36h34M26 60h28" />
      <path class="chosen" d="M22 42h50v12H22z" />
      <path class="on-chosen" d="M28 48h28M60 44h6v6m0-6-7 7" />
      <Ring x={64} y={14} />
    </Phone>
  ),
  other: () => (
    <Computer>
      <Address />
      <Camera x={36} y={17} crossed />
      <Ring x={36} y={17} />
    </Computer>
  ),
};

function Picture({ kind }: { kind: BrowserKind }) {
  return PICTURES[kind]();
}

/** A window of a browser on a computer, 160 units wide. The sentence says the same to those who do not see it. */
function Computer({ children }: { children: ComponentChildren }) {
  return (
    <svg viewBox="0 0 160 80" aria-hidden="true">
      <rect class="screen" width={160} height={80} rx={5} />
      {children}
    </svg>
  );
}

/** A phone, 80 units wide. */
function Phone({ children }: { children: ComponentChildren }) {
  return (
    <svg class="phone" viewBox="0 0 80 110" aria-hidden="true">
      <rect class="screen" width={80} height={110} rx={9} />
      {children}
    </svg>
  );
}

function Address() {
  return (
    <>
      <path class="line" d="M8 17h4M18 17h4" />
      <rect class="paper" x={26} y={9} width={126} height={16} rx={8} />
      <path class="line" d="M50 17h60" />
    </>
  );
}

interface At {
  x: number;
  y: number;
}

/** The sign of a site's settings: two sliders. */
function Sliders({ x, y }: At) {
  return (
    <g class="sign" transform={`translate(${x} ${y})`}>
      <path d="M-5-2.5H5M-5 2.5H5" />
      <circle cx={2.5} cy={-2.5} r={1.6} />
      <circle cx={-2.5} cy={2.5} r={1.6} />
    </g>
  );
}

function Camera({ x, y, crossed = false }: At & { crossed?: boolean }) {
  return (
    <g class="sign" transform={`translate(${x} ${y})`}>
      <path d="M-5.5-3h7.5v6h-7.5zM2-1l3.500-2v6L2 1" />
      {crossed && <path class="cross" d="M-6 5 6-5" />}
    </g>
  );
}

function Microphone({ x, y }: At) {
  return (
    <g class="sign" transform={`translate(${x} ${y})`}>
      <path d="M-1.8-4h3.6v5h-3.6zM-4 0c0 4 8 4 8 0M0 3v2.500" />
    </g>
  );
}

/** The panel that opens: camera and microphone, each with its switch; or with the × that ends the block. */
function Panel({ x, y, isBlocked = false }: At & { isBlocked?: boolean }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect class="paper" width={64} height={38} rx={4} />
      <Camera x={12} y={12} />
      {isBlocked ? <path class="ring" d="M46 10l4 4m0-4-4 4M46 24l4 4m0-4-4 4" /> : <Switches />}
      <Microphone x={12} y={26} />
      <path class="line" d="M22 12h16M22 26h16" />
    </g>
  );
}

function Switches() {
  return (
    <>
      <Switch x={48} y={12} />
      <Switch x={48} y={26} />
    </>
  );
}

function Switch({ x, y }: At) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect class="chosen" x={-7} y={-4} width={14} height={8} rx={4} />
      <circle class="knob" cx={3} cy={0} r={3} />
    </g>
  );
}

/** Here to click. */
function Ring({ x, y }: At) {
  return <circle class="ring" cx={x} cy={y} r={10} />;
}
