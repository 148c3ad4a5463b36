// Texts that only dialogs and pages have which load later (lazyView in src/ui/lazyPart.ts), in both languages.
import type { Language } from './format';
import { enAbout } from './en/dialogs/enAbout';
import { enBench } from './en/dialogs/enBench';
import { enCatalogue } from './en/dialogs/enCatalogue';
import { enEyes } from './en/dialogs/enEyes';
import { enPalette } from './en/dialogs/enPalette';
import { enServerForm } from './en/dialogs/enServerForm';
import { enSettings } from './en/dialogs/enSettings';
import { zhCNAbout } from './zh/dialogs/zhAbout';
import { zhCNBench } from './zh/dialogs/zhBench';
import { zhCNCatalogue } from './zh/dialogs/zhCatalogue';
import { zhCNEyes } from './zh/dialogs/zhEyes';
import { zhCNPalette } from './zh/dialogs/zhPalette';
import { zhCNServerForm } from './zh/dialogs/zhServerForm';
import { zhCNSettings } from './zh/dialogs/zhSettings';

const en = {
  ...enAbout,
  ...enBench,
  ...enCatalogue,
  ...enEyes,
  ...enPalette,
  ...enServerForm,
  ...enSettings,
};

export type DialogKey = keyof typeof en;

const zhCN: Record<DialogKey, string> = {
  ...zhCNAbout,
  ...zhCNBench,
  ...zhCNCatalogue,
  ...zhCNEyes,
  ...zhCNPalette,
  ...zhCNServerForm,
  ...zhCNSettings,
};

export const DIALOG_TEXTS = { en, 'zh-CN': zhCN } satisfies Record<Language, unknown>;
