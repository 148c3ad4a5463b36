// How the tabs of one browser share an engine: one tab holds a Web Lock and runs the worker, the others are its guests.
// Messages go over a BroadcastChannel, addressed to one engine and one guest: it exists wherever WebGPU does (Chrome for
// Android has no SharedWorker that could hand out MessagePorts), and needs no script that a deploy could take away.
// Guests reach the worker itself, so a frozen or busy page of the owner delays nothing.
import type { FromWorker, ToWorker } from './calls';

/** Changes with every message that another version of the app would not understand. */
export const TAB_PROTOCOL = 1;

export const TAB_CHANNEL = 'glm-engine';
/** Held by the page whose worker is the engine. */
export const OWNER_LOCK = 'glm-engine';
/** Held by an engine's worker while it lives. */
export const engineLock = (engine: string): string => `glm-engine ${engine}`;
/** Held by a guest's page while it lives. */
export const guestLock = (guest: string): string => `glm-guest ${guest}`;

export type TabMessage =
  /** A guest asks for an engine; the engine answers with 'ready'. */
  | { kind: 'hello'; guest: string; protocol: number }
  /** An engine has started. */
  | { kind: 'serving'; engine: string; protocol: number }
  | { kind: 'to-engine'; engine: string; guest: string; message: ToWorker }
  | { kind: 'to-guest'; engine: string; guest: string; message: FromWorker };
