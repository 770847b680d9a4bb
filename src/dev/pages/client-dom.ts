// Part of the page's script: making elements. Text goes in as text, never as markup; the page's policy
// forbids the other way as well.

export const CLIENT_DOM = `
const byId = (id) => document.getElementById(id);

function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const child of children) {
    if (child === undefined || child === null || child === "") continue;
    node.append(child);
  }
  return node;
}

function button(label, onClick, className) {
  const node = el("button", className, label);
  node.type = "button";
  node.addEventListener("click", () => onClick(node));
  return node;
}

function duration(ms) {
  const size = Math.abs(ms);
  if (size < 1000) return Math.round(ms) + " ms";
  if (size < 120000) return (ms / 1000).toFixed(2) + " s";
  if (size < 7200000) return (ms / 60000).toFixed(1) + " min";
  return (ms / 3600000).toFixed(1) + " h";
}

function clock(ms) {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "?";
  const today = date.toDateString() === new Date().toDateString();
  return today ? date.toLocaleTimeString() : date.toLocaleString();
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function copy(text, node) {
  const label = node.textContent;
  try {
    await navigator.clipboard.writeText(text);
    node.textContent = "copied";
  } catch {
    node.textContent = "select and copy";
  }
  setTimeout(() => { node.textContent = label; }, 1500);
}
`;
