// A clock that can be moved and made to run faster, for all code of this Worker: days pass in a
// moment, and the pauses of a long chat take no time. The platform's own timers stay as they are, so
// what is given to them is translated.

const real = (): number => performance.timeOrigin + performance.now();

interface Setting {
  /** Real and told time of the moment at which the clock was set. */
  real: number;
  told: number;
  rate: number;
}

let setting: Setting | undefined;

const toTold = (at: number): number =>
  setting === undefined ? at : setting.told + (at - setting.real) * setting.rate;

const systemNow = Date.now.bind(Date);
Date.now = () => Math.trunc(setting === undefined ? systemNow() : toTold(real()));

/** From now on the clock is further ahead by so much, and runs so many times as fast. */
export function setClock({ aheadMs, rate }: { aheadMs: number; rate: number }): void {
  const at = real();
  setting = { real: at, told: toTold(at) + aheadMs, rate };
}

export function rateOf(): number {
  return setting?.rate ?? 1;
}

/** A moment of the told clock as the platform has to be given it. */
export function toReal(at: number): number {
  return setting === undefined ? at : setting.real + (at - setting.told) / setting.rate;
}
