/** Noto Sans JP in all its weights, cut into slices of some hundred characters each. */

import "@fontsource-variable/noto-sans-jp/index.css";
import "./japanese.css";
