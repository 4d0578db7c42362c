"use strict";
// The report of a scaling search: charts and the explorer.
const explorer = Explorer.start(document.getElementById("explorer"), Charts.read("explored"));
Charts.later(async () => {
  for (const [name, figure] of Object.entries(Charts.read("charts"))) {
    await Charts.draw(document.getElementById(`chart-${name}`), figure);
  }
  document.body.dataset.drawn = "true";
});
