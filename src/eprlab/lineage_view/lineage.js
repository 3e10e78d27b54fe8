// Pan, zoom, search and tracing for the lineage drawings on this page. The drawing is complete
// without it. Node and edge numbers come from data attributes; nothing is read as HTML.
const bring = (figure) => {
  if (figure.classList.contains("plab-live")) return;
  figure.classList.add("plab-live");
  const svg = figure.querySelector(".plab-drawing"), table = figure.querySelector(".plab-table");
  const nodes = [...svg.querySelectorAll(".plab-node")], edges = [...svg.querySelectorAll(".plab-edge")];
  const next = nodes.map(() => []), previous = nodes.map(() => []);
  for (const path of edges) {
    if (path.dataset.rule === "L8") continue; // mere order in time: it leads nowhere
    const [from, to] = path.dataset.edge.split(" ").map(Number);
    next[from].push([to, path]);
    previous[to].push([from, path]);
  }

  const bar = document.createElement("div"), status = document.createElement("p");
  bar.className = "plab-bar";
  status.className = "plab-status";
  status.setAttribute("role", "status");
  status.textContent = "Choose a node to trace what led to it and what came of it.";
  const button = (text, act, label = text) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: text, onclick: act });
    made.setAttribute("aria-label", label);
    bar.append(made);
    return made;
  };
  const find = document.createElement("input");
  Object.assign(find, { type: "search", placeholder: "Find…" });
  find.setAttribute("aria-label", "Find a node");
  bar.append(find);

  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  let view = whole.slice();
  const show = () => svg.setAttribute("viewBox", view.map((n) => Math.round(n * 10) / 10).join(" "));
  const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const width = Math.min(Math.max(view[2] * factor, 150), whole[2] * 2), k = width / view[2];
    view = [x - (x - view[0]) * k, y - (y - view[1]) * k, view[2] * k, view[3] * k];
    show();
  };
  const text = (node) => node.querySelector("title").textContent;
  const reach = (start, steps) => {
    const seen = new Set(), paths = [], queue = [start];
    while (queue.length) for (const [to, path] of steps[queue.pop()]) {
      paths.push(path);
      if (!seen.has(to) && to !== start) { seen.add(to); queue.push(to); }
    }
    return [seen, paths];
  };
  const trace = (node) => {
    svg.querySelectorAll(".plab-on,.plab-chosen").forEach((e) => e.classList.remove("plab-on", "plab-chosen"));
    figure.classList.toggle("plab-traced", Boolean(node));
    if (!node) { status.textContent = ""; return; }
    const number = nodes.indexOf(node), [up, upPaths] = reach(number, previous), [down, downPaths] = reach(number, next);
    node.classList.add("plab-on", "plab-chosen");
    for (const path of [...upPaths, ...downPaths]) path.classList.add("plab-on");
    for (const other of [...up, ...down]) nodes[other].classList.add("plab-on");
    status.textContent = `${text(node)}. ${up.size} upstream, ${down.size} downstream.`;
  };
  const centre = (node) => {
    const { e, f } = node.transform.baseVal.consolidate().matrix;
    view = [e - view[2] / 2, f - view[3] / 2, view[2], view[3]];
    show();
  };

  button("+", () => zoom(0.8), "Zoom in");
  button("−", () => zoom(1.25), "Zoom out");
  button("Fit", () => { view = whole.slice(); show(); });
  button("Clear", () => { find.value = ""; trace(null); });
  const toggle = button("Table", () => {
    table.hidden = !table.hidden;
    toggle.setAttribute("aria-expanded", String(!table.hidden));
  }, "Show the same data as a table");
  toggle.setAttribute("aria-controls", table.id);
  toggle.setAttribute("aria-expanded", "false");
  table.hidden = true;
  figure.prepend(bar);
  svg.closest(".plab-scroll").after(status);

  find.oninput = () => {
    const sought = find.value.trim().toLowerCase();
    const hit = sought.length > 1 && nodes.find((node) => text(node).toLowerCase().includes(sought));
    trace(hit || null);
    if (hit) centre(hit);
    else if (sought.length > 1) status.textContent = "Nothing found.";
  };

  svg.setAttribute("role", "group");
  let current = 0;
  nodes.forEach((node, number) => {
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", number ? "-1" : "0");
    const seen = [...node.querySelectorAll("text")].map((line) => line.textContent).join(" ");
    node.setAttribute("aria-label", `${seen}, ${text(node).split(" ", 1)[0]}`); // what is seen, and its kind
  });
  const go = (number) => {
    if (!nodes[number]) return;
    nodes[current].setAttribute("tabindex", "-1");
    current = number;
    nodes[current].setAttribute("tabindex", "0");
    nodes[current].focus();
  };
  svg.addEventListener("keydown", (event) => {
    const node = event.target.closest(".plab-node"), number = nodes.indexOf(node);
    if (number < 0) return;
    const act = {
      ArrowRight: () => go(next[number][0]?.[0]), ArrowLeft: () => go(previous[number][0]?.[0]),
      ArrowDown: () => go(number + 1), ArrowUp: () => go(number - 1),
      Enter: () => trace(node), " ": () => trace(node), Escape: () => trace(null),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab has its own meaning for arrows and Enter
    act();
  });

  let grip = null, moved = false;
  svg.addEventListener("pointerdown", (event) => { grip = [event.clientX, event.clientY]; moved = false; });
  svg.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const dx = event.clientX - grip[0], dy = event.clientY - grip[1];
    if (!moved && Math.abs(dx) + Math.abs(dy) < 4) return;
    if (!moved) svg.setPointerCapture(event.pointerId);
    moved = true;
    const scale = Math.max(view[2] / svg.clientWidth, view[3] / svg.clientHeight);
    view[0] -= dx * scale;
    view[1] -= dy * scale;
    grip = [event.clientX, event.clientY];
    show();
  });
  svg.addEventListener("pointerup", (event) => {
    if (grip && !moved) trace(event.target.closest(".plab-node"));
    grip = null;
  });
  svg.addEventListener("pointercancel", () => { grip = null; });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoom(Math.exp(event.deltaY * 0.0015),
      view[0] + view[2] * (event.clientX - box.left) / box.width,
      view[1] + view[3] * (event.clientY - box.top) / box.height);
  }, { passive: false });
};
document.querySelectorAll("figure.plab-lineage").forEach(bring);
