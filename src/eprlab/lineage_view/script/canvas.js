// The drawing: SVG elements made once, shown and hidden, and a window that moves over them.

const SVG = "http://www.w3.org/2000/svg";
const svgElement = (name, attributes = {}, text = null) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
};
const short = (text, limit) => (text.length <= limit ? text : text.slice(0, limit - 1).trimEnd() + "…");
const STROKES = { declared: "plab-declared", referenced: "plab-referenced", inferred: "plab-inferred" };

const makeCanvas = (doc, name) => {
  const [width, height] = doc.box, tip = `${name}-tip`;
  const svg = svgElement("svg", { class: "plab-drawing plab-canvas", role: "group", "aria-label": `${doc.title}, drawing` });
  const layers = { edges: svgElement("g", { class: "plab-edges" }), nodes: svgElement("g", { class: "plab-nodes" }) };
  svg.append(marker(tip), layers.edges, layers.nodes);

  function marker(id) {
    const defs = svgElement("defs"), made = svgElement("marker", {
      id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse",
    });
    made.append(svgElement("path", { class: "plab-tip", d: "M0 0L8 4L0 8Z" }));
    defs.append(made);
    return defs;
  }

  // What a node says depends on the moment (a gate's state) and on what was asked (hops).
  const nodeElement = (number, said) => {
    const node = doc.nodes[number], state = said.state || "plain";
    const group = svgElement("g", {
      class: `plab-node plab-${node.kind} plab-is-${state}${node.mark ? ` plab-${node.mark}` : ""}`, "data-node": number,
    });
    group.append(svgElement("title", {}, `${node.kind} ${node.label}${said.second ? ` (${said.second})` : ""}`));
    const [shape, line] = doc.kinds[node.kind].shape;
    group.append(svgElement("path", { class: "plab-shape", d: shape }));
    if (line) group.append(svgElement("path", { class: "plab-line", d: line }));
    return group;
  };
  const writeOn = (group, number, said) => {
    const node = doc.nodes[number];
    group.append(svgElement("text", { class: "plab-label", y: -6 }, short(node.label, 23)));
    group.append(svgElement("text", { class: "plab-detail", y: 11 }, short(said.second, 27)));
    if (node.note) group.append(svgElement("text", { class: "plab-note", x: -width / 2 + 2, y: -height / 2 - 5 }, node.note));
    if (said.hops) group.append(svgElement("text", { class: "plab-hops", x: width / 2 - 2, y: -height / 2 - 5 }, said.hops));
  };
  const edgeElement = (number, d, tipName) => {
    const edge = doc.edges[number];
    const path = svgElement("path", {
      class: `plab-edge ${STROKES[edge.confidence]}${edge.mark ? ` plab-${edge.mark}` : ""}`,
      "marker-end": `url(#${tipName})`, "data-edge": number, "data-rule": edge.rule, d,
    });
    path.append(svgElement("title", {}, `${edge.note ? `${edge.note}: ` : ""}${edge.relation} (rule ${edge.rule}, ${edge.confidence})`));
    return path;
  };

  // From side to side of two nodes; layout.py draws the same.
  const curve = (edge, at) => {
    let [x, y] = at(edge.ends[0]), [u, v] = at(edge.ends[1]);
    const side = width / 2;
    if (x === u) return `M${x + side} ${y}C${x + side + 40} ${y} ${u + side + 40} ${v} ${u + side} ${v}`;
    const way = u > x ? 1 : -1;
    x += way * side; u -= way * side;
    const bend = Math.round((u - x) / 2);
    return `M${x} ${y}C${x + bend} ${y} ${u - bend} ${v} ${u} ${v}`;
  };

  let current = null, drawn = new Map(), lines = new Map(), whole = [0, 0, 1, 1], view = whole, asked = 0, rest = 0;

  // Draws a scene: { nodes: Set, edges: Set, place: Map|null, said: number => {state, second, hops} }.
  const draw = (scene, keepView) => {
    const at = (n) => (scene.place ? scene.place.get(n) : doc.nodes[n].at);
    current = { ...scene, at };
    drawn = new Map();
    lines = new Map();
    layers.nodes.replaceChildren();
    layers.edges.replaceChildren();
    for (const number of scene.edges) {
      const edge = doc.edges[number];
      lines.set(number, edgeElement(number, scene.place || !edge.path ? curve(edge, at) : edge.path, tip));
    }
    layers.edges.append(...lines.values());
    for (const number of scene.nodes) {
      const group = nodeElement(number, scene.said(number)), [x, y] = at(number);
      group.setAttribute("transform", `translate(${x} ${y})`);
      drawn.set(number, group);
    }
    layers.nodes.append(...drawn.values());
    svg.classList.toggle("plab-dense", lines.size > 1000);
    whole = bounds();
    if (keepView) show();
    else fit();
  };
  const bounds = () => {
    if (!drawn.size) return [0, 0, width, height];
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const number of drawn.keys()) {
      const [x, y] = current.at(number);
      left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
    }
    return [left - width / 2 - 20, top - height / 2 - 24, right - left + width + 40, bottom - top + height + 48];
  };

  const scale = () => Math.max(view[2] / (svg.clientWidth || 800), view[3] / (svg.clientHeight || 400)); // units a pixel
  const show = (moving = false) => {
    svg.setAttribute("viewBox", view.map((n) => Math.round(n * 10) / 10).join(" "));
    if (moving && lines.size > 1000) { // thousands of curves are not drawn anew for every step
      svg.classList.add("plab-moving");
      clearTimeout(rest);
      rest = setTimeout(() => { svg.classList.remove("plab-moving"); cull(); }, 200);
    }
    if (!asked) asked = requestAnimationFrame(() => { asked = 0; cull(); });
  };
  // Labels are written when they can be read, and what is outside of the window is not drawn.
  const cull = () => {
    const isFar = scale() > 2.2, units = scale(), many = drawn.size > 300;
    svg.classList.toggle("plab-far", isFar);
    const centre = [view[0] + view[2] / 2, view[1] + view[3] / 2];
    const reach = [(units * svg.clientWidth) / 2 + width, (units * svg.clientHeight) / 2 + height];
    for (const [number, group] of drawn) {
      const [x, y] = current.at(number);
      const inside = Math.abs(x - centre[0]) < reach[0] && Math.abs(y - centre[1]) < reach[1];
      const display = !many || inside || group === document.activeElement ? "" : "none";
      if (group.style.display !== display) group.style.display = display;
      if (!isFar && inside && !group.querySelector("text")) writeOn(group, number, current.said(number));
    }
    if (many && !svg.classList.contains("plab-moving")) for (const [number, path] of lines) {
      const [[x, y], [u, v]] = doc.edges[number].ends.map(current.at);
      const apart = Math.min(x, u) > centre[0] + reach[0] || Math.max(x, u) < centre[0] - reach[0] ||
        Math.min(y, v) > centre[1] + reach[1] || Math.max(y, v) < centre[1] - reach[1];
      if ((path.style.display === "none") !== apart) path.style.display = apart ? "none" : "";
    }
  };

  const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const wide = Math.min(Math.max(view[2] * factor, width * 1.2), Math.max(whole[2], whole[3] * 2, width * 4) * 1.5), k = wide / view[2];
    view = [x - (x - view[0]) * k, y - (y - view[1]) * k, view[2] * k, view[3] * k];
    show(true);
  };
  const fit = () => {
    view = whole.slice();
    const grow = 0.75 / scale(); // a few nodes need not fill the window
    if (grow > 1) view = [view[0] - (view[2] * (grow - 1)) / 2, view[1] - (view[3] * (grow - 1)) / 2, view[2] * grow, view[3] * grow];
    show();
  };
  const centre = (number, near = false) => {
    const [x, y] = current.at(number), k = near ? Math.min(1, 1.6 / scale()) : 1;
    const [w, h] = [view[2] * k, view[3] * k];
    view = [x - w / 2, y - h / 2, w, h];
    show();
  };
  const bringIntoView = (number) => {
    const [x, y] = current.at(number), units = scale();
    const cx = view[0] + view[2] / 2, cy = view[1] + view[3] / 2;
    const hidden = Math.abs(x - cx) > (units * svg.clientWidth) / 2 - width / 2 || Math.abs(y - cy) > (units * svg.clientHeight) / 2 - height / 2;
    if (hidden || units > 2.2) centre(number, true);
  };
  const pointAt = (event) => {
    const box = svg.getBoundingClientRect(), units = scale();
    return [view[0] + view[2] / 2 + (event.clientX - box.left - box.width / 2) * units,
      view[1] + view[3] / 2 + (event.clientY - box.top - box.height / 2) * units];
  };

  // Drag to move, two fingers or Ctrl and the wheel to zoom, a press without a drag to choose.
  const listen = (onPress) => {
    const fingers = new Map();
    let moved = false, apart = 0;
    const distance = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY); };
    svg.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, event);
      moved = fingers.size > 1;
      if (fingers.size === 2) apart = distance();
    });
    svg.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const dx = event.clientX - last.clientX, dy = event.clientY - last.clientY;
      if (!moved && Math.abs(dx) + Math.abs(dy) < 5) return;
      if (!moved) svg.setPointerCapture(event.pointerId);
      moved = true;
      fingers.set(event.pointerId, event);
      if (fingers.size === 2) {
        const now = distance(), [a, b] = [...fingers.values()].map(pointAt);
        zoom(apart / now, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
        apart = now;
        return;
      }
      const units = scale();
      view = [view[0] - dx * units, view[1] - dy * units, view[2], view[3]];
      show(true);
    });
    const release = (event) => {
      if (fingers.delete(event.pointerId) && !moved && event.type === "pointerup") onPress(event.target);
    };
    svg.addEventListener("pointerup", release);
    svg.addEventListener("pointercancel", release);
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.0015), ...pointAt(event));
    }, { passive: false });
    new ResizeObserver(() => show()).observe(svg);
  };

  // A drawing of its own, with everything that is shown written out, for files.
  const picture = (css, colours) => {
    const [x, y, w, h] = whole, made = svgElement("svg", {
      xmlns: SVG, class: "plab-drawing", viewBox: whole.join(" "), width: w, height: h, style: colours,
    });
    made.append(svgElement("title", {}, doc.title), svgElement("desc", {}, doc.describe), svgElement("style", {}, css), marker("tip"));
    made.append(svgElement("rect", { x, y, width: w, height: h, fill: "var(--plab-paper)" }));
    for (const number of lines.keys()) made.append(edgeElement(number, lines.get(number).getAttribute("d"), "tip"));
    for (const number of drawn.keys()) {
      const said = current.said(number), group = nodeElement(number, said);
      group.setAttribute("transform", drawn.get(number).getAttribute("transform"));
      writeOn(group, number, said);
      made.append(group);
    }
    return { svg: made, width: w, height: h };
  };

  return {
    svg, draw, zoom, fit, centre, bringIntoView, listen, picture,
    node: (number) => drawn.get(number), line: (number) => lines.get(number),
    at: (number) => current.at(number), get whole() { return whole; },
  };
};
