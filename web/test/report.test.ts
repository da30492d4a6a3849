import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAddress } from "../src/link/report";

test("the table is asked for as a spreadsheet in the page's language opens it, the document as it is", () => {
  assert.equal(fileAddress("csv", "de"), "/api/v1/report.csv?spreadsheet=de");
  assert.equal(fileAddress("csv", "ja"), "/api/v1/report.csv?spreadsheet=ja");
  assert.equal(fileAddress("json", "de"), "/api/v1/report");
});
