"use strict";
// The explorer: sliders move a scaled network, which stands beside another one.
const Explorer = (() => {
  const NAMES = ["phi", "alpha", "beta", "gamma"];
  const start = (root, data) => {
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    const opened = { left: new Set(), right: new Set() };
    const initial = { ...data.coefficients, phi: data.phi };
    const inputs = Object.fromEntries(NAMES.map((name) => [name, find(name)]));
    const rules = Object.fromEntries(
      ["depth", "resolution", "resolution_multiple", "width_divisor"].map((name) => [name, find(name)]));
    let latest = null;
    const base = Network.describe(data.baseline, ...data.task);

    const rounding = () => ({
      depth: rules.depth.value,
      resolution: rules.resolution.value,
      resolution_multiple: Number(rules.resolution_multiple.value),
      width_divisor: Number(rules.width_divisor.value),
    });
    const compute = (values, rules) => {
      const network = Network.scale(data.baseline, Network.multipliers(values, values.phi), rules);
      const cost = Network.describe(network, ...data.task);
      return { network, cost, nominal: Network.nominal(values, values.phi), measured: cost.flops / base.flops };
    };
    const other = () => {
      const chosen = root.querySelector("[data-network][aria-pressed=true]");
      return chosen && data.networks.find((network) => network.name === chosen.dataset.network);
    };
    const show = () => {
      const values = Object.fromEntries(NAMES.map((name) => [name, Number(inputs[name].value)]));
      NAMES.forEach((name) => { find(`${name}-value`).textContent = String(Number(values[name].toFixed(4))); });
      const { network, cost, nominal, measured } = compute(values, rounding());
      const beside = other();
      const besideCost = beside && Network.describe(beside, ...data.task);
      const widest = besideCost && besideCost.flops > cost.flops ? besideCost : cost;
      Stages.draw(find("left"), `${data.baseline.name} at φ = ${values.phi}`, network, data.task, opened.left, widest);
      find("right").hidden = !beside;
      if (beside) Stages.draw(find("right"), beside.name, beside, data.task, opened.right, widest);
      const told = {
        blocks: `${cost.depth}`, widest: `${cost.widest}`, pixels: Stages.square(cost.resolution),
        flops: Stages.million(cost.flops), params: Stages.million(cost.params),
        nominal: `${nominal.toFixed(2)}×`, measured: `${measured.toFixed(2)}×`,
        ratio: (measured / nominal).toFixed(2),
      };
      for (const [name, text] of Object.entries(told)) find(`told-${name}`).textContent = text;
      const small = Math.min(...cost.resolution) < Network.totalStride(network);
      find("warning").hidden = !small;
      latest = { network, cost, nominal, measured };
    };
    const reset = () => {
      NAMES.forEach((name) => { inputs[name].value = initial[name]; });
      for (const [name, value] of Object.entries(data.rounding)) rules[name].value = value;
      show();
    };
    root.addEventListener("input", (event) => {
      const moved = event.target; // by hand: to the nearest hundredth, so that what is shown is what is computed
      if (moved.type === "range") moved.value = String(Math.round(Number(moved.value) * 100) / 100);
      show();
    });
    find("reset").addEventListener("click", reset);
    for (const button of root.querySelectorAll("[data-network]")) {
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        root.querySelectorAll("[data-network]").forEach((each) => each.setAttribute("aria-pressed", "false"));
        button.setAttribute("aria-pressed", String(on));
        opened.right.clear();
        show();
      });
    }
    reset();
    return { shown: () => latest };
  };
  return { start };
})();
