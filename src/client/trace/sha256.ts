// SHA-256 without WebCrypto: an id must be known at once, and WebCrypto answers later, and not at
// all on a page without https.

/** The word rotated by each number of bits, and mixed; a last number above 32 shifts it by 32 less. */
const mixed = (word: number, a: number, b: number, c: number): number =>
  (word >>> a) ^
  (word << -a) ^
  (word >>> b) ^
  (word << -b) ^
  (word >>> c) ^
  (c < 32 ? word << -c : 0);

/** Words as hex digits, eight each. */
export const hex = (words: Iterable<number>): string =>
  [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");

/**
 * The hash of the UTF-8 text, as 64 hex digits. Inside a block the sums are not cut to 32 bits: the operators
 * on bits do that, and in 64 rounds no sum comes near 2 ** 53.
 */
export function sha256(text: string, digits?: number): string {
  // The constants are the fractions of the roots of the first primes.
  const primes: number[] = [];
  for (let n = 2; n < 312; n += 1) {
    if (primes.every((prime) => n % prime)) primes.push(n);
  }
  const bytes = [...new TextEncoder().encode(text), 128];
  const padded: number[] = [];
  for (let i = 0; i < ((bytes.length + 7) | 63) - 3; i += 1) {
    // Words and bytes that are not there count as 0.
    padded[i >> 2] = ((padded[i >> 2] as number) << 8) | (bytes[i] as number);
  }
  padded.push(bytes.length * 8 - 8);

  let hash = primes.slice(0, 8).map((prime) => (prime ** 0.5 * 2 ** 32) | 0);
  while (padded.length) {
    const words = padded.splice(0, 16);
    let state = hash;
    primes.forEach((prime, i) => {
      const [a, b, c, d, e, f, g, h] = state as Eight;
      const word = words[i] as number;
      words.push(
        word +
          (words[i + 9] as number) +
          mixed(words[i + 1] as number, 7, 18, 35) +
          mixed(words[i + 14] as number, 17, 19, 42),
      );
      const sum =
        h + mixed(e, 6, 11, 25) + (g ^ (e & (f ^ g))) + ((prime ** (1 / 3) * 2 ** 32) | 0) + word;
      state = [sum + mixed(a, 2, 13, 22) + ((a & b) ^ (c & (a ^ b))), a, b, c, d + sum, e, f, g];
    });
    hash = hash.map((word, i) => (word + (state[i] as number)) | 0);
  }
  return hex(hash).slice(0, digits);
}

type Eight = [number, number, number, number, number, number, number, number];
