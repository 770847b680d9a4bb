// Writes turns to a dataset of Workers Analytics Engine, one point each, as many as an invocation may write. Where
// there are more, each that is written stands for several. Never throws.
import { dataPoint } from "../../figures/data-point.ts";
import { describeError, type logEvent } from "../../log.ts";
import type { DataPoints } from "../../protocol/figures/data-point.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";

/** Points that an invocation may write, by the platform's limit. */
export const MAX_POINTS = 250;
/** Of what is left, a project leaves so much for those that come after it. */
const SHARE = 0.8;

export interface PointWriter {
  write(project: string, figures: readonly TurnFigures[]): void;
}

/** @param room points that it may write in all */
export function pointWriter(dataset: DataPoints, room: number, log: typeof logEvent): PointWriter {
  let left = room;
  return {
    write(project, figures) {
      if (left === 0 && figures.length > 0) {
        log("warn", "points_not_written", { project, error: "an invocation may write no more" });
      }
      const most = Math.max(1, Math.floor(left * SHARE));
      const every = Math.ceil(figures.length / most);
      try {
        for (let at = 0; at < figures.length && left > 0; at += every) {
          const one = figures[at];
          if (one === undefined) break;
          dataset.writeDataPoint(dataPoint(project, one, Math.min(every, figures.length - at)));
          left -= 1;
        }
      } catch (error) {
        log("warn", "points_not_written", { project, error: describeError(error) });
      }
    },
  };
}
