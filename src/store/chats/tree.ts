// A chat is a tree: messages with parents. These functions find the path that is shown, and what lies beside it.
import type { AssistantMessage, Chat, Message } from './types';

type TreeChat = Pick<Chat, 'messages' | 'chosen'>;

/** Key of the children of a message, in `chosen` too; '' for the start of the chat. */
export const branchKey = (parentId: string | null): string => parentId ?? '';

interface Tree {
  byId: Map<string, Message>;
  children: Map<string, Message[]>;
}

const trees = new WeakMap<Message[], Tree>();
const paths = new WeakMap<TreeChat, Message[]>();

/** Message lists are never changed in place, so each is looked through once. */
function treeOf(messages: Message[]): Tree {
  const known = trees.get(messages);
  if (known) return known;
  const tree: Tree = { byId: new Map(), children: new Map() };
  for (const message of messages) {
    tree.byId.set(message.id, message);
    const siblings = tree.children.get(branchKey(message.parentId));
    if (siblings) siblings.push(message);
    else tree.children.set(branchKey(message.parentId), [message]);
  }
  trees.set(messages, tree);
  return tree;
}

/** The messages shown, from the first to the last of the chosen branch. */
export function shownPath(chat: TreeChat): Message[] {
  const known = paths.get(chat);
  if (known) return known;
  const { children } = treeOf(chat.messages);
  const path: Message[] = [];
  const chosen = chat.chosen ?? {}; // a damaged row may lack it
  const seen = new Set<string>(); // a damaged tree may hold a ring
  let key = '';
  for (;;) {
    const branches = children.get(key);
    if (!branches) break;
    const next = branches.find(({ id }) => id === chosen[key]) ?? branches[branches.length - 1];
    if (seen.has(next.id)) break;
    seen.add(next.id);
    path.push(next);
    key = next.id;
  }
  paths.set(chat, path);
  return path;
}

/** The branches that a message is one of, oldest first; itself alone when there are no others. */
export function branchesOf({ messages }: Pick<Chat, 'messages'>, message: Message): Message[] {
  return treeOf(messages).children.get(branchKey(message.parentId)) ?? [message];
}

/** From the start of the chat to this message; empty when there is none of that id. */
export function pathTo({ messages }: Pick<Chat, 'messages'>, id: string): Message[] {
  const { byId } = treeOf(messages);
  const path: Message[] = [];
  for (let message = byId.get(id); message;) {
    path.push(message);
    if (path.length > messages.length) return []; // a ring
    message = message.parentId === null ? undefined : byId.get(message.parentId);
  }
  return path.reverse();
}

/** The nearest answer from this message upwards; undefined when there is none. */
export function nearestAnswer(
  { messages }: Pick<Chat, 'messages'>,
  id: string | null,
): AssistantMessage | undefined {
  const { byId } = treeOf(messages);
  const seen = new Set<Message>(); // a damaged tree may hold a ring
  let message = byId.get(id ?? '');
  while (message && message.role !== 'assistant' && !seen.has(message)) {
    seen.add(message);
    message = byId.get(message.parentId ?? '');
  }
  return message?.role === 'assistant' ? message : undefined;
}

/** The choices that bring a message into view; deeper ones stay as they were. */
export function choicesFor(chat: TreeChat, id: string): Record<string, string> {
  const chosen = { ...chat.chosen };
  for (const message of pathTo(chat, id)) chosen[branchKey(message.parentId)] = message.id;
  return chosen;
}

/** A message and everything below it. */
export function branchBelow({ messages }: Pick<Chat, 'messages'>, id: string): Message[] {
  const { byId, children } = treeOf(messages);
  const first = byId.get(id);
  if (!first) return [];
  const below = new Set([first]);
  for (const message of below) for (const child of children.get(message.id) ?? []) below.add(child);
  return [...below];
}

/** Order of creation, the same in every tab and after every reload. */
export const byCreation = (a: Message, b: Message): number =>
  a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
