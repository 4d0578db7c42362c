"use strict";
// The page of the explorer alone.
const explorer = Explorer.start(
  document.getElementById("explorer"), JSON.parse(document.getElementById("explored").textContent));
document.body.dataset.drawn = "true";
