// The way to endpoints that draw and MCP servers: their code comes with the first use.
import { fetchPart } from '../../../shared/missingPart';
import type { ToolEntry } from '../../../tools/registry';
import { Observable } from '../../observable';
import type { DrawingState, McpState } from '../state';
import type { Secrets } from './secrets';
import type { ServiceDb } from './serviceDb';
import type { openServices } from './services';

type Services = Awaited<ReturnType<typeof openServices>>;

export interface ServicesDoorOptions {
  db: ServiceDb;
  secrets: Secrets;
  /** Their tools have changed. */
  onEntries: () => void;
}

export class ServicesDoor extends Observable<DrawingState & McpState> {
  /** The tools that they offer; none before they are opened. */
  entries: ToolEntry[] = [];
  private opening: Promise<Services> | undefined;

  constructor(private readonly options: ServicesDoorOptions) {
    super({ drawing: { images: null, videos: null }, mcpServers: [] });
  }

  /** What is stored of them. @throws where their code cannot be fetched */
  open(): Promise<Services> {
    const { db, secrets, onEntries } = this.options;
    this.opening ??= fetchPart(() => import('./services')).then(({ openServices }) =>
      openServices({
        ...{ db, secrets },
        offer: (entries) => {
          this.entries = entries;
          onEntries();
        },
        onState: (state) => this.patch(state),
      }),
    );
    return this.opening.catch((error: unknown) => {
      this.opening = undefined; // offline: the next use asks again
      throw error;
    });
  }
}
