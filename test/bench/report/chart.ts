// Bars as an SVG that stands by itself, in light and dark. Pure.
import type { Chart, Question } from "../question.ts";
import type { Results } from "../results.ts";

const WIDTH = 760;
const LABEL = 220;
const BAR = 18;
const GAP = 8;
const TITLE = 34;
const TEXT = 90;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .label { text-anchor: end }
  rect { fill: #b8c0c8 }
  .ours { fill: #2f81f7 }
  @media (prefers-color-scheme: dark) {
    text { fill: #d8dee4 }
    rect { fill: #57606a }
    .ours { fill: #4493f8 }
  }`;

export function chartOf(questions: readonly Question[], { questions: results }: Results): string {
  const charts = questions.flatMap((question) => {
    const raw = results[question.name]?.raw;
    return raw === undefined || question.chart === undefined ? [] : [question.chart(raw)];
  });
  let y = 0;
  const drawn = charts.map((chart) => {
    const text = draw(chart, y);
    y += TITLE + chart.bars.length * (BAR + GAP) + GAP;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img">
<style>${STYLE}
</style>
${drawn.join("\n")}
</svg>
`;
}

function draw({ title, bars }: Chart, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const lines = bars.map(({ label, value, text, ours }, index) => {
    const y = top + TITLE + index * (BAR + GAP);
    const width = Math.max(1, ((WIDTH - LABEL - TEXT) * value) / most);
    const middle = y + BAR - 5;
    return `<text class="label" x="${LABEL - 8}" y="${middle}">${escaped(label)}</text>
<rect${ours ? ' class="ours"' : ""} x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>
<text x="${(LABEL + width + 6).toFixed(1)}" y="${middle}">${escaped(text)}</text>`;
  });
  return [`<text class="title" x="8" y="${top + 20}">${escaped(title)}</text>`, ...lines].join(
    "\n",
  );
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
