// Licences of the models: names, required notices, and conditions for users.
import type { LicenceId, Text } from './types';

export interface Licence {
  id: LicenceId;
  name: string;
  url: string;
  /** Notice that the licence requires every product using the model to display; '' if none. */
  badge: string;
  /** Whether the licence must be shown and accepted before use. */
  needsAcceptance: boolean;
  /** Plain-language summary; the link leads to the full text. */
  commercialUse: Text;
  /** Registration page for commercial use; '' if no registration is needed. */
  registrationUrl: string;
}

const REGISTRATION_URL = 'https://open.bigmodel.cn/mla/form';
const REGISTERED: Text = {
  en: 'Research is free. Commercial use is free after registration. Not for military or illegal use.',
  zh: '学术研究免费；商业使用须先登记，登记后免费。不得用于军事或违法用途。',
};
const OPEN: Text = { en: 'Free for any use, commercial included.', zh: '可免费用于任何用途，包括商业用途。' };

/** Sources: the LICENSE files linked below. The three named licences share one text; each requires its own notice. */
export const LICENCES: Readonly<Record<LicenceId, Licence>> = {
  'glm-4': {
    id: 'glm-4',
    name: 'The glm-4-9b License',
    url: 'https://huggingface.co/THUDM/glm-4-9b-chat/blob/main/LICENSE',
    badge: 'Built with glm-4',
    needsAcceptance: true,
    commercialUse: REGISTERED,
    registrationUrl: REGISTRATION_URL,
  },
  codegeex4: {
    id: 'codegeex4',
    name: 'The CodeGeeX4 License',
    url: 'https://huggingface.co/THUDM/codegeex4-all-9b/blob/main/LICENSE',
    badge: 'Built with CodeGeeX4',
    needsAcceptance: true,
    commercialUse: REGISTERED,
    registrationUrl: REGISTRATION_URL,
  },
  'glm-edge': {
    id: 'glm-edge',
    name: 'The GLM-Edge License',
    url: 'https://huggingface.co/THUDM/glm-edge-1.5b-chat/blob/main/LICENSE',
    badge: 'Built with GLM-Edge',
    needsAcceptance: true,
    commercialUse: REGISTERED,
    registrationUrl: REGISTRATION_URL,
  },
  mit: {
    id: 'mit',
    name: 'MIT',
    url: 'https://opensource.org/license/mit',
    badge: '',
    needsAcceptance: false,
    commercialUse: OPEN,
    registrationUrl: '',
  },
  'apache-2.0': {
    id: 'apache-2.0',
    name: 'Apache-2.0',
    url: 'https://www.apache.org/licenses/LICENSE-2.0',
    badge: '',
    needsAcceptance: false,
    commercialUse: OPEN,
    registrationUrl: '',
  },
  // The terms of these weights were not read: the app says so instead of naming a licence.
  'model-card': {
    id: 'model-card',
    name: 'Model card',
    url: 'https://huggingface.co/zai-org/AutoGLM-Phone-9B',
    badge: '',
    needsAcceptance: false,
    commercialUse: {
      en: 'Read the terms on the model’s page before you use it.',
      zh: '使用前请阅读模型页面上的许可条款。',
    },
    registrationUrl: '',
  },
};
