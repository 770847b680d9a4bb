// Where an observation's bar stands in its trace's waterfall, in percent of the trace. Pure.

interface Times {
  startTime: number;
  endTime: number;
  completionStartTime?: number;
}

export interface Bar {
  left: number;
  width: number;
  /** The first token, if there was one. */
  mark?: number;
}

const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, Math.round((part / whole) * 10_000) / 100)) : 0;

/** Always inside the frame, whatever the times are. */
export function barOf(observation: Times, trace: Times): Bar {
  const whole = trace.endTime - trace.startTime;
  const left = percent(observation.startTime - trace.startTime, whole);
  const right = percent(observation.endTime - trace.startTime, whole);
  const first = observation.completionStartTime;
  return {
    left,
    width: Math.max(0, Math.round((right - left) * 100) / 100),
    ...(first !== undefined && { mark: percent(first - trace.startTime, whole) }),
  };
}
