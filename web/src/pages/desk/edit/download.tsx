/** Saves the event file as it is now, comments and all, on this computer. */

import { saveFile } from "../../../link/saving";
import { requestFile, state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { toastRefusal } from "../../../parts/toasts";
import { barred } from "../../../parts/words";
import { texts } from "../../../texts";
import { fileName } from "./filename";

export function DownloadButton() {
  const t = texts.value.reload;
  const download = (): void => {
    const name = fileName(state.peek()?.event.title ?? "");
    requestFile("/api/v1/event.yaml").then((file) => saveFile(file, name), toastRefusal);
  };
  return (
    <Button testid="download-button" class="quiet" hint={t.downloadHint} blocked={barred()} press={download}>
      {t.download}
    </Button>
  );
}
