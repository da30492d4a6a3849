import assert from "node:assert/strict";
import { test } from "node:test";
import { contactParts } from "../src/show/contact";

function links(contact: string): (string | null)[] {
  return contactParts(contact).flatMap(({ href }) => (href === null ? [] : [href]));
}

test("telephone numbers and mail addresses in a contact are links, and the words around them stay", () => {
  assert.deepEqual(contactParts("Regie, 0151 2345-678, regie@example.org."), [
    { text: "Regie, ", href: null },
    { text: "0151 2345-678", href: "tel:01512345678" },
    { text: ", ", href: null },
    { text: "regie@example.org", href: "mailto:regie@example.org" },
    { text: ".", href: null },
  ]);
  assert.deepEqual(links("+49 (0)2151 12345, +81-3-1234-5678"), ["tel:+49215112345", "tel:+81312345678"]);
});

test("an extension of the house is no telephone number", () => {
  assert.deepEqual(links("Regie Krefeld, Durchwahl 21"), []);
  assert.deepEqual(contactParts(""), []);
});
