import assert from "node:assert/strict";
import { test } from "node:test";
import { browserKind } from "../src/media/browserkind";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";

const kind = (userAgent: string, touchPoints = 0) => browserKind(userAgent, touchPoints).kind;

test("browsers are told apart by where their permission is", () => {
  assert.equal(kind(`${WINDOWS} Chrome/156.0.0.0 Safari/537.36`, 10), "chrome");
  assert.equal(kind(`${WINDOWS} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`), "chrome");
  assert.equal(kind("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"), "firefox");
  assert.equal(kind(`${MAC} Version/18.5 Safari/605.1.15`), "safari");
  assert.equal(kind(`${MAC} Version/18.5 Safari/605.1.15`, 5), "ios", "an iPad");
  assert.equal(kind(`${MAC} Chrome/156.0.0.0 Safari/537.36`), "chrome");
  assert.equal(kind(`${IPHONE} Version/18.5 Mobile/15E148 Safari/604.1`, 5), "ios");
  assert.equal(kind(`${IPHONE} CriOS/156.0.0.0 Mobile/15E148 Safari/604.1`, 5), "ios-app");
  assert.equal(
    kind(`${PIXEL}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36`),
    "android",
  );
  assert.equal(kind("Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0"), "android");
  assert.equal(kind("curl/8"), "other");
});

test("the browsers inside other apps are known, by name where they say so", () => {
  const found = (userAgent: string) => browserKind(userAgent, 5);
  assert.deepEqual(found(`${IPHONE} Mobile/15E148 Safari Line/15.2.0`), { kind: "in-app", app: "LINE" });
  assert.deepEqual(found(`${IPHONE} Mobile/15E148 MicroMessenger/8.0.56`), { kind: "in-app", app: "WeChat" });
  assert.deepEqual(found(`${IPHONE} Mobile/15E148 Instagram 380.0`), { kind: "in-app", app: "Instagram" });
  assert.deepEqual(found(`${IPHONE} Mobile/15E148`), { kind: "in-app", app: null });
  assert.deepEqual(
    found(
      `${PIXEL}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/156.0.0.0 Mobile Safari/537.36`,
    ),
    { kind: "in-app", app: null },
  );
});
