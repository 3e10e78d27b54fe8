// What is shown, as files: a picture, two tables, a graph. Made in the browser, sent nowhere.

const save = (name, type, content) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
const fileName = (title, ending) => `${title.toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60) || "lineage"}.${ending}`;

// A cell that begins like a formula would be one in a spreadsheet.
const cell = (value) => {
  const text = String(value ?? ""), safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const csv = (rows) => rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
const nodeId = (node) => `${node.kind}:${node.key}`;

const nodesTable = (doc, shown) => csv([
  ["id", "kind", "label", "detail", "state", "recorded", "occurred", "difference"],
  ...[...shown.nodes].map((n) => doc.nodes[n]).map((n) => [nodeId(n), n.kind, n.label, n.detail, n.state, n.recorded, n.occurred, n.mark]),
]);
const edgesTable = (doc, shown) => csv([
  ["source", "source label", "relation", "target", "target label", "rule", "confidence", "evidence", "recorded", "occurred", "difference"],
  ...[...shown.edges].map((e) => doc.edges[e]).map((e) => {
    const [from, to] = e.ends.map((end) => doc.nodes[end]);
    return [nodeId(from), from.label, e.relation, nodeId(to), to.label, e.rule, e.confidence, (e.evidence || []).join(" "), e.recorded, e.occurred, e.mark];
  }),
]);

// http://graphml.graphdrawing.org/specification.html
const graphml = (doc, shown) => {
  const space = "http://graphml.graphdrawing.org/xmlns", xml = document.implementation.createDocument(space, "graphml");
  const element = (name, attributes, text = null) => {
    const made = xml.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== null) made.textContent = text;
    return made;
  };
  const fields = { node: ["kind", "label", "detail", "state", "recorded", "occurred", "mark"], edge: ["relation", "rule", "confidence", "evidence", "recorded", "occurred", "mark"] };
  for (const [what, names] of Object.entries(fields)) for (const name of names) {
    xml.documentElement.append(element("key", { id: `${what}-${name}`, for: what, "attr.name": name, "attr.type": "string" }));
  }
  const graph = element("graph", { id: "lineage", edgedefault: "directed" });
  const add = (what, made, values) => {
    for (const name of fields[what]) if (values[name]) made.append(element("data", { key: `${what}-${name}` }, String(values[name])));
    graph.append(made);
  };
  for (const n of shown.nodes) add("node", element("node", { id: nodeId(doc.nodes[n]) }), doc.nodes[n]);
  for (const e of shown.edges) {
    const edge = doc.edges[e], [source, target] = edge.ends.map((end) => nodeId(doc.nodes[end]));
    add("edge", element("edge", { id: `e${e}`, source, target }), { ...edge, evidence: (edge.evidence || []).join(" ") });
  }
  xml.documentElement.append(graph);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(xml)}\n`;
};

// The drawing with the page's colours of this moment, so that it looks the same elsewhere.
const picture = (root, canvas) => {
  const css = [...root.querySelectorAll("style")].map((style) => style.textContent).join("\n");
  const colours = getComputedStyle(root), names = new Set(css.match(/--plab-[a-z]+/g) || []);
  const fixed = [...names].map((name) => `${name}:${colours.getPropertyValue(name).trim()}`).join(";");
  const made = canvas.picture(css, `${fixed};max-width:none;max-height:none;min-width:0`);
  return { ...made, text: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(made.svg)}\n` };
};
const png = async ({ text, width, height }) => {
  const image = new Image(), sharp = Math.min(2, Math.sqrt(48e6 / (width * height))); // browsers end at some size
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const paper = document.createElement("canvas");
  [paper.width, paper.height] = [Math.max(1, Math.round(width * sharp)), Math.max(1, Math.round(height * sharp))];
  paper.getContext("2d").drawImage(image, 0, 0, paper.width, paper.height);
  return new Promise((done, failed) => paper.toBlob((blob) => (blob ? done(blob) : failed(new Error("too large for a PNG"))), "image/png"));
};
