// What the name of a file says about its picture.

/** Names that cameras, screenshots and clipboards give say nothing about a picture. */
const NO_WORDS =
  /^(image|img|dsc[fn]?|pxl|photo|picture|screenshot|scan|bild|snip|clipboard|mmexport|wx_camera|微信图片|截屏|屏幕截图)?[\s_\-().\d]*(at|am|pm)?[\s_\-().:\d]*$/i;

/** A file's name as words about its picture; '' for one that says nothing. */
export function wordsOf(name: string): string {
  const words = name
    .replace(/\.[^.]*$/, '')
    .replace(/[_-]+/g, ' ')
    .trim();
  return NO_WORDS.test(words) ? '' : words;
}
