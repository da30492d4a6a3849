import assert from "node:assert/strict";
import { test } from "node:test";
import { systemBlock, systemOf } from "../src/media/systemblock";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:153.0) Gecko/20100101 Firefox/153.0";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0";
const LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
const CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36";

const block = (agent: string, name: string, message = "", isListed = true) =>
  systemBlock(new DOMException(message, name), agent, isListed);

test("Chromium says that the system blocks a device, and a person's no is not taken for it", () => {
  assert.equal(block(CHROME, "NotAllowedError", "Permission denied by system"), "certain");
  assert.equal(block(CHROME, "NotAllowedError", "Permission denied"), null);
  assert.equal(block(CHROME, "NotReadableError", "Could not start video source"), null);
});

test("Firefox on a Mac does not find what it lists; on Windows another program may have it as well", () => {
  assert.equal(block(MAC, "NotFoundError"), "certain");
  assert.equal(block(MAC, "NotFoundError", "", false), null, "there is none");
  assert.equal(block(WINDOWS, "NotReadableError"), "possible");
  assert.equal(block(WINDOWS, "NotFoundError"), null);
  assert.equal(block(LINUX, "NotReadableError"), null);
});

test("the way to the setting is that of the system", () => {
  assert.deepEqual([MAC, WINDOWS, LINUX].map(systemOf), ["mac", "windows", "other"]);
});
