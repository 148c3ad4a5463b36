// Whether a file that was dropped holds chats: by a look at its beginning or end, however large it is.
import { EXPORT_FORMAT } from './exportFormat';

const HEAD_BYTES = 64 * 1024;
/** A zip's list of names is at its end; chats' names come among the first of them, or all fit. */
const TAIL_BYTES = 1024 * 1024;

/** Our own export, or ChatGPT's: conversations.json, or the zip that holds it. */
export async function holdsChats(file: File): Promise<boolean> {
  if (/\.zip$/i.test(file.name)) {
    const tail = await file.slice(-TAIL_BYTES).text();
    return /(?:^|[^\w.])conversations(?:-\d+)?\.json/.test(tail);
  }
  if (!/\.json$/i.test(file.name)) return false;
  const head = (await file.slice(0, HEAD_BYTES).text()).replace(/^\ufeff/, '').trimStart();
  if (head.startsWith('{')) return head.slice(0, 200).includes(`"${EXPORT_FORMAT}"`);
  return head.startsWith('[') && head.includes('"mapping"') && head.includes('"parent"');
}
