import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAddress } from "../src/link/report";

test("the CSV is requested for spreadsheets in the page's language, the JSON as it is", () => {
  assert.equal(fileAddress("csv", "de"), "/api/v1/report.csv?spreadsheet=de");
  assert.equal(fileAddress("csv", "ja"), "/api/v1/report.csv?spreadsheet=ja");
  assert.equal(fileAddress("json", "de"), "/api/v1/report");
});
