"use strict";
// Charts in the colours of the page, which follow the reader's theme.
const Charts = (() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const themed = (layout) => {
    const axis = { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line") };
    const axes = Object.keys(layout).filter((key) => /^[xy]axis/.test(key));
    return {
      ...layout,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: colour("--ink"), family: "system-ui, sans-serif", size: 13 },
      hoverlabel: { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink") } },
      ...Object.fromEntries(axes.map((key) => [key, { ...layout[key], ...axis }])),
    };
  };
  const config = { responsive: true, displaylogo: false, displayModeBar: false, scrollZoom: false };
  const draw = (place, figure) => {
    if (place.clientWidth < 600) figure.data.forEach((trace) => { if (trace.marker) trace.marker.showscale = false; });
    const paint = () => Plotly.react(place, figure.data, themed(figure.layout), config);
    dark.addEventListener("change", paint);
    return Plotly.newPlot(place, figure.data, themed(figure.layout), config);
  };
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  // after the first paint: a reader sees the words at once
  const later = (work) => requestAnimationFrame(() => setTimeout(work, 0));
  return { draw, read, later };
})();
