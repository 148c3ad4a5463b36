// The functions that a small model is told of: those whose name and description are nearest to the question.

/** Words of a text: letters and digits together, Chinese characters one by one and in pairs. */
export function wordsOf(text: string): string[] {
  const spaced = text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return [...spaced.matchAll(/\p{Script=Han}+|[\p{L}\p{N}]+/gu)].flatMap(([word]) => {
    if (!/^\p{Script=Han}/u.test(word)) return [stem(word)];
    const characters = [...word];
    return [...characters, ...characters.slice(1).map((second, index) => characters[index] + second)];
  });
}

/** Enough of English: plurals and -ing, -ed. */
const stem = (word: string): string =>
  word.length > 4 ? word.replace(/(?:ies)$/, 'y').replace(/(?:ing|ed|es|s)$/, '') : word;

interface Described {
  name: string;
  description: string;
}

const K1 = 1.2;
const B = 0.75;

/** At most so many of the items, the nearest to the text by BM25, in their own order. */
export function nearest<T>(
  items: readonly T[],
  text: string,
  { most, describe }: { most: number; describe: (item: T) => Described },
): T[] {
  if (items.length <= most) return [...items];
  const documents = items.map((item) => {
    const { name, description } = describe(item);
    return wordsOf(`${name.replace(/[_-]/g, ' ')} ${description}`);
  });
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length || 1;
  const asked = new Set(wordsOf(text));
  const scores = documents.map((words) => {
    let score = 0;
    for (const word of asked) {
      const count = words.filter((one) => one === word).length;
      if (count === 0) continue;
      const holders = documents.filter((one) => one.includes(word)).length;
      const idf = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
      score += (idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * words.length) / average));
    }
    return score;
  });
  const order = items.map((_, index) => index).sort((a, b) => scores[b] - scores[a] || a - b);
  return order
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((index) => items[index]);
}
