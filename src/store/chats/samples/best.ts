// What the page needs of comparisons before their code loads.

/** Answers beside each other, the one that was there included. */
export const FEWEST_SAMPLES = 2;
export const MOST_SAMPLES = 5;
/** The best answer: by grade, then by votes; undefined while nothing tells them apart. */
export function bestOf(
  ids: readonly string[],
  grades: Record<string, { grade: number } | null>,
  votes: Record<string, { votes: number }>,
): string | undefined {
  const score = (id: string) => (grades[id]?.grade ?? 0) * 10 + (votes[id]?.votes ?? 0);
  const sorted = [...ids].sort((a, b) => score(b) - score(a));
  return sorted.length > 1 && score(sorted[0]) > score(sorted[1]) ? sorted[0] : undefined;
}
