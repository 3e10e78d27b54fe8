// Puts the parts together: what is asked for, what of it is shown, and what the keys do.

const HINT = "Choose a node to see what led to it and what came of it.";

const start = (root, doc, onChoose = () => {}) => {
  const name = root.id || `plab-${Math.random().toString(36).slice(2)}`; // names this figure's arrow heads
  const graph = makeGraph(doc), canvas = makeCanvas(doc, name), { svg } = canvas;
  const asked = { off: new Set(), view: "all", focus: null, before: 2, after: 2, from: null, to: null, moment: null, differences: false };
  let scene = null, chosen = null, current = null, hits = [], drawing = 0;
  root.classList.add("plab-lineage", "plab-live");

  // ------------------------------------------------------------------------------ what is shown
  const compute = () => {
    const known = graph.knownAt(asked.moment), hidden = { "not yet recorded": doc.nodes.length - known.nodes.size };
    let nodes = known.nodes, hops = new Map(), closed = false, note = "";
    const keep = (why, test) => {
      const kept = new Set([...nodes].filter(test));
      hidden[why] = nodes.size - kept.size;
      nodes = kept;
    };
    if (asked.view === "around" && known.nodes.has(asked.focus)) {
      const before = graph.reach(asked.focus, graph.up, asked.before, known.nodes), after = graph.reach(asked.focus, graph.down, asked.after, known.nodes);
      for (const [n, hop] of after) hops.set(n, hop ? `${hop} after` : "chosen");
      for (const [n, hop] of before) if (hop && !(after.get(n) <= hop)) hops.set(n, `${hop} before`);
      keep("further away", (n) => hops.has(n));
      note = `Around ${doc.nodes[asked.focus].label}: ${before.size - 1} within ${count(asked.before, "hop")} before, ${after.size - 1} within ${count(asked.after, "hop")} after. `;
      closed = true;
    } else if (asked.view === "path") {
      const way = graph.between(asked.from, asked.to, known.nodes), [a, b] = [asked.from, asked.to].map((n) => doc.nodes[n].label);
      keep("on no path", (n) => (way ? way.nodes.has(n) : n === asked.from || n === asked.to));
      note = !way ? `Nothing joins ${a} and ${b}. `
        : way.directed ? `Every way from ${doc.nodes[way.from].label} to ${doc.nodes[way.to].label}; the shortest has ${count(way.hops, "hop")}. `
        : `Neither led to the other. The shortest way that joins them has ${count(way.hops, "hop")}. `;
      closed = true;
    } else if (asked.view === "critical") {
      const way = graph.critical(asked.focus, known.nodes), longest = way.steps.reduce((a, b) => (b.wait > (a?.wait ?? -1) ? b : a), null);
      keep("not on the critical path", (n) => way.nodes.has(n));
      for (const { node, wait } of way.steps) hops.set(node, wait === null ? "begins" : `+${duration(wait)}`);
      note = `Critical path to ${doc.nodes[asked.focus].label}: ${count(way.steps.length, "event")} in ${duration(way.total)} by the ${way.clock === "occurred" ? "producers'" : "registry's"} clock` +
        `${longest && longest.wait !== null ? `; the longest wait was for ${doc.nodes[longest.node].label}, ${duration(longest.wait)}` : ""}. `;
      closed = true;
    }
    if (asked.differences) {
      const near = new Set(doc.edges.filter((edge) => edge.mark).flatMap((edge) => edge.ends));
      keep("without a difference", (n) => doc.nodes[n].mark || near.has(n));
      closed = true;
    }
    if (asked.off.size) keep("of a kind switched off", (n) => !asked.off.has(doc.nodes[n].kind));
    const edges = new Set([...known.edges].filter((e) => doc.edges[e].ends.every((end) => nodes.has(end))));
    if (doc.hidden) hidden["not in this page"] = doc.hidden;
    const states = new Map();
    if (asked.moment !== null) for (const board of doc.gates) if (board.whole) states.set(board.gate, graph.standing(board, asked.moment).open ? "open" : "shut");
    const said = (n) => {
      const node = doc.nodes[n], state = states.get(n) ?? node.state;
      return { state, second: states.has(n) ? `${state} for ${node.detail || ""}` : node.second, hops: hops.get(n) || "" };
    };
    return { nodes, edges, said, hidden, note, place: closed || asked.off.size ? graph.closeUp(nodes) : null };
  };
  const render = (keepView = false) => {
    const held = svg.contains(document.activeElement);
    scene = compute();
    canvas.draw(scene, keepView);
    for (const [number, order] of ordered().entries()) dress(order, number);
    if (!scene.nodes.has(current)) current = ordered()[0] ?? null;
    canvas.node(current)?.setAttribute("tabindex", "0");
    if (held) canvas.node(current)?.focus();
    search(false);
    highlight();
    const gone = Object.entries(scene.hidden).filter(([, number]) => number), all = doc.nodes.length + doc.hidden;
    shownLine.textContent = `${scene.nodes.size} of ${count(all, "node")} shown${gone.length ? `; hidden: ${gone.map(([why, number]) => `${number} ${why}`).join(", ")}` : ""}.`;
    const asOf = asked.moment ? `As of ${when(asked.moment)}: ` : "";
    announce(scene.note + asOf + (scene.note || asOf || gone.length ? count(scene.nodes.size, "node") + " shown." : HINT));
    everything.disabled = asked.view === "all" && !asked.differences;
    depth.hidden = asked.view !== "around";
    if (gates.open) fillGates();
    if (tables.open) fillTables();
    if (chosen !== null && !drawer.hidden) fillDrawer();
  };
  const ordered = () => [...scene.nodes].sort((a, b) => canvas.at(a)[0] - canvas.at(b)[0] || canvas.at(a)[1] - canvas.at(b)[1]);
  const dress = (number) => {
    const node = doc.nodes[number], said = scene.said(number), group = canvas.node(number);
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "-1");
    group.setAttribute("aria-label", [node.label, said.second, node.kind, node.note, said.hops].filter(Boolean).join(", "));
  };
  const announce = (text) => { status.textContent = text; };

  // --------------------------------------------------------------------------------- choosing
  const highlight = () => {
    root.querySelectorAll(".plab-on,.plab-chosen,.plab-hit").forEach((one) => one.classList.remove("plab-on", "plab-chosen", "plab-hit"));
    for (const n of hits) canvas.node(n)?.classList.add("plab-hit");
    const focus = chosen?.node, traced = focus !== undefined && scene.nodes.has(focus) && asked.view === "all";
    svg.classList.toggle("plab-traced", traced);
    if (focus !== undefined) canvas.node(focus)?.classList.add("plab-chosen");
    if (chosen?.edge !== undefined) canvas.line(chosen.edge)?.classList.add("plab-chosen");
    if (!traced) return null;
    const before = graph.reach(focus, graph.up, Infinity, scene.nodes), after = graph.reach(focus, graph.down, Infinity, scene.nodes);
    for (const n of [...before.keys(), ...after.keys()]) canvas.node(n).classList.add("plab-on");
    for (const e of scene.edges) {
      const { ends, flow } = doc.edges[e];
      if (flow && [before, after].some((side) => ends.every((end) => side.has(end)))) canvas.line(e).classList.add("plab-on");
    }
    return { before: before.size - 1, after: after.size - 1 };
  };
  const choose = (number) => {
    if (number === undefined || number === null) return;
    if (!scene.nodes.has(number)) { // asked for from a table or by Python: show it
      Object.assign(asked, { view: "all", differences: false, moment: null });
      asked.off.delete(doc.nodes[number].kind);
      slider.value = slider.max;
      sayMoment();
      for (const [kind, box] of boxes) box.checked = !asked.off.has(kind);
      render();
    }
    chosen = { node: number };
    move(number, false);
    canvas.bringIntoView(number);
    const traced = highlight(), node = doc.nodes[number];
    announce(`${node.kind} ${node.label}, ${scene.said(number).second}. ${traced ? `${traced.before} led to it, it led to ${traced.after}.` : ""}`);
    fillDrawer();
    onChoose(nodeId(node));
  };
  const chooseEdge = (number) => {
    chosen = { edge: number };
    highlight();
    fillDrawer();
    const { ends: [from, to], relation, rule, confidence } = doc.edges[number];
    announce(`${doc.nodes[from].label} ${relation} ${doc.nodes[to].label}: rule ${rule}, ${confidence}.`);
  };
  const clear = () => {
    chosen = null;
    drawer.hidden = true;
    highlight();
    announce(HINT);
    onChoose("");
  };
  const show = (view, settings = {}) => {
    Object.assign(asked, { view, differences: false }, settings);
    differences.checked = asked.differences;
    render();
  };
  const target = () => chosen?.node ?? current;
  const around = () => target() !== null && show("around", { focus: target() });
  const critical = () => target() !== null && show("critical", { focus: target() });
  const path = (end) => {
    asked[end] = target();
    if (asked.from !== null && asked.to !== null && asked.from !== asked.to) show("path");
    else announce(`The path ${end === "from" ? "starts" : "ends"} at ${doc.nodes[asked[end]].label}. Now choose where it ${end === "from" ? "ends" : "starts"}, and press ${end === "from" ? "“Path to here”" : "“Path from here”"}.`);
  };
  const showAll = () => show("all", { from: null, to: null });

  // ----------------------------------------------------------------------------------- search
  const find = make("input", { type: "search", placeholder: "Find a name, a key, a state…", "aria-label": "Find nodes" });
  const found = make("span", { className: "plab-status" });
  const search = (go) => {
    const words = find.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const matches = words.length ? [...doc.nodes.keys()].filter((n) => {
      const node = doc.nodes[n], text = `${node.kind} ${node.label} ${node.second} ${node.detail || ""} ${node.key} ${node.state || ""} ${node.mark || ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }) : [];
    hits = matches.filter((n) => scene.nodes.has(n));
    found.textContent = words.length ? `${hits.length} found${matches.length > hits.length ? `, ${matches.length - hits.length} more hidden` : ""}` : "";
    if (!go) return;
    highlight();
    announce(words.length ? `${found.textContent}. Enter goes to the next.` : HINT);
    if (hits.length) canvas.bringIntoView(hits[0]);
  };
  find.addEventListener("input", () => search(true));
  find.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab has its own meaning for some keys
    if (event.key === "Escape") { find.value = ""; search(true); }
    if (event.key !== "Enter" || !hits.length) return;
    const next = hits[(hits.indexOf(chosen?.node) + (event.shiftKey ? hits.length - 1 : 1)) % hits.length];
    choose(next);
    find.focus();
  });

  // ------------------------------------------------------------------------------------ tools
  const everything = button("Show everything", showAll);
  const hopsInput = (side, label) => {
    const input = make("input", { type: "number", min: 0, max: 99, value: asked[side], "aria-label": label });
    input.addEventListener("input", () => { asked[side] = Math.max(0, Math.min(99, Math.floor(Number(input.value) || 0))); render(); });
    input.addEventListener("keydown", (event) => event.stopPropagation());
    return input;
  };
  if (doc.hops !== null) asked.before = asked.after = doc.hops;
  const depth = make("span", { hidden: true, className: "plab-depth" }, hopsInput("before", "Hops before"), " hops before, ", hopsInput("after", "Hops after"), " after");
  const differences = make("input", { type: "checkbox", onchange: () => { asked.differences = differences.checked; render(); } });
  const boxes = new Map();
  const kinds = make("fieldset", { className: "plab-kinds" }, make("legend", {}, "Kinds"));
  for (const kind of Object.keys(doc.kinds)) {
    const made = kindBox(kind, doc.kinds[kind], doc.nodes.filter((node) => node.kind === kind).length, (on) => { asked.off[on ? "delete" : "add"](kind); render(); });
    boxes.set(kind, made.box);
    kinds.append(made.label);
  }
  const last = Math.max(0, graph.moments.length - 1);
  const slider = make("input", { type: "range", min: 0, max: last, value: last, "aria-label": "As of: what was recorded by then" });
  const moment = make("span");
  const sayMoment = () => {
    const at = Number(slider.value), text = at >= last ? "now (everything)" : `${when(graph.moments[at])}, moment ${at + 1} of ${last + 1}`;
    moment.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  slider.addEventListener("input", () => {
    asked.moment = Number(slider.value) >= last ? null : graph.moments[slider.value];
    sayMoment();
    if (doc.nodes.length < 400) render(true);
    else if (!drawing) drawing = requestAnimationFrame(() => { drawing = 0; render(true); }); // once for many steps
  });
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  sayMoment();
  const shown = () => ({ nodes: scene.nodes, edges: scene.edges });
  const exported = async (what, ending, type, content) => {
    try {
      save(fileName(doc.title + what, ending), type, await content());
      announce(`Saved ${ending.toUpperCase()}: ${count(scene.nodes.size, "node")} and ${count(scene.edges.size, "edge")}, what is shown.`);
    } catch (error) {
      announce(`Not saved: ${error.message}. Show less, or save the SVG.`);
    }
  };
  const saving = make("span", { className: "plab-saving", role: "group", "aria-label": "Save what is shown" }, "Save ",
    button("SVG", () => exported("", "svg", "image/svg+xml", () => picture(root, canvas).text)),
    button("PNG", () => exported("", "png", "image/png", () => png(picture(root, canvas)))),
    button("CSV nodes", () => exported("-nodes", "csv", "text/csv", () => nodesTable(doc, shown()))),
    button("CSV edges", () => exported("-edges", "csv", "text/csv", () => edgesTable(doc, shown()))),
    button("GraphML", () => exported("", "graphml", "application/xml", () => graphml(doc, shown()))));
  const tools = make("div", { className: "plab-bar" }, find, found,
    button("+", () => canvas.zoom(0.8), "Zoom in"), button("−", () => canvas.zoom(1.25), "Zoom out"), button("Fit", () => canvas.fit()), everything, depth,
    doc.nodes.some((node) => node.mark) || doc.edges.some((edge) => edge.mark) ? make("label", {}, differences, "only what differs") : null);
  const time = make("label", { className: "plab-time", hidden: last < 1 }, "As of ", slider, " ", moment);

  // ------------------------------------------------------------------------- drawer and tables
  const drawer = make("aside", { className: "plab-drawer", hidden: true, "aria-label": "Details" });
  const fillDrawer = () => {
    const node = chosen.node, heading = make("h3", {}, node !== undefined ? doc.nodes[node].label : "Connection");
    const close = button("×", () => { const back = chosen?.node; clear(); if (back !== undefined) canvas.node(back)?.focus(); }, "Close details");
    const acts = node === undefined ? [] : [make("p", { className: "plab-bar" }, button("Around it", around), button("Path from here", () => path("from")),
      button("Path to here", () => path("to")), button("Critical path to it", critical))];
    drawer.replaceChildren(make("div", { className: "plab-head" }, heading, close), ...acts,
      ...(node !== undefined ? nodeDrawer(doc, graph, node, scene, { choose }) : edgeDrawer(doc, chosen.edge, choose)));
    drawer.hidden = false;
  };
  const gates = make("details", { hidden: !doc.gates.length }, make("summary", {}, `Gates (${doc.gates.length})`));
  const fillGates = () => gates.replaceChildren(gates.firstChild, gateTable(doc, graph, asked.moment, choose));
  const tables = make("details", {}, make("summary", {}, "Tables: the same data"));
  const fillTables = () => {
    const nodes = [...scene.nodes].map((n) => { const node = doc.nodes[n], said = scene.said(n); return [[node.label, () => choose(n)], node.kind, said.second, when(node.recorded), said.hops, node.note || "", node.key]; });
    const edges = [...scene.edges].map((e) => { const edge = doc.edges[e], [from, to] = edge.ends; return [[doc.nodes[from].label, () => choose(from)], edge.relation, [doc.nodes[to].label, () => choose(to)], edge.rule, edge.confidence, (edge.evidence || []).join(" "), edge.note || ""]; });
    tables.replaceChildren(tables.firstChild, make("h4", {}, `Nodes (${nodes.length})`), sortable("Nodes", ["node", "kind", "says", "recorded", "hops", "difference", "key"], nodes),
      make("h4", {}, `Edges (${edges.length})`), sortable("Edges", ["from", "relation", "to", "rule", "known as", "evidence", "difference"], edges));
  };
  gates.addEventListener("toggle", () => gates.open && fillGates());
  tables.addEventListener("toggle", () => tables.open && fillTables());
  const help = make("details", {}, make("summary", {}, "Keys"), make("dl", { className: "plab-keys" }, ...KEYS.flatMap(([key, does]) => [make("dt", {}, key), make("dd", {}, does)])));
  const status = make("p", { className: "plab-status", role: "status" });
  const shownLine = make("p", { className: "plab-shown" });

  // --------------------------------------------------------------------------------- keyboard
  const move = (number, focus = true) => {
    if (number === undefined || number === null || !scene.nodes.has(number)) return;
    canvas.node(current)?.setAttribute("tabindex", "-1");
    current = number;
    const group = canvas.node(number);
    group.setAttribute("tabindex", "0");
    group.style.display = "";
    if (!focus) return;
    canvas.bringIntoView(number);
    group.focus({ preventScroll: true });
  };
  const along = (number, way) => {
    const [x, y] = canvas.at(number);
    return graph.joined[number].filter((e) => scene.edges.has(e)).map((e) => doc.edges[e].ends.find((end) => end !== number))
      .filter((n) => n !== undefined && (canvas.at(n)[0] - x) * way > 0)
      .sort((a, b) => Math.abs(canvas.at(a)[1] - y) - Math.abs(canvas.at(b)[1] - y) || Math.abs(canvas.at(a)[0] - x) - Math.abs(canvas.at(b)[0] - x))[0];
  };
  svg.addEventListener("keydown", (event) => {
    const group = event.target.closest(".plab-node");
    if (!group || event.ctrlKey || event.metaKey || event.altKey) return;
    const number = Number(group.dataset.node), order = ordered(), step = (by) => move(order[order.indexOf(number) + by]);
    const act = {
      ArrowRight: () => move(along(number, 1)), ArrowLeft: () => move(along(number, -1)), ArrowDown: () => step(1), ArrowUp: () => step(-1),
      Home: () => move(order[0]), End: () => move(order.at(-1)), Enter: () => choose(number), " ": () => choose(number), Escape: clear,
      a: () => { choose(number); around(); }, c: () => { choose(number); critical(); }, s: () => { choose(number); path("from"); }, e: () => { choose(number); path("to"); },
      x: showAll, "+": () => canvas.zoom(0.8), "-": () => canvas.zoom(1.25), 0: () => canvas.fit(), "/": () => find.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab has its own meaning for arrows, Enter and letters
    act();
  });
  canvas.listen((pressed) => {
    const group = pressed.closest?.(".plab-node"), line = pressed.closest?.(".plab-edge");
    if (group) { choose(Number(group.dataset.node)); canvas.node(current).focus({ preventScroll: true }); }
    else if (line) chooseEdge(Number(line.dataset.edge));
    else clear();
  });

  // --------------------------------------------------------------------------------- together
  root.querySelector(".plab-fallback")?.remove();
  root.append(tools, kinds, time, make("div", { className: "plab-stage" }, svg, drawer), status, shownLine,
    lineKeys(doc), saving, gates, tables, help);
  render();
  const height = Math.round(Math.min(620, Math.max(320, (canvas.whole[3] / canvas.whole[2]) * (svg.clientWidth || 800))));
  root.style.setProperty("--plab-height", `${height}px`);
  if (doc.focus !== null) {
    choose(doc.focus);
    if (doc.hops !== null) around();
  }
  root.dataset.ready = "true";
  return { choose: (id) => choose(doc.nodes.findIndex((node) => nodeId(node) === id)), clear };
};

// In a page: every explorer on it that is not alive yet.
for (const root of document.querySelectorAll(".plab-explorer:not(.plab-live)")) {
  const data = root.querySelector('script[type="application/json"]');
  if (data) start(root, JSON.parse(data.textContent));
}

// In a widget (https://anywidget.dev/en/afm/).
export default {
  render({ model, el }) {
    // A saved picture takes its style from here.
    const root = make("div", { className: "plab-explorer" }, make("style", {}, model.get("_css") || ""));
    el.append(root);
    let own = null;
    const explorer = start(root, JSON.parse(model.get("document")), (id) => {
      own = id;
      model.set("selected", id);
      model.save_changes();
    });
    const follow = () => {
      const id = model.get("selected");
      if (id === own) return;
      own = id;
      if (id) explorer.choose(id);
      else explorer.clear();
    };
    model.on("change:selected", follow);
    if (model.get("selected")) follow();
    return () => model.off("change:selected", follow);
  },
};
