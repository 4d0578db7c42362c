"use strict";
// Scaling and the closed-form cost of a network, by the rules of search_spaces/scaling.py, structure.py and cost.py.
// A network is the mapping of an architecture file; costs are {flops (multiply-adds), params}.
const Network = (() => {
  const roundWidth = (width, divisor) => {
    const rounded = Math.max(divisor, Math.floor(Math.trunc(width + divisor / 2) / divisor) * divisor);
    return rounded < 0.9 * width ? rounded + divisor : rounded;
  };
  const roundDepth = (depth, rule) =>
    Math.max(1, rule === "ceil" ? Math.ceil(depth - 1e-9) : Math.floor(depth + 0.5));
  const roundResolution = (pixels, rounding) => {
    const multiple = rounding.resolution_multiple, steps = pixels / multiple + 1e-9;
    return multiple * Math.max(1, Math.floor(rounding.resolution === "floor" ? steps : steps + 0.5));
  };
  const grain = (stage) => {
    const inverse = stage.op === "bottleneck" ? 1 / stage.expansion_ratio : 1;
    return inverse >= 1 && Number.isInteger(inverse) ? inverse : 1;
  };
  const inputSize = (network) =>
    Array.isArray(network.resolution) ? network.resolution : [network.resolution, network.resolution];

  const multipliers = (coefficients, phi) => {
    const power = (base) => Number((base ** phi).toFixed(9));
    return { depth: power(coefficients.alpha), width: power(coefficients.beta), resolution: power(coefficients.gamma) };
  };
  const nominal = (coefficients, phi) =>
    (coefficients.alpha * coefficients.beta ** 2 * coefficients.gamma ** 2) ** phi;

  // A multiplier of 1 leaves its axis as it is.
  const scale = (network, by, rounding) => {
    const wide = (channels, times = 1) =>
      by.width === 1 ? channels : roundWidth(channels * by.width, rounding.width_divisor * times);
    const deep = (depth) => (by.depth === 1 ? depth : roundDepth(depth * by.depth, rounding.depth));
    const sharp = (pixels) => (by.resolution === 1 ? pixels : roundResolution(pixels * by.resolution, rounding));
    return {
      ...network,
      resolution: inputSize(network).map(sharp),
      stem: { ...network.stem, width: wide(network.stem.width) },
      stages: network.stages.map((s) => ({ ...s, width: wide(s.width, grain(s)), depth: deep(s.depth) })),
      head: { width: network.head.width && wide(network.head.width) },
    };
  };

  const afterStride = (size, stride) => Math.ceil(size / stride);
  const shortcut = (skip, stride, inWidth, outWidth) => {
    if (skip === "none") return "none";
    if (stride === 1 && inWidth === outWidth) return "identity";
    if (skip === "projection") return "projection";
    return skip === "pool" && outWidth >= inWidth ? "pool" : "none";
  };
  const resolveBlock = (stage, inWidth, stride) => {
    const ratio = stage.expansion_ratio;
    const base = stage.op === "bottleneck" ? stage.width : inWidth;
    const expands = stage.op === "bottleneck" || ratio !== 1;
    return {
      stride,
      inWidth,
      width: stage.width,
      expanded: expands ? Math.max(1, Math.trunc(base * ratio)) : 0,
      squeeze: stage.se_ratio ? Math.max(1, Math.trunc(inWidth * stage.se_ratio)) : 0,
      shortcut: shortcut(stage.skip, stride, inWidth, stage.width),
    };
  };

  const conv = (inWidth, outWidth, kernel, pixels) => {
    const weights = inWidth * outWidth * kernel ** 2;
    return { flops: weights * pixels, params: weights + 2 * outWidth };
  };
  const depthwise = (width, kernel, pixels) => conv(1, width, kernel, pixels);
  const squeezeExcite = (width, squeeze) => {
    const weights = 2 * width * squeeze;
    return squeeze ? { flops: weights, params: weights + width + squeeze } : { flops: 0, params: 0 };
  };
  const total = (parts) =>
    parts.reduce((sum, p) => ({ flops: sum.flops + p.flops, params: sum.params + p.params }), { flops: 0, params: 0 });
  const OPERATIONS = {
    mbconv: (b, kernel, entering, leaving) => {
      const hidden = b.expanded || b.inWidth;
      const parts = [depthwise(hidden, kernel, leaving), squeezeExcite(hidden, b.squeeze)];
      parts.push(conv(hidden, b.width, 1, leaving));
      return b.expanded ? [conv(b.inWidth, b.expanded, 1, entering), ...parts] : parts;
    },
    dsconv: (b, kernel, _entering, leaving) => [
      depthwise(b.inWidth, kernel, leaving), squeezeExcite(b.inWidth, b.squeeze), conv(b.inWidth, b.width, 1, leaving),
    ],
    conv: (b, kernel, _entering, leaving) => [
      conv(b.inWidth, b.width, kernel, leaving), squeezeExcite(b.width, b.squeeze),
    ],
    bottleneck: (b, kernel, entering, leaving) => [
      conv(b.inWidth, b.expanded, 1, entering),
      conv(b.expanded, b.expanded, kernel, leaving),
      conv(b.expanded, b.width, 1, leaving),
    ],
    basic: (b, kernel, _entering, leaving) => [
      conv(b.inWidth, b.width, kernel, leaving), conv(b.width, b.width, kernel, leaving),
    ],
  };
  const blockCost = (op, kernel, block, entering, leaving) => {
    const parts = OPERATIONS[op](block, kernel, entering, leaving);
    if (block.shortcut === "projection") parts.push(conv(block.inWidth, block.width, 1, leaving));
    return total(parts);
  };

  // Returns the parts in order (stem, stages, head), each with its cost, the size that leaves it and its blocks.
  const describe = (network, classes = 1000, channels = 3) => {
    let [height, width] = inputSize(network);
    const { stem } = network, kernel = stem.kernel_size ?? 3, stride = stem.stride ?? 2, pool = stem.pool ?? 1;
    [height, width] = [afterStride(height, stride), afterStride(width, stride)];
    const stemCost = conv(channels, stem.width, kernel, height * width);
    [height, width] = [afterStride(height, pool), afterStride(width, pool)];
    const plain = { expansion: null, se: 0, depth: 1, blocks: [] };
    const parts = [
      { ...plain, name: "stem", op: "conv", kernel, stride: stride * pool, width: stem.width, size: [height, width],
        ...stemCost },
    ];
    let inWidth = stem.width;
    network.stages.forEach((stage, index) => {
      const blocks = [];
      for (let number = 0; number < stage.depth; number += 1) {
        const block = resolveBlock(stage, inWidth, number ? 1 : stage.stride);
        const entering = height * width;
        [height, width] = [afterStride(height, block.stride), afterStride(width, block.stride)];
        blocks.push({ ...block, size: [height, width],
          ...blockCost(stage.op, stage.kernel_size, block, entering, height * width) });
        inWidth = stage.width;
      }
      parts.push({ name: `stage ${index + 1}`, op: stage.op, kernel: stage.kernel_size, stride: stage.stride,
        expansion: stage.expansion_ratio, se: stage.se_ratio, depth: stage.depth, width: stage.width,
        size: [height, width], blocks, ...total(blocks) });
    });
    const features = network.head.width || inWidth;
    const classifier = { flops: features * classes, params: (features + 1) * classes };
    const headCost = network.head.width ? conv(inWidth, network.head.width, 1, height * width) : null;
    parts.push({ ...plain, name: "head", op: "conv", kernel: 1, stride: 1, width: features, size: [height, width],
      ...total(headCost ? [headCost, classifier] : [classifier]) });
    return { parts, resolution: inputSize(network), ...total(parts),
      depth: network.stages.reduce((sum, stage) => sum + stage.depth, 0),
      widest: Math.max(...network.stages.map((stage) => stage.width)) };
  };

  const totalStride = (network) =>
    (network.stem.stride ?? 2) * (network.stem.pool ?? 1) * network.stages.reduce((all, s) => all * s.stride, 1);

  return { multipliers, nominal, scale, describe, totalStride, inputSize };
})();
