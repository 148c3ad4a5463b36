// Text from tools without characters that people do not see and models do: bidirectional controls, zero-width and
// private-use characters, tags, and control characters.

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g; // eslint-disable-line no-control-regex
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const ZERO_WIDTH =
  /[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|\u17b4|\u17b5/g;
const PRIVATE = /\p{Co}/gu;
/** Tags of plane 14, which spell ASCII out of sight, and the variation selectors above 16, which can hold bytes. */
const TAGS = /[\u{e0000}-\u{e0fff}]/gu;
/** Joiners belong to emoji and to the scripts that join letters; elsewhere they are out of sight. */
const JOINER =
  /(?<![\p{Extended_Pictographic}\p{M}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Emoji_Modifier}])[\u200c\u200d]/gu;

/** @returns the text as people see it; line ends are line feeds */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .replace(BIDI, '')
    .replace(ZERO_WIDTH, '')
    .replace(PRIVATE, '')
    .replace(TAGS, '')
    .replace(JOINER, '');
}
