// Sets of code points as sorted ranges.

/** Inclusive range of code points. */
export type CharRange = readonly [first: number, last: number];

/** Code points that UTF-8 can write. */
export const ALL_CHARS: readonly CharRange[] = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Sorted, merged ranges. */
export function union(ranges: readonly CharRange[]): CharRange[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** What is in `ranges` and not in `removed`. */
export function without(ranges: readonly CharRange[], removed: readonly CharRange[]): CharRange[] {
  let rest = union(ranges);
  for (const [first, last] of union(removed))
    rest = rest.flatMap(([from, to]): CharRange[] => {
      if (last < from || first > to) return [[from, to]];
      const before: CharRange[] = from < first ? [[from, first - 1]] : [];
      const after: CharRange[] = to > last ? [[last + 1, to]] : [];
      return [...before, ...after];
    });
  return rest;
}
