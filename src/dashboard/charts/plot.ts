// A chart's picture: uPlot with the page's colours and units. It draws on a canvas; what it says in words, and the
// numbers themselves, stand beside it (chart.ts).
// Before uPlot, which fails at loading where the browser has no usable language.
// oxlint-disable-next-line import/no-unassigned-import -- its loading is what it is for
import "./usable-locale.ts";
import uPlot from "uplot";
import { withoutZeros } from "../format/number.ts";
import { highest, type ChartSpec, type Line } from "./spec.ts";
import { logTicks, ticksUpTo } from "./ticks.ts";
import { type Palette, palette } from "./palette.ts";

export interface Plot {
  /** The nearest x to the pointer changed; undefined where it left. */
  pointAt: (index: number | undefined) => void;
  resize: (width: number) => void;
  destroy: () => void;
}

const DEFAULT_HEIGHT = 190;
/** A picture this low has fewer lines. */
const LOW_HEIGHT = 130;
const FONT = "12px system-ui, sans-serif";
const MOST_Y_TICKS = 5;
/** Room for a label of the x axis, CSS px. */
const X_LABEL_WIDTH = 74;
const FILL_ALPHA = "33";
const DAY_MS = 86_400_000;
const X_STEPS_MS = [
  60_000,
  120_000,
  300_000,
  600_000,
  900_000,
  1_800_000,
  3_600_000,
  7_200_000,
  10_800_000,
  21_600_000,
  43_200_000,
  DAY_MS,
  2 * DAY_MS,
  5 * DAY_MS,
  7 * DAY_MS,
];

export function plot(
  host: HTMLElement,
  spec: ChartSpec,
  pointed: (index: number | undefined) => void,
): Plot {
  const colours = palette(host);
  const chart = new uPlot(
    optionsOf(spec, colours, host.clientWidth, pointed),
    [spec.x, ...spec.lines.map(({ values }) => values)] as uPlot.AlignedData,
    host,
  );
  return {
    pointAt: (index) => {
      const x = index === undefined ? undefined : spec.x[index];
      const left = x === undefined ? -10 : chart.valToPos(x, "x");
      chart.setCursor({ left, top: x === undefined ? -10 : 0 }, false);
    },
    resize: (width) => chart.setSize({ width, height: heightOf(spec) }),
    destroy: () => chart.destroy(),
  };
}

const heightOf = ({ height = DEFAULT_HEIGHT }: ChartSpec): number => height;

function optionsOf(
  spec: ChartSpec,
  colours: Palette,
  width: number,
  pointed: (index: number | undefined) => void,
): uPlot.Options {
  const most = heightOf(spec) < LOW_HEIGHT ? 2 : MOST_Y_TICKS;
  const ticks = ticksUpTo(highest(spec), most, spec.yKind);
  const top = ticks.at(-1) ?? 1;
  const axis = {
    stroke: colours.soft,
    font: FONT,
    ticks: { show: false },
    grid: { stroke: colours.line, width: 1 },
  };
  return {
    width,
    height: heightOf(spec),
    ms: 1,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7 },
    },
    scales: {
      x:
        spec.xKind === "time"
          ? { time: true, ...(spec.drawn === "bars" && { range: barRange(spec) }) }
          : { time: false, distr: 3, log: 10, range: [spec.x[0] ?? 1, spec.x.at(-1) ?? 10] },
      y: { range: [0, top] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        filter: (_self, splits) => splits,
        splits: (self, _axis, min, max) => xTicks(spec, self.bbox.width, min, max),
        values: (_self, splits) => splits.map((x) => withoutZeros(spec.formatX(x))),
      },
      {
        ...axis,
        size: 64,
        splits: () => ticks,
        values: (_self, splits) => splits.map((y) => withoutZeros(spec.formatY(y))),
      },
    ],
    series: [{}, ...spec.lines.map((line) => seriesOf(line, spec, colours))],
    hooks: {
      setCursor: [(self) => pointed(self.cursor.idx === null ? undefined : self.cursor.idx)],
      draw: [(self) => drawMarks(self, spec, colours)],
    },
  };
}

/** The last bar has its width too. */
function barRange({ x }: ChartSpec): [number, number] {
  const [first = 0, second = first + 1] = x;
  return [first, (x.at(-1) ?? first) + (second - first)];
}

function xTicks(spec: ChartSpec, deviceWidth: number, min: number, max: number): number[] {
  const most = Math.max(2, Math.floor(deviceWidth / devicePixelRatio / X_LABEL_WIDTH));
  if (spec.xKind === "log") return logTicks(min, max, most).filter((x) => x >= min && x <= max);
  const step = X_STEPS_MS.find((one) => (max - min) / one <= most) ?? 30 * DAY_MS;
  // On round hours and days of the reader's own zone.
  const zone = new Date(min).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((min - zone) / step) * step + zone; at <= max; at += step) ticks.push(at);
  return ticks;
}

function seriesOf({ tone, filled }: Line, { drawn }: ChartSpec, colours: Palette): uPlot.Series {
  const colour = colours.of(tone);
  const { bars, stepped } = uPlot.paths;
  return {
    stroke: colour,
    width: drawn === "bars" ? 0 : 2,
    points: { size: 5, fill: colour, filter: alone },
    ...(filled === true && { fill: colour + FILL_ALPHA }),
    ...(drawn === "steps" && stepped && { paths: stepped({ align: 1 }), points: { show: false } }),
    ...(drawn === "bars" &&
      bars && {
        paths: bars({ size: [0.7, 40], align: 1 }),
        points: { show: false },
        fill: colour,
      }),
  };
}

/** Only a value between two gaps needs a point: a line goes through all others. */
const alone: uPlot.Series.Points.Filter = (self, index) => {
  const values = self.data[index] ?? [];
  const found: number[] = [];
  for (let i = 0; i < values.length; i += 1) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return found;
};

function drawMarks(self: uPlot, { marks = [] }: ChartSpec, colours: Palette): void {
  const { ctx, bbox } = self;
  for (const { x, tone } of marks) {
    const left = Math.round(self.valToPos(x, "x", true));
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.save();
    ctx.strokeStyle = colours.of(tone);
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }
}
