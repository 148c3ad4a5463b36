// Random texts in Chinese and English: words are as frequent as Zipf's law says.

/** @returns a text of so many words; the same seed gives the same texts */
export function randomTexts(seed = 1): (chinese: boolean, count: number) => string {
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const letters = (count: number, first: number, range: number) =>
    String.fromCodePoint(...Array.from({ length: count }, () => first + Math.floor(random() * range)));
  const chineseWords = Array.from({ length: 30_000 }, () =>
    letters(1 + Math.floor(random() * 2.3), 0x4e00, 3000),
  );
  const englishWords = Array.from({ length: 30_000 }, () => letters(2 + Math.floor(random() * 8), 97, 26));
  state = (state + seed - 1) % 2147483647;
  const wordOf = (words: string[]) => words[Math.floor(words.length ** random()) - 1];
  return (chinese, count) =>
    Array.from({ length: count }, () => wordOf(chinese ? chineseWords : englishWords)).join(
      chinese ? '' : ' ',
    );
}
