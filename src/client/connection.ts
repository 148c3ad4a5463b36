// A connection to an engine, and where one comes from: a worker of this page, or another tab's.
import type { FromWorker, Resident, ToWorker } from '../protocol/calls';
import type { AppError } from '../shared/errors';
import type { Healing } from './engineClient';

export interface EngineConnection {
  /** The worker is this page's: its model is loaded again as soon as it is lost. */
  readonly isOwn: boolean;
  post(message: ToWorker): void;
}

export interface ConnectionEvents {
  up(connection: EngineConnection, resident: Resident | null): void;
  /** Messages of the engine that is up. */
  message(message: FromWorker): void;
  /** The engine is gone or never came. Its calls are lost; the source waits for `reconnect`. */
  down(cause: Healing['cause'], error: AppError): void;
}

export interface ConnectionSource {
  /** Begins to connect. Also after `stop`. */
  start(events: ConnectionEvents): void;
  /** Tries again after `down`. */
  reconnect(): void;
  /** Ends the connection without `down`, and the worker if it is this page's. */
  stop(): void;
}
