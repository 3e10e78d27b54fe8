// Everything around the drawing: tools, kinds, the drawer, tables, the gates. Text is set as text.

const make = (tag, properties = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && !key.startsWith("aria")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};
const button = (text, onclick, label = null) => {
  const made = make("button", { type: "button", onclick }, text);
  if (label) made.setAttribute("aria-label", label);
  return made;
};
const when = (iso) => (iso ? iso.replace("T", " ").replace("Z", " UTC") : "");
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const duration = (milliseconds) => {
  const seconds = Math.abs(milliseconds) / 1000, sign = milliseconds < 0 ? "−" : "";
  if (seconds < 1) return `${sign}${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${sign}${seconds.toFixed(1)} s`;
  if (seconds < 5400) return `${sign}${(seconds / 60).toFixed(1)} min`;
  return seconds < 172_800 ? `${sign}${(seconds / 3600).toFixed(1)} h` : `${sign}${(seconds / 86_400).toFixed(1)} days`;
};
const KEYS = [
  ["Tab", "to the drawing; once more leaves it"], ["→ ←", "along a connection"], ["↓ ↑", "next, previous node"],
  ["Home End", "first, last node"], ["Enter, Space", "choose: details, and what it is joined to"],
  ["a", "show only what is around the chosen node"], ["s, e", "path: start here, end here"],
  ["c", "critical path to the chosen node"], ["x", "show everything again"], ["+ − 0", "zoom in, zoom out, fit"],
  ["/", "search"], ["Escape", "nothing chosen"],
];

// A kind is a check box with the kind's shape: filter and legend in one.
const kindBox = (kind, shapes, number, onchange) => {
  const box = make("input", { type: "checkbox", checked: true, onchange: () => onchange(box.checked) });
  const key = svgElement("svg", { class: `plab-key plab-${kind}`, viewBox: "-14 -9 28 18", width: 28, height: 18, "aria-hidden": "true" });
  key.append(svgElement("path", { class: "plab-shape", d: shapes.key[0] }));
  if (shapes.key[1]) key.append(svgElement("path", { class: "plab-line", d: shapes.key[1] }));
  return { box, label: make("label", {}, box, key, `${kind} (${number})`) };
};
const lineKeys = (doc) => {
  const list = make("ul", { className: "plab-legend", "aria-label": "Lines and marks" });
  for (const confidence of Object.keys(STROKES)) {
    if (!doc.edges.some((edge) => edge.confidence === confidence)) continue;
    const key = svgElement("svg", { viewBox: "0 0 28 18", width: 28, height: 18, "aria-hidden": "true" });
    key.append(svgElement("path", { class: `plab-edge ${STROKES[confidence]}`, d: "M1 9H27" }));
    list.append(make("li", {}, key, confidence));
  }
  const states = { success: "✓ passed", failure: "✗ failed", unknown: "? unknown" };
  for (const [state, text] of Object.entries(states)) if (doc.nodes.some((node) => node.state === state)) list.append(make("li", {}, text));
  for (const note of new Set([...doc.nodes, ...doc.edges].map((one) => one.note).filter(Boolean))) list.append(make("li", {}, note));
  return list;
};

// A table whose headings sort it. `rows`: arrays of texts; a cell may be [text, action].
const LONGEST = 400;
const sortable = (label, headings, rows) => {
  let by = null, falling = false;
  const body = make("tbody"), more = make("p", { className: "plab-status" });
  const text = (value) => (Array.isArray(value) ? value[0] : value ?? "");
  const fill = () => {
    const order = by === null ? rows : [...rows].sort((a, b) => (falling ? -1 : 1) * String(text(a[by])).localeCompare(String(text(b[by])), "en", { numeric: true }));
    body.replaceChildren(...order.slice(0, LONGEST).map((row) => make("tr", {}, ...row.map((value) =>
      make("td", {}, Array.isArray(value) ? button(value[0], value[1]) : String(value ?? ""))))));
    more.textContent = rows.length > LONGEST ? `${rows.length - LONGEST} more rows are in the CSV files.` : "";
  };
  const heads = headings.map((heading, column) => make("th", { scope: "col" }, button(heading, () => {
    falling = by === column && !falling;
    by = column;
    heads.forEach((head, other) => (other === column ? head.setAttribute("aria-sort", falling ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    fill();
  })));
  fill();
  return make("div", { className: "plab-table", role: "region", tabIndex: 0, "aria-label": label },
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body), more);
};

const gateTable = (doc, graph, moment, choose) => {
  const rows = doc.gates.flatMap((board) => {
    const { rows: members, open } = graph.standing(board, moment), gate = doc.nodes[board.gate];
    const verdict = board.whole ? (open ? "open" : "shut") : `${gate.state} (its history is not all here)`;
    return members.map((member) => {
      const state = member.last ? (member.passed ? "✓ passed" : "✗ failed") : board.whole ? "○ never arrived" : "○ not here";
      const receipt = member.last && member.last.node !== undefined && member.last.node !== null
        ? [member.last.says || "the receipt", () => choose(member.last.node)] : member.last ? member.last.says : "";
      return [[`${gate.label} ${gate.detail || ""}`.trim(), () => choose(board.gate)], verdict, member.name, state, receipt, member.last ? when(member.last.recorded) : ""];
    });
  });
  return sortable("Gates: which receiver has passed, failed, or has nothing", ["gate", "is", "receiver", "stands", "latest receipt", "recorded"], rows);
};

const field = (name, value) => (value ? [make("dt", {}, name), make("dd", {}, value)] : []);
const nodeDrawer = (doc, graph, number, scene, actions) => {
  const node = doc.nodes[number], said = scene.said(number), record = doc.records[number];
  const facts = make("dl", {}, ...field("kind", node.kind), ...field("says", said.second), ...field("difference", node.note),
    ...field("before", node.was), ...field("key", node.key), ...field("hops", said.hops),
    ...field("recorded (registry)", when(node.recorded)), ...field("occurred (producer)", when(node.occurred)),
    ...(record ? record.fields.flatMap(([name, value]) => field(name, value)) : []));
  const joins = make("ul", {}, ...graph.joined[number].map((e) => {
    const edge = doc.edges[e], away = edge.ends[0] === number, other = edge.ends[away ? 1 : 0];
    const shown = scene.nodes.has(other) ? button(doc.nodes[other].label, () => actions.choose(other)) : `${doc.nodes[other].label} (hidden)`;
    return make("li", {}, away ? `${edge.relation} → ` : "", shown, away ? "" : ` → ${edge.relation} this`, edgeFacts(edge));
  }));
  const parts = [facts, make("h4", {}, "Joined to"), joins];
  if (record) {
    parts.push(make("h4", {}, "Payload (text of its producer, not checked)"), make("pre", { tabIndex: 0, "aria-label": "Payload" }, record.payload));
    if (record.cut) parts.push(make("p", {}, `${record.cut} more characters are not in this page; ask the registry for the event.`));
  }
  return parts;
};
const edgeFacts = (edge) => make("span", { className: "plab-evidence" },
  ` ${edge.note ? `${edge.note}; ` : ""}rule ${edge.rule}, ${edge.confidence}${edge.recorded ? `, recorded ${when(edge.recorded)}` : ""}${edge.evidence ? `; evidence: ${edge.evidence.join(", ")}` : ""}`);
const edgeDrawer = (doc, number, choose) => {
  const edge = doc.edges[number], [from, to] = edge.ends;
  return [make("p", {}, button(doc.nodes[from].label, () => choose(from)), ` ${edge.relation} `, button(doc.nodes[to].label, () => choose(to))),
    make("dl", {}, ...field("rule", edge.rule), ...field("known as", edge.confidence), ...field("difference", edge.note),
      ...field("recorded (registry)", when(edge.recorded)), ...field("occurred (producer)", when(edge.occurred)), ...field("evidence", (edge.evidence || []).join(" ")))];
};
