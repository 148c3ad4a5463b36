import { Icon } from '../../../controls/icons';

export const CameraIcon = () => (
  <Icon>
    <path d="M3 7.2A1.7 1.7 0 0 1 4.7 5.5h1.6l1.2-1.8h5l1.2 1.8h1.6A1.7 1.7 0 0 1 17 7.2v7.1a1.7 1.7 0 0 1-1.7 1.7H4.7A1.7 1.7 0 0 1 3 14.3z" />
    <circle cx="10" cy="10.5" r="2.9" />
  </Icon>
);
