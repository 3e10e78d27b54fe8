// Questions about the document, answered with numbers of nodes and edges. Nothing here draws.

const makeGraph = (doc) => {
  const nodes = doc.nodes, edges = doc.edges;
  const joined = nodes.map(() => []), up = nodes.map(() => []), down = nodes.map(() => []);
  edges.forEach((edge, number) => {
    const [from, to] = edge.ends;
    joined[from].push(number);
    if (to !== from) joined[to].push(number);
    const link = (earlier, later) => { down[earlier].push(later); up[later].push(earlier); };
    if (edge.flow === 1 || edge.flow === 2) link(from, to);
    if (edge.flow === -1 || edge.flow === 2) link(to, from);
  });
  const moments = [...new Set([...nodes, ...edges].map((one) => one.recorded).filter(Boolean))].sort();
  const gateOf = new Map(doc.gates.map((board) => [board.gate, board]));

  // How many hops away each node is, over `steps`, up to `most`; only through nodes in `within`.
  const reach = (start, steps, most = Infinity, within = null) => {
    const hops = new Map([[start, 0]]), queue = [start];
    for (let at = 0; at < queue.length; at++) {
      const hop = hops.get(queue[at]);
      if (hop >= most) continue;
      for (const next of steps[queue[at]]) {
        if (hops.has(next) || (within && !within.has(next))) continue;
        hops.set(next, hop + 1);
        queue.push(next);
      }
    }
    return hops;
  };

  // What was recorded by a moment: nodes and edges. A node without a time is known by its edges.
  const knownAt = (moment) => {
    if (moment === null) return { nodes: new Set(nodes.keys()), edges: new Set(edges.keys()) };
    const by = (one) => !one.recorded || one.recorded <= moment;
    const said = new Set();
    const kept = edges.flatMap((edge, number) => (by(edge) && stands(edge, moment) ? [number] : []));
    for (const number of kept) edges[number].ends.forEach((end) => said.add(end));
    const known = new Set([...nodes.keys()].filter((n) => by(nodes[n]) && (nodes[n].recorded || said.has(n))));
    return { nodes: known, edges: new Set(kept.filter((e) => edges[e].ends.every((end) => known.has(end)))) };
  };

  // Whether what an edge at a gate says ("satisfies", "waits for") was so at a moment.
  const stands = (edge, moment) => {
    if (edge.rule !== "L4" && edge.rule !== "L5") return true;
    const [from, to] = edge.ends, board = gateOf.get(edge.rule === "L4" ? to : from);
    if (!board || !board.whole) return true;
    const { rows } = standing(board, moment);
    return edge.rule === "L4"
      ? rows.some((row) => row.passed && row.last.node === from)
      : rows.some((row) => !row.passed && row.receiver === to);
  };

  // How a gate stood at a moment: its receivers, the latest receipt of each, and whether it was open.
  const standing = (board, moment) => {
    const rows = board.rows.map((row) => {
      const last = row.receipts.filter((one) => moment === null || !one.recorded || one.recorded <= moment).at(-1);
      return { ...row, last, passed: Boolean(last && last.passed) };
    });
    return { rows, open: rows.length > 0 && rows.every((row) => row.passed) };
  };

  // All that lies on a way from one node to another along influence; else the shortest way of joins.
  const between = (from, to, within) => {
    const directed = (a, b) => {
      const after = reach(a, down, Infinity, within), before = reach(b, up, Infinity, within);
      return after.has(b) ? { nodes: new Set([...after.keys()].filter((n) => before.has(n))), hops: after.get(b), from: a, to: b } : null;
    };
    const found = directed(from, to) || directed(to, from);
    if (found) return { ...found, directed: true };
    const beside = nodes.map((_, n) => joined[n].map((e) => edges[e].ends.find((end) => end !== n) ?? n));
    const hops = reach(from, beside, Infinity, within);
    if (!hops.has(to)) return null;
    const way = [to];
    while (way[0] !== from) way.unshift(beside[way[0]].find((n) => hops.get(n) === hops.get(way[0]) - 1));
    return { nodes: new Set(way), hops: hops.get(to), from, to, directed: false };
  };

  // Back from a node, always to what came last of all that it waited for. The clock is the
  // producers' where every event has one, else the registry's.
  const critical = (end, within) => {
    const timed = [...within].filter((n) => nodes[n].kind === "event");
    const clock = timed.length && timed.every((n) => nodes[n].occurred) ? "occurred" : "recorded";
    const at = (n) => (nodes[n][clock] ? Date.parse(nodes[n][clock]) : null);
    const memo = new Map();
    const latest = (n) => {
      if (at(n) !== null) return at(n);
      if (!memo.has(n)) {
        memo.set(n, -Infinity); // a circle adds nothing
        memo.set(n, Math.max(-Infinity, ...up[n].filter((p) => within.has(p)).map(latest)));
      }
      return memo.get(n);
    };
    const way = [end];
    for (;;) {
      const before = up[way[0]].filter((n) => within.has(n) && !way.includes(n) && latest(n) > -Infinity);
      if (!before.length) break;
      way.unshift(before.reduce((best, n) => (latest(n) > latest(best) ? n : best)));
    }
    const steps = way.filter((n) => at(n) !== null).map((n, i, all) => ({ node: n, wait: i ? at(n) - at(all[i - 1]) : null }));
    const total = steps.length > 1 ? at(steps.at(-1).node) - at(steps[0].node) : 0;
    return { nodes: new Set(way), way, steps, total, clock };
  };

  // Places for some of the nodes only: the same columns, moved together, with gaps closed.
  const closeUp = (shown) => {
    const [width, height] = doc.box, columns = new Map();
    for (const n of [...shown].sort((a, b) => nodes[a].at[0] - nodes[b].at[0] || nodes[a].at[1] - nodes[b].at[1])) {
      const x = nodes[n].at[0];
      columns.set(x, [...(columns.get(x) || []), n]);
    }
    const place = new Map(), row = height + 18;
    let x = width / 2;
    for (const column of columns.values()) {
      let low = -Infinity;
      const wanted = column.map((n) => {
        const before = joined[n].map((e) => edges[e].ends.find((end) => end !== n)).filter((m) => place.has(m));
        return before.length ? before.reduce((sum, m) => sum + place.get(m)[1], 0) / before.length : null;
      });
      const ys = column.map((_, i) => (low = Math.max(low + row, wanted[i] ?? (low === -Infinity ? 0 : low + row))));
      const known = wanted.map((y, i) => (y === null ? null : y - ys[i])).filter((d) => d !== null);
      const shift = known.length ? known.reduce((a, b) => a + b, 0) / known.length : -(ys[0] + ys.at(-1)) / 2;
      column.forEach((n, i) => place.set(n, [Math.round(x), Math.round(ys[i] + shift)]));
      x += width + 76;
    }
    return place;
  };

  return { nodes, edges, joined, up, down, moments, gateOf, reach, knownAt, standing, between, critical, closeUp };
};
