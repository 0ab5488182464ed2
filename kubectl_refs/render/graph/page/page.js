"use strict";
// The picture above the tables: drawn, searched, filtered. Texts are set as text only; the tables stand without any of this.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const rows = [...document.querySelectorAll("tr[data-edge]")];
  const rowOf = new Map(rows.map((row) => [row.dataset.edge, row]));
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const elements = [];
  for (const frame of data.frames) elements.push({ data: { id: frame.id, label: frame.label }, classes: "frame" });
  for (const node of data.nodes) {
    const longest = Math.max(...node.lines.map((line) => line.length));
    const width = Math.min(longest, 34) * 7.2 + 20;
    const rowsOfText = node.lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 34)), 0);
    elements.push({
      data: { id: node.id, parent: node.frame, label: node.lines.join("\n"), width, height: rowsOfText * 17 + 14 },
      classes: node.classes,
    });
  }
  for (const edge of data.edges) {
    elements.push({
      data: { id: edge.id, source: edge.source, target: edge.target, label: edge.label },
      classes: edge.classes,
    });
  }

  find("controls").hidden = false;
  find("view").hidden = false;
  const cy = cytoscape({ container: find("picture"), elements, minZoom: 0.02, maxZoom: 3, layout: { name: "preset" },
    hideEdgesOnViewport: elements.length > 2000, textureOnViewport: elements.length > 1000 });

  function paint() {
    const line = (name, more) => ({
      selector: `edge.${name}`,
      style: { "line-color": color(name), "target-arrow-color": color(name), color: color(name), ...more },
    });
    cy.style([
      { selector: "node[width]", style: { width: "data(width)", height: "data(height)" } },
      { selector: "node", style: {
        shape: "round-rectangle", label: "data(label)", "font-size": 12,
        "font-family": "system-ui, sans-serif", "text-valign": "center", "text-halign": "center", "text-wrap": "wrap",
        "text-max-width": 250, "min-zoomed-font-size": 4, "text-overflow-wrap": "anywhere", color: color("text"), "background-color": color("box"),
        "border-color": color("soft"), "border-width": 1 } },
      { selector: "node.permit", style: { "border-color": color("permit"), color: color("permit"), shape: "cut-rectangle" } },
      { selector: "node.missing", style: { "border-style": "dashed", "border-width": 2 } },
      { selector: "node.start", style: { "border-width": 3 } },
      { selector: "node.frame", style: {
        "text-valign": "top", "font-weight": 600, "background-color": color("frame"), "border-color": color("line"), padding: 12 } },
      { selector: "node.gap", style: { "border-style": "dotted", "border-width": 2, "border-color": color("unknown") } },
      { selector: "edge", style: {
        width: 1.5, label: "data(label)", "font-size": 10, "font-family": "system-ui, sans-serif", "min-zoomed-font-size": 5,
        "curve-style": elements.length > 1000 ? "straight" : "bezier",
        "target-arrow-shape": "triangle", "text-rotation": "autorotate", "text-background-color": color("back"),
        "text-background-opacity": 0.85, "text-background-padding": 2 } },
      line("allowed"),
      line("refused", { width: 3, "target-arrow-shape": "tee" }),
      line("broken", { width: 3, "target-arrow-shape": "square", "target-arrow-fill": "hollow" }),
      line("unknown", { width: 2, "line-style": "dotted", "target-arrow-shape": "circle", "target-arrow-fill": "hollow" }),
      line("permit", { "line-style": "dashed" }),
      { selector: ".faded", style: { opacity: 0.15 } },
      { selector: ".chosen", style: { "overlay-color": color("focus"), "overlay-opacity": 0.2, "overlay-padding": 5 } },
    ]);
  }
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

  // Many objects are not laid out by their arrows: that takes minutes, and shows no more than where each namespace is.
  const MANY = 250;
  function arrange() {
    const narrow = find("picture").clientWidth < 600;
    const shown = cy.elements(":visible");
    if (shown.nodes().length > MANY) {
      shelve(shown.nodes(":childless"));
      cy.fit(shown, 24);
      return;
    }
    shown.layout({
      name: "dagre", rankDir: narrow ? "TB" : data.direction, nodeSep: narrow ? 8 : 24, edgeSep: narrow ? 4 : 12,
      rankSep: narrow ? 70 : 110, animate: false, fit: true, padding: narrow ? 8 : 24,
    }).run();
  }

  // Each namespace a block of columns, the blocks in rows like books on shelves.
  function shelve(shown) {
    const blocks = new Map();
    shown.forEach((node) => {
      const frame = node.data("parent") ?? "";
      if (!blocks.has(frame)) blocks.set(frame, []);
      blocks.get(frame).push(node);
    });
    const GAP = 60;
    const sized = [...blocks.values()].map((block) => {
      const width = Math.max(...block.map((node) => node.data("width"))) + 24;
      const height = Math.max(...block.map((node) => node.data("height"))) + 18;
      const columns = Math.ceil(Math.sqrt(block.length * height / width));
      return { block, width, height, columns, across: columns * width, down: Math.ceil(block.length / columns) * height };
    });
    const room = Math.sqrt(sized.reduce((sum, each) => sum + (each.across + GAP) * (each.down + GAP), 0)) * 1.3;
    let x = 0, y = 0, tallest = 0;
    cy.batch(() => {
      for (const { block, width, height, columns, across, down } of sized) {
        if (x > 0 && x + across > room) [x, y, tallest] = [0, y + tallest + GAP, 0];
        block.forEach((node, number) => node.position({
          x: x + (number % columns + 0.5) * width, y: y + (Math.floor(number / columns) + 0.5) * height,
        }));
        x += across + GAP;
        tallest = Math.max(tallest, down);
      }
    });
  }
  arrange();

  // The panel.
  const panel = find("panel");
  const NOTHING = [...panel.childNodes];
  function element(name, text, kind) {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function list(pairs) {
    const made = document.createElement("dl");
    for (const [term, text, kind] of pairs) {
      if (!text || !text.length) continue;
      made.append(element("dt", term));
      for (const each of Array.isArray(text) ? text : [text]) {
        const value = document.createElement("dd");
        value.append(kind === "pre" ? element("pre", each) : element("span", each, kind));
        made.append(value);
      }
    }
    return made;
  }
  function clear() {
    cy.elements().removeClass("chosen faded");
    rows.forEach((row) => row.classList.remove("chosen"));
    panel.replaceChildren(...NOTHING);
  }
  function chooseEdge(edge, scroll) {
    clear();
    const drawn = cy.getElementById(edge.id);
    drawn.addClass("chosen");
    const row = rowOf.get(edge.id);
    if (row) row.classList.add("chosen");
    panel.replaceChildren(element("h3", edge.title), list([
      ["Verdict", edge.verdict, `verdict ${edge.verdict}`], ["Why", edge.because], ["Field", edge.paths], ["What decides", edge.mechanism],
      ["Permitted by", edge.grants], ["Nearest ReferenceGrant", edge.nearest], ["What it does to traffic", edge.effect],
      ["Fix", edge.fixes], ["Command", edge.commands, "pre"],
    ]));
    if (scroll) show(drawn.union(drawn.connectedNodes()));
  }
  function chooseNode(node, scroll) {
    clear();
    const drawn = cy.getElementById(node.id);
    drawn.addClass("chosen");
    const near = drawn.closedNeighborhood();
    cy.elements().difference(near).difference(near.parents()).addClass("faded");
    const lines = (ends, other) => data.edges.filter((edge) => edge[ends] === node.id && edge.title)
      .map((edge) => `${edge.verdict}: ${edge.field} ${nodes.get(edge[other]).title}`);
    panel.replaceChildren(element("h3", node.title), list([
      ["", node.note], ["References", lines("source", "target")], ["Is referenced by", lines("target", "source")],
    ]));
    if (scroll) show(near);
  }
  function show(some) {
    cy.animate({ fit: { eles: some, padding: 60 } }, { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200 });
  }
  const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
  cy.on("tap", (event) => {
    if (event.target === cy) return clear();
    const id = event.target.id();
    if (edges.has(id) && edges.get(id).title) chooseEdge(edges.get(id), false);
    else if (nodes.has(id)) chooseNode(nodes.get(id), false);
  });
  for (const row of rows) {
    const cell = row.cells[1];
    const button = element("button", cell.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      chooseEdge(edges.get(row.dataset.edge), true);
      find("view").scrollIntoView({ block: "nearest" });
    });
    cell.replaceChildren(button);
  }

  // Search and filters.
  const search = find("search"), told = find("told");
  const place = find("namespace"), role = find("role");
  const verdicts = [...document.querySelectorAll("input[name=verdict]")];
  function apply() {
    const wanted = new Set(verdicts.filter((box) => box.checked).map((box) => box.value));
    const fits = (edge) => !edge.title || (wanted.has(edge.verdict) && (!role.value || edge.field === role.value)
      && (!place.value || edge.places.includes(place.value)));
    const kept = new Set(data.edges.filter((edge) => edge.title && fits(edge)).map((edge) => edge.id));
    const ends = new Set(data.edges.filter((edge) => kept.has(edge.id)).flatMap((edge) => [edge.source, edge.target]));
    const lone = new Set(data.nodes.filter((node) => !node.drawn).map((node) => node.id));
    const all = kept.size === rows.length;
    cy.batch(() => {
      for (const edge of data.edges) {
        const there = edge.title ? kept.has(edge.id) : ends.has(edge.target) && kept.size > 0 && edge.for.some((id) => kept.has(id));
        cy.getElementById(edge.id).style("display", there ? "element" : "none");
        if (!edge.title && there) ends.add(edge.source);
      }
      for (const node of data.nodes) {
        cy.getElementById(node.id).style("display", all || ends.has(node.id) || lone.has(node.id) ? "element" : "none");
      }
      for (const frame of data.frames) {
        const there = data.nodes.some((node) => node.frame === frame.id && (all || ends.has(node.id) || lone.has(node.id)));
        cy.getElementById(frame.id).style("display", there ? "element" : "none");
      }
    });
    for (const row of rows) row.hidden = !kept.has(row.dataset.edge);
    told.textContent = `${kept.size} of ${rows.length} shown`;
    clear();
    arrange();
  }
  [place, role, ...verdicts].forEach((each) => each.addEventListener("change", apply));
  let found = [], next = 0;
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = words.length ? data.nodes.filter((node) => words.every((word) => node.title.toLowerCase().includes(word))) : [];
    next = 0;
    told.textContent = words.length ? `${found.length} found` : "";
    if (found.length) chooseNode(found[0], true);
    else clear();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !found.length) return;
    next = (next + 1) % found.length;
    chooseNode(found[next], true);
  });

  // The keyboard, and buttons for whoever has no wheel.
  const zoom = (by) => cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  find("in").addEventListener("click", () => zoom(1.25));
  find("out").addEventListener("click", () => zoom(0.8));
  find("fit").addEventListener("click", () => { clear(); cy.fit(cy.elements(":visible"), 24); });
  find("picture").addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (steps[event.key]) cy.panBy({ x: steps[event.key][0], y: steps[event.key][1] });
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") cy.fit(cy.elements(":visible"), 24);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      search.focus();
    }
  });

  // Sorting.
  for (const table of document.querySelectorAll("table")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = element("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const order = [...table.tBodies[0].rows].map((row) => [row.cells[column].textContent, row]);
        order.sort(([a], [b]) => (up ? 1 : -1) * a.localeCompare(b, "en", { numeric: true }));
        table.tBodies[0].append(...order.map(([, row]) => row));
      });
    });
  }

  // A canvas is no picture on paper.
  addEventListener("beforeprint", () => {
    const light = cy.png({ full: true, scale: 1.5, maxWidth: 4000, maxHeight: 4000, bg: color("back") });
    find("print").src = light;
  });
  document.documentElement.dataset.ready = "true";
})();
