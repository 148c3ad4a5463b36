// Licences of the models: what they are called, what they want shown, what they ask of a user.
import type { LicenceId, Text } from './types';

export interface Licence {
  id: LicenceId;
  name: string;
  url: string;
  /** Sentence the licence wants displayed by every product that uses the model; '' when it wants none. */
  badge: string;
  /** The licence is to be shown before the model is used, and agreed to. */
  needsAcceptance: boolean;
  /** In plain words; for the whole truth there is the link. */
  commercialUse: Text;
  /** Where commercial use is registered; '' when it needs no registration. */
  registrationUrl: string;
}

const REGISTRATION_URL = 'https://open.bigmodel.cn/mla/form';
const REGISTERED: Text = {
  en: 'Research is free. Commercial use is free after registration. Not for military or illegal use.',
  zh: '学术研究免费；商业使用须先登记，登记后免费。不得用于军事或违法用途。',
};
const OPEN: Text = { en: 'Free for any use, commercial included.', zh: '可免费用于任何用途，包括商业用途。' };

/** glm-models.md §8.2. The three named licences share one text; each wants its own sentence. */
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
};
