// Mermaid's own parser: a JSON list of flowcharts on standard input, a JSON line on each of them on standard output.
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
for (const name of ["Element", "HTMLElement", "SVGElement", "Node", "DocumentFragment", "NamedNodeMap", "NodeFilter"]) {
  globalThis[name] = window[name];
}
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false });

let input = "";
for await (const chunk of process.stdin) input += chunk;
for (const text of JSON.parse(input)) {
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const nodes = [...db.getVertices().values()].map((node) => node.text);
    const edges = db.getEdges().map((edge) => edge.text);
    const frames = db.getSubGraphs().map((frame) => frame.title);
    console.log(JSON.stringify({ nodes, edges, frames }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
