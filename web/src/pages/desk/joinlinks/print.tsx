/** Chooses the places that get a sheet, and prints them. */

import { useRef, useState } from "preact/hooks";
import { Button } from "../../../parts/button";
import { Printed } from "../../../parts/printed";
import { texts } from "../../../texts";
import type { EventDoc, JoinLinkDoc } from "../../../wire";
import { Dialog } from "./dialog";
import { type Holder, missing, printable } from "./groups";
import { Paper } from "./paper";
import { nameOf, panelTexts } from "./words";

interface Properties {
  links: readonly JoinLinkDoc[];
  holders: readonly Holder[];
  event: EventDoc;
  shut: () => void;
}

export function PrintSheets({ links, holders, event, shut }: Properties) {
  const t = panelTexts.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const offered = printable(links, holders);
  const [changed, setChanged] = useState<ReadonlyMap<number, boolean>>(new Map());
  // Halls at first: a guest is usually sent the link.
  const isChosen = ({ number, role }: JoinLinkDoc): boolean => changed.get(number) ?? role === "venue";
  const chosen = offered.filter(isChosen);
  const without = missing(holders, offered).map((holder) => nameOf(holder, t));
  return (
    <Dialog testid="joinlinks-sheets" title={t.print} dialog={dialog} closed={shut} class="joinlinks-small">
      <div class="joinlinks-body">
        {offered.length > 0 ? (
          <fieldset class="joinlinks-choices">
            <legend>{t.printFor}</legend>
            {offered.map((link) => (
              <label key={link.number} class="joinlinks-check">
                <input
                  type="checkbox"
                  data-testid={`joinlinks-print-${link.role}-${link.id}`}
                  checked={isChosen(link)}
                  onChange={({ currentTarget: { checked } }) =>
                    setChanged((before) => new Map(before).set(link.number, checked))
                  }
                />{" "}
                {nameOf(link, t)}
              </label>
            ))}
          </fieldset>
        ) : (
          <p>{t.nothingToPrint}</p>
        )}
        {without.length > 0 && (
          <p class="muted" data-testid="joinlinks-unprintable">
            {t.unprintable(without)}
          </p>
        )}
      </div>
      <div class="joinlinks-choice">
        <Button testid="joinlinks-sheets-close" press={() => dialog.current?.close()}>
          {texts.value.close}
        </Button>
        <Button
          testid="joinlinks-print-now"
          class="primary"
          blocked={chosen.length === 0 ? t.nothingToPrint : null}
          press={() => window.print()}
        >
          {t.printNow(chosen.length)}
        </Button>
      </div>
      <Printed>
        {chosen.map((link) => (
          <Paper key={link.number} link={link} event={event} />
        ))}
      </Printed>
    </Dialog>
  );
}
