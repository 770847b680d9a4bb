// A clock that can be made to jump, for all code of this Worker. The platform's alarms go by its own clock,
// so their times are translated.
let aheadMs = 0;
const systemNow = Date.now.bind(Date);
Date.now = () => systemNow() + aheadMs;

export function jump(byMs: number): void {
  aheadMs += byMs;
}

/** A moment of this clock as the platform has to be given it, and back. Epoch ms. */
export const toPlatform = (at: number): number => at - aheadMs;
export const fromPlatform = (at: number): number => at + aheadMs;

/** The platform's own. */
export const platformNow = systemNow;
