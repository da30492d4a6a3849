/** A QR code as the path of an SVG. Pure. */

import { correction, generate, mode } from "lean-qr";

/** Light modules around the code that readers need (ISO/IEC 18004). */
const QUIET_ZONE = 4;
/** Bytes, the form that every reader knows. Smaller forms for parts of a link would save a row or two. */
const MODES = [mode.ascii, mode.utf8];

/** The dark modules as an SVG path, each run of them in a row a rectangle, and the size with the quiet zone. */
export function qrPath(text: string): { size: number; path: string } {
  // M: a sheet on a wall may be torn or stained, and is read from an angle.
  const code = generate(text, { minCorrectionLevel: correction.M, modes: MODES });
  let path = "";
  for (let y = 0; y < code.size; y++)
    for (let x = 0, end = 0; x < code.size; x = end + 1) {
      end = x;
      while (end < code.size && code.get(end, y)) end++;
      if (end > x) path += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${end - x}v1h${x - end}z`;
    }
  return { size: code.size + 2 * QUIET_ZONE, path };
}
