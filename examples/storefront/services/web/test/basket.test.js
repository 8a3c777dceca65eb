import assert from "node:assert/strict";
import { test } from "node:test";

import { total } from "../dist/basket.js";

test("a basket's total counts each line's quantity", () => {
  assert.equal(total([{ sku: "mug", quantity: 2, cents: 1290 }]), 2580);
});
