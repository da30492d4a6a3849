/** The hall screen's page. It has no link and no session of its own: all it shows comes from the window that opened it. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { japaneseFont } from "../fonts/need";
import { isForAudience } from "../parts/screen";
import { firstTexts, shownLanguage, texts } from "../texts";
import { followHall } from "./opener";
import { HallScreenPage } from "./screen";
import "../styles/theme.css";
import "../styles/program.css";
import "../styles/hallscreen.css";

isForAudience.value = true;
followHall();
void Promise.all([firstTexts, japaneseFont()]).then(() => {
  effect(() => {
    document.documentElement.lang = shownLanguage.value;
    document.title = `${texts.value.hall.button} · ${texts.value.product}`;
  });
  const root = document.getElementById("app");
  if (root) render(<HallScreenPage />, root);
});
