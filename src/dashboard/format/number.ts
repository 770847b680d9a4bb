// Numbers as people read them: few digits, with their unit. Pure.

/** What stands where nothing is known. */
export const UNKNOWN = "–";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const STEPS = [
  [1e9, "bn"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** Three digits of a number below a thousand: `0.123`, `1.23`, `12.3`, `123`. */
function threeDigits(n: number): string {
  const size = Math.abs(n);
  if (size === 0) return "0";
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
  return String(Number(n.toFixed(digits)));
}

/** `0`, `999`, `12,345`, `123 k`, `1.23 M`. */
export function count(n: number | undefined): string {
  if (n === undefined || !Number.isFinite(n)) return UNKNOWN;
  if (Math.abs(n) < 99_999.5) return whole.format(n);
  const [size, unit] = STEPS.find(([size]) => Math.abs(n) >= size * 0.9995) ?? [1, ""];
  return `${threeDigits(n / size)} ${unit}`;
}

/** With the word in the right number: `1 turn`, `12 turns`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `0 %`, `0.12 %`, `12.3 %`; 100 % is all of it, and of nothing, nothing is known. */
export function share(part: number, all: number): string {
  if (!(all > 0) || !Number.isFinite(part)) return UNKNOWN;
  const percent = (part / all) * 100;
  if (percent < 100 && percent >= 99.95) return "> 99.9 %";
  if (percent > 0 && percent < 0.001) return "< 0.001 %";
  return `${threeDigits(percent)} %`;
}

/** A text of these without zeros that say nothing: for the lines of an axis, which are round. Money has its cents. */
export function withoutZeros(text: string): string {
  if (text.startsWith("$")) return text;
  return text.replace(/(\d)\.0+(?!\d)/, "$1").replace(/(\.\d*[1-9])0+(?!\d)/, "$1");
}

/** `12.3`, `1,234`: a plain measure without a unit of its own. */
export function plain(n: number | undefined): string {
  if (n === undefined || !Number.isFinite(n)) return UNKNOWN;
  return Math.abs(n) < 1000 ? threeDigits(n) : count(n);
}

/** `$0`, `$0.0012`, `$0.50`, `$1.23`, `$12,345`: cents always, and two digits of what is less. */
export function dollars(n: number | undefined): string {
  if (n === undefined || !Number.isFinite(n)) return UNKNOWN;
  const size = Math.abs(n);
  const sign = n < 0 ? "-" : "";
  if (size === 0) return "$0";
  if (size >= 1000) return `${sign}$${count(size)}`;
  if (size >= 1) return `${sign}$${size.toFixed(2)}`;
  const rounded = Number(size.toPrecision(2));
  const digits = Math.max(2, 1 - Math.floor(Math.log10(rounded)));
  return `${sign}$${rounded.toFixed(Math.min(digits, 12)).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}
