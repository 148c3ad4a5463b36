import type { WireError } from '../../shared/errors';
import { Observable } from '../observable';
import type { DialogName, ModelsTab, ViewState } from './types';

/** What is open on the page, and the notice it shows. */
export class View extends Observable<ViewState> {
  constructor() {
    super({ dialog: null, modelsTab: 'catalogue', chatListOpen: false, notice: null });
  }

  /** The dialog replaces the chat list, where that is a drawer. */
  open(dialog: DialogName): void {
    this.patch({ dialog, chatListOpen: false });
  }
  openModels(modelsTab: ModelsTab): void {
    this.patch({ modelsTab });
    this.open('models');
  }
  setModelsTab(modelsTab: ModelsTab): void {
    this.patch({ modelsTab });
  }
  close(): void {
    this.patch({ dialog: null });
  }

  setChatListOpen(chatListOpen: boolean): void {
    this.patch({ chatListOpen });
  }

  notify(notice: WireError): void {
    this.patch({ notice });
  }
  dismissNotice(): void {
    this.patch({ notice: null });
  }
}
