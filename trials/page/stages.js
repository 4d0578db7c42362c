"use strict";
// A network drawn stage by stage: a table with bars, whose rows open to show their blocks.
const Stages = (() => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const million = (value) => {
    if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
    return value >= 1e5 ? `${(value / 1e6).toFixed(value >= 1e8 ? 0 : 2)} M` : `${(value / 1e3).toFixed(1)} k`;
  };
  const OPS = { mbconv: "MBConv", conv: "Conv", dsconv: "DSConv", bottleneck: "Bottleneck", basic: "Basic" };
  const square = ([height, width]) => `${height} × ${width}`;
  const operator = (part) => OPS[part.op] + (part.op === "mbconv" ? part.expansion : "");
  const short = (part) =>
    `${operator(part)} ${part.kernel}×${part.kernel}${part.stride > 1 ? ` /${part.stride}` : ""}${part.se ? " SE" : ""}`;

  const bar = (value, of, kind) => {
    const cell = make("td", { className: `bar ${kind}` });
    const track = make("span", { className: "track" }, make("span", { className: "fill" }));
    track.firstChild.style.width = `${of ? (100 * value) / of : 0}%`;
    track.setAttribute("aria-hidden", "true");
    cell.append(make("span", { className: "figure", textContent: million(value) }), track);
    return cell;
  };
  const cell = (text, className = "") => make("td", { className, textContent: text });
  const channels = (part) => // on a phone, with the size of the map below
    make("td", {}, `${part.width}`, make("small", { className: "phone", textContent: square(part.size) }));
  const HEADINGS = [
    ["part", ""], ["operator", "narrow"], ["operator", "wide"], ["kernel", "wide"], ["stride", "wide"],
    ["expansion", "wide"], ["SE", "wide"], ["channels", ""], ["map", "wide"], ["blocks", ""],
    ["multiply-adds", ""], ["parameters", ""],
  ];

  const row = (part, most, open, toggle) => {
    const name = make("th", { scope: "row" });
    if (part.blocks.length) {
      const button = make("button", { type: "button", className: "open", textContent: part.name });
      button.setAttribute("aria-expanded", String(open));
      button.addEventListener("click", toggle);
      name.append(button);
    } else {
      name.textContent = part.name;
    }
    return make("tr", {}, name, cell(short(part), "narrow"), cell(operator(part), "wide"),
      cell(`${part.kernel} × ${part.kernel}`, "wide"), cell(part.stride, "wide"), cell(part.expansion ?? "", "wide"),
      cell(part.se || "", "wide"), channels(part), cell(square(part.size), "wide"), cell(part.depth),
      bar(part.flops, most.flops, "flops"), bar(part.params, most.params, "params"));
  };
  const blockRow = (block, number, most) => {
    const parts = [block.stride > 1 ? `stride ${block.stride}` : "", block.expanded ? `inside ${block.expanded}` : "",
      block.squeeze ? `SE ${block.squeeze}` : "", block.shortcut === "none" ? "no shortcut" : block.shortcut];
    const told = `${block.inWidth} → ${block.width}; ${parts.filter(Boolean).join(", ")}`;
    const name = make("th", { scope: "row", textContent: `block ${number}` });
    const detail = make("td", { textContent: told });
    const middle = make("td", { className: "narrow", textContent: told, colSpan: 3 });
    detail.className = "wide";
    detail.colSpan = 8;
    return make("tr", { className: "block" }, name, middle, detail,
      bar(block.flops, most.flops, "flops"), bar(block.params, most.params, "params"));
  };

  // Draws into `place`; `opened` is the set of names of the stages that stand open, which clicks change.
  const draw = (place, title, network, task, opened, scaleTo = null) => {
    const whole = Network.describe(network, ...task);
    const of = scaleTo || whole;
    const most = { flops: Math.max(...of.parts.map((p) => p.flops)), params: Math.max(...of.parts.map((p) => p.params)) };
    const body = make("tbody");
    const again = (name) => () => {
      if (!opened.delete(name)) opened.add(name);
      draw(place, title, network, task, opened, scaleTo);
      [...place.querySelectorAll("button.open")].find((button) => button.textContent === name)?.focus();
    };
    for (const part of whole.parts) {
      const open = opened.has(part.name);
      body.append(row(part, most, open, again(part.name)));
      if (open) part.blocks.forEach((block, index) => body.append(blockRow(block, index + 1, most)));
    }
    const head = make("tr", {}, ...HEADINGS.map(([text, kind]) =>
      make("th", { scope: "col", className: kind, textContent: text })));
    const total = make("tr", {}, make("th", { scope: "row", textContent: "total" }), cell("", "narrow"),
      ...Array.from({ length: 5 }, () => cell("", "wide")), cell(""), cell("", "wide"), cell(whole.depth),
      cell(million(whole.flops), "sum"), cell(million(whole.params), "sum"));
    const caption = make("caption", { textContent: `${title}, ${square(whole.resolution)} px` });
    const table = make("table", { className: "stages" }, caption, make("thead", {}, head), body,
      make("tfoot", {}, total));
    const scroll = make("div", { className: "scroll", tabIndex: 0 }, table);
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", `${title}, stage by stage`);
    place.replaceChildren(scroll);
    return whole;
  };

  const line = (network) => network.stages.map((stage) => {
    const part = { ...stage, kernel: stage.kernel_size, expansion: stage.expansion_ratio, se: stage.se_ratio };
    return `${stage.depth} × ${short(part)}, ${stage.width} channels`;
  });
  return { draw, line, make, million, square };
})();
