/** The text's beginning, of at most so many UTF-16 units: never half of a surrogate pair. */
export const cut = (text: string, most: number): string =>
  text.length > most ? text.slice(0, most).replace(/\p{Cs}$/u, "") : text;
