// SHA-256 without WebCrypto: an id must be known at once, and WebCrypto answers later, and not at
// all on a page without https.

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
const mixed = (word: number, a: number, b: number, c: number): number =>
  turned(word, a) ^ turned(word, b) ^ turned(word, c);

/** SHA-256 takes its constants from the fractions of the roots of the first primes. */
const fraction = (prime: number, root: number): number => (prime ** (1 / root) * 2 ** 32) | 0;

/** Words as hex digits, eight each. */
export const hex = (words: Iterable<number>): string =>
  Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

/** Of the UTF-8 text, as 64 hex digits. */
export function sha256(text: string): string {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((prime) => n % prime)) primes.push(n);
  }
  const bytes = [...new TextEncoder().encode(text), 128];
  const padded: number[] = [];
  bytes.forEach((byte, i) => ((padded[i >> 2] as number) |= byte << (24 - (i % 4) * 8)));
  padded[(((bytes.length + 7) >> 6) << 4) + 15] = bytes.length * 8 - 8;

  let hash = primes.slice(0, 8).map((prime) => fraction(prime, 2));
  for (let block = 0; block < padded.length; block += 16) {
    const words: number[] = [];
    let state = hash;
    primes.forEach((prime, i) => {
      const [a, b, c, d, e, f, g, h] = state as Eight;
      const [early, late] = [words[i - 15] as number, words[i - 2] as number];
      const word = (words[i] =
        i < 16
          ? (padded[block + i] as number) | 0
          : ((words[i - 16] as number) +
              (words[i - 7] as number) +
              (turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)) +
              (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10))) |
            0);
      const sum = h + mixed(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + fraction(prime, 3) + word;
      const most = mixed(a, 2, 13, 22) + ((a & b) | (c & (a | b)));
      state = [(sum + most) | 0, a, b, c, (d + sum) | 0, e, f, g];
    });
    hash = hash.map((word, i) => (word + (state[i] as number)) | 0);
  }
  return hex(hash);
}

type Eight = [number, number, number, number, number, number, number, number];
