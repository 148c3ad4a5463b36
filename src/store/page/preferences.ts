// Small settings in localStorage. A damaged or refused storage costs the settings, never the page.
import { LICENCES } from '../../catalogue/licences';
import type { LicenceId } from '../../catalogue/types';
import { CONTEXT_POLICIES, readFormat, readNames, readThinking } from '../answerSettings';
import { DEFAULT_BROWSER, readBrowserSettings } from '../../tools/browser/settings';
import type { ToolPermission } from '../../tools/permissions';
import type { SmallStorage } from '../ports';
import type { Preferences } from './types';

export const PREFERENCES_KEY = 'glm-preferences';

export const DEFAULT_PREFERENCES: Preferences = {
  language: 'auto',
  theme: 'system',
  fontSize: 'normal',
  systemPrompt: '',
  sampling: {},
  seed: null,
  maxTokens: null,
  contextPolicy: 'drop-oldest',
  contextTokens: null,
  lastModelId: null,
  hub: null,
  mirrorUrl: '',
  acceptedLicences: [],
  runningDownload: null,
  leftDownloadsAt: 0,
  toolPermissions: {},
  browser: DEFAULT_BROWSER,
};

const oneOf = <T extends string>(choices: readonly T[], value: unknown, fallback: T): T =>
  choices.includes(value as T) ? (value as T) : fallback;
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const LICENCE_IDS = Object.keys(LICENCES) as LicenceId[];
const HUBS = ['huggingface', 'mirror', 'modelscope'] as const;

function readPermissions(saved: unknown): Record<string, ToolPermission> {
  const entries = typeof saved === 'object' && saved !== null ? Object.entries(saved) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, ToolPermission] =>
      ['ask', 'always'].includes(String(entry[1])),
    ),
  );
}

export function readPreferences(storage: SmallStorage): Preferences {
  try {
    const saved = JSON.parse(storage.getItem(PREFERENCES_KEY) ?? '{}') as Record<string, unknown>;
    const sampling = Object.entries((saved.sampling ?? {}) as Record<string, unknown>).filter(
      ([, value]) => numberOrNull(value) !== null,
    );
    return {
      language: oneOf(['auto', 'en', 'zh-CN'], saved.language, 'auto'),
      theme: oneOf(['system', 'light', 'dark'], saved.theme, 'system'),
      fontSize: oneOf(['small', 'normal', 'large'], saved.fontSize, 'normal'),
      systemPrompt: textOrNull(saved.systemPrompt) ?? '',
      sampling: Object.fromEntries(sampling),
      seed: numberOrNull(saved.seed),
      maxTokens: numberOrNull(saved.maxTokens),
      contextPolicy: oneOf(CONTEXT_POLICIES, saved.contextPolicy, 'drop-oldest'),
      contextTokens: numberOrNull(saved.contextTokens),
      lastModelId: textOrNull(saved.lastModelId),
      hub: HUBS.find((hub) => hub === saved.hub) ?? null,
      mirrorUrl: textOrNull(saved.mirrorUrl) ?? '',
      acceptedLicences: Array.isArray(saved.acceptedLicences)
        ? LICENCE_IDS.filter((id) => (saved.acceptedLicences as unknown[]).includes(id))
        : [],
      runningDownload: textOrNull(saved.runningDownload),
      leftDownloadsAt: numberOrNull(saved.leftDownloadsAt) ?? 0,
      toolPermissions: readPermissions(saved.toolPermissions),
      browser: readBrowserSettings(saved.browser),
      ...(numberOrNull(saved.pictureTokens) !== null && { pictureTokens: Number(saved.pictureTokens) }),
      ...readNames('tools', saved.tools),
      ...readFormat(saved.format),
      ...readThinking(saved.thinking),
    };
  } catch {
    return DEFAULT_PREFERENCES;
  }
}

export function writePreferences(storage: SmallStorage, preferences: Preferences): void {
  try {
    storage.setItem(PREFERENCES_KEY, JSON.stringify(preferences));
  } catch {
    // Private windows may refuse; the settings then last as long as the page.
  }
}
