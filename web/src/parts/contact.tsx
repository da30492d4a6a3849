/** How people of a place are reached besides: its telephone numbers and mail addresses are links. */

import { contactParts } from "../show/contact";
import { texts } from "../texts";

export function Contact({ of, contact }: { of: string; contact: string | undefined }) {
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
