"use strict";
// The report of a search: charts, and the network that is pinned beside EfficientNet-B0.
(() => {
  const data = Charts.read("networks"), charts = Charts.read("charts");
  const network = (index) => {
    const [resolution, stem, head, places] = data.networks[index];
    return { resolution, stem: { ...data.skeleton.stem, width: stem }, head: { width: head },
      stages: places.map((place) => data.stages[place]) };
  };
  const opened = { left: new Set(), right: new Set() };
  const select = document.getElementById("pinned");
  const place = (id) => document.getElementById(id);
  const pin = (index) => {
    select.value = String(index);
    const [own, beside] = [network(index), data.beside];
    const costs = [own, beside].map((one) => Network.describe(one, ...data.task));
    const widest = costs[0].flops > costs[1].flops ? costs[0] : costs[1];
    Stages.draw(place("network"), `trial ${data.numbers[index]}`, own, data.task, opened.left, widest);
    Stages.draw(place("network-beside"), beside.name, beside, data.task, opened.right, widest);
  };
  data.numbers.forEach((number, index) => {
    select.append(Stages.make("option", { value: String(index), textContent: String(number) }));
  });
  if (data.networks.length) {
    pin(Math.max(0, data.numbers.indexOf(data.best)));
    select.addEventListener("change", () => pin(Number(select.value)));
  } else {
    select.parentElement.hidden = true;
  }
  Charts.later(async () => {
    charts.candidates.data[0].text = data.networks.map((_, index) => Stages.line(network(index)).join("<br>"));
    for (const [name, figure] of Object.entries(charts)) await Charts.draw(place(`chart-${name}`), figure);
    place("chart-candidates").on("plotly_click", (event) => {
      const point = event.points.find((one) => one.curveNumber === 0);
      if (point) pin(point.pointNumber);
    });
    document.body.dataset.drawn = "true";
  });
})();
