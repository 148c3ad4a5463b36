// The picture of an agent: an emoji, or a small picture as a data: address.

/** Longest data: address. A square of 192 pixels as WebP takes about 20 kB. */
export const MOST_PICTURE_CHARS = 300_000;

const DATA = /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+=*$/;

/** It is shown by an <img>; otherwise it is text. */
export const isPicture = (avatar: string): boolean => avatar.startsWith('data:');

/** Why this cannot be an agent's picture; undefined when it can. SVG is refused: it may hold addresses and script. */
export function pictureFault(avatar: string): string | undefined {
  if (!isPicture(avatar)) {
    const symbols = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(avatar)].length;
    return symbols <= 2 && avatar.length <= 40 ? undefined : 'one emoji or a picture was expected';
  }
  if (avatar.length > MOST_PICTURE_CHARS) return `${avatar.length} characters, at most ${MOST_PICTURE_CHARS}`;
  return DATA.test(avatar) ? undefined : 'a PNG, JPEG or WebP picture was expected';
}
