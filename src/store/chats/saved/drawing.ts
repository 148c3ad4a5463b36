// Endpoints that draw pictures and videos.
import { drawEntries } from '../../../tools/draw/entries';
import { NO_ENDPOINTS, type DrawSettings } from '../../../tools/draw/settings';
import type { ToolEntry } from '../../../tools/registry';
import { Observable } from '../../observable';
import type { DrawingState } from '../state';
import type { Secrets } from './secrets';
import type { ServiceDb, StoredService } from './serviceDb';

export interface DrawingOptions {
  db: ServiceDb;
  secrets: Secrets;
  /** The tools have changed. */
  onChange: () => void;
}

export class Drawing extends Observable<DrawingState> {
  constructor(private readonly options: DrawingOptions) {
    super({ drawing: NO_ENDPOINTS });
  }

  get entries(): ToolEntry[] {
    return drawEntries(this.state.drawing, this.options.secrets.read);
  }

  take(stored: readonly StoredService[]): void {
    const kept = stored.find((one) => one.kind === 'drawing');
    this.patch({ drawing: kept ? { images: kept.images, videos: kept.videos } : NO_ENDPOINTS });
  }

  async save(drawing: DrawSettings): Promise<void> {
    this.patch({ drawing });
    this.options.onChange();
    await this.options.db.save({ kind: 'drawing', ...drawing }).catch(() => undefined);
  }

  clear(): void {
    this.patch({ drawing: NO_ENDPOINTS });
  }
}
