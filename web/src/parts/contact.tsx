/** Whom to call about a fault of a place: its telephone numbers and mail addresses are links. */

import { placeDoc, placeOf } from "../show/agenda";
import { contactParts } from "../show/contact";
import { texts } from "../texts";
import type { State } from "../wire";

/** `of`: a place or one of its sources. Nothing if the event file gives the place no contact. */
export function Contact({ show, of }: { show: State; of: string }) {
  const contact = placeDoc(show, placeOf(of))?.contact;
  if (!contact) return null;
  return (
    <span class="contact" data-testid={`contact-${of}`}>
      {texts.value.notes.contact}
      {contactParts(contact).map(({ text, href }) =>
        href === null ? (
          text
        ) : (
          <a key={href} href={href}>
            {text}
          </a>
        ),
      )}
    </span>
  );
}
