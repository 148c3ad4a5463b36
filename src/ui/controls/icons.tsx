// Line icons on a 20 px grid; decoration only, the control around them has the name.
import type { ReactNode } from 'react';

export function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);
export const CloudIcon = () => (
  <Icon>
    <path d="M5.8 15.5a3.3 3.3 0 0 1-.4-6.6 4.8 4.8 0 0 1 9.3 1 2.9 2.9 0 0 1-.3 5.6z" />
    <path d="M10 13.5V9.2M8.2 10.9 10 9.1l1.8 1.8" />
  </Icon>
);
export const AgentIcon = () => (
  <Icon>
    <circle cx="10" cy="7" r="3" />
    <path d="M4 16.5a6 6 0 0 1 12 0" />
  </Icon>
);
export const GlobeIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M3.5 10h13M10 3.5c2.2 1.9 3 4 3 6.5s-.8 4.6-3 6.5c-2.2-1.9-3-4-3-6.5s.8-4.6 3-6.5" />
  </Icon>
);
export const PencilIcon = () => (
  <Icon>
    <path d="M9.5 4H5.5A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16h9a1.5 1.5 0 0 0 1.5-1.5v-4" />
    <path d="M14.3 3.7a1.4 1.4 0 0 1 2 2L10.5 11.5 8 12l.5-2.5z" />
  </Icon>
);
export const MenuIcon = () => (
  <Icon>
    <path d="M3.5 6h13M3.5 10h13M3.5 14h8" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M3.5 6.5h7M14.5 6.5h2M3.5 13.5h2M9.5 13.5h7" />
    <circle cx="12.5" cy="6.5" r="2" />
    <circle cx="7.5" cy="13.5" r="2" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4.5M5 9.2l5-5 5 5" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor" stroke="none" />
  </Icon>
);
export const CopyIcon = () => (
  <Icon>
    <rect x="7" y="7" width="9" height="9" rx="2" />
    <path d="M13 7V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v5a2 2 0 0 0 2 2h1" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.8 3.8 7.2-8" />
  </Icon>
);
export const RefreshIcon = () => (
  <Icon>
    <path d="M15.8 8.5A6 6 0 0 0 4.7 7.3M4.2 11.5a6 6 0 0 0 11.1 1.2" />
    <path d="M4.2 4v3.5h3.5M15.8 16v-3.5h-3.5" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M4 6h12M8 6V4.5h4V6M5.5 6l.7 9a1.2 1.2 0 0 0 1.2 1h5.2a1.2 1.2 0 0 0 1.2-1l.7-9" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />
  </Icon>
);
export const ChevronIcon = () => (
  <Icon>
    <path d="m6.5 8.5 3.5 3.5 3.5-3.5" />
  </Icon>
);
export const ArrowDownIcon = () => (
  <Icon>
    <path d="M10 4.5V15M5.5 10.8 10 15.3l4.5-4.5" />
  </Icon>
);
export const FileIcon = () => (
  <Icon>
    <path d="M11.5 3.5H6.5A1.5 1.5 0 0 0 5 5v10a1.5 1.5 0 0 0 1.5 1.5h7A1.5 1.5 0 0 0 15 15V7z" />
    <path d="M11.5 3.5V7H15" />
  </Icon>
);
export const FolderIcon = () => (
  <Icon>
    <path d="M3.5 6A1.5 1.5 0 0 1 5 4.5h3l1.8 2H15A1.5 1.5 0 0 1 16.5 8v6a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 14z" />
  </Icon>
);
export const ShieldIcon = () => (
  <Icon>
    <path d="M10 3.5 4.5 5.5v4.2c0 3.3 2.2 5.6 5.5 6.8 3.3-1.2 5.5-3.5 5.5-6.8V5.5z" />
    <path d="m7.5 9.8 1.8 1.8 3.2-3.4" />
  </Icon>
);
export const SaveIcon = () => (
  <Icon>
    <path d="M10 3.8v8M6.6 8.6 10 12l3.4-3.4M4 13.5v1A1.5 1.5 0 0 0 5.5 16h9a1.5 1.5 0 0 0 1.5-1.5v-1" />
  </Icon>
);
export const InstallIcon = () => (
  <Icon>
    <path d="M10 3.5v7M7 7.8l3 3 3-3M4 12.5V15a1.5 1.5 0 0 0 1.5 1.5h9A1.5 1.5 0 0 0 16 15v-2.5" />
  </Icon>
);
export const GaugeIcon = () => (
  <Icon>
    <path d="M4.5 15.5a7.3 7.3 0 1 1 11 0M10 11.5l3.2-3.6" />
    <circle cx="10" cy="11.8" r="1" />
  </Icon>
);
export const ThemeIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
  </Icon>
);
export const LanguageIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M3.5 10h13M10 3.5c4.3 4 4.3 9 0 13M10 3.5c-4.3 4-4.3 9 0 13" />
  </Icon>
);
export const InfoIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.8" />
    <path d="M10 9.3v4M10 6.6v.1" />
  </Icon>
);
export const LockIcon = () => (
  <Icon>
    <rect x="4.5" y="9" width="11" height="7.5" rx="2" />
    <path d="M7 9V6.8a3 3 0 0 1 6 0V9" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.8" />
    <path d="M10 6.5v4M10 13.3v.1" />
  </Icon>
);

/** The app's mark: a browser window with one tab, and a spark in it. Twin of public/icon.svg. */
export const Mark = () => (
  <svg className="mark" viewBox="0 0 64 64" width="32" height="32" aria-hidden="true">
    <path className="mark-strip" d="M16 8h32a12 12 0 0 1 12 12v4H4v-4A12 12 0 0 1 16 8z" />
    <path
      className="mark-tab"
      d="M4 20A12 12 0 0 1 16 8h13a8 8 0 0 1 8 8 7 7 0 0 0 7 7h16v21a12 12 0 0 1-12 12H16A12 12 0 0 1 4 44z"
    />
    <path
      className="mark-spark"
      d="M32 24c1.5 8.7 5.2 12.4 14 14-8.8 1.6-12.5 5.3-14 14-1.5-8.7-5.2-12.4-14-14 8.8-1.6 12.5-5.3 14-14z"
    />
  </svg>
);
export const ArrowLeftIcon = () => (
  <Icon>
    <path d="M12 5.5 7.5 10l4.5 4.5" />
  </Icon>
);
export const ArrowRightIcon = () => (
  <Icon>
    <path d="M8 5.5 12.5 10 8 14.5" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M5 10h.01M10 10h.01M15 10h.01" strokeWidth="2.4" />
  </Icon>
);
export const PinIcon = () => (
  <Icon>
    <path d="M7.5 3.5h5M8.2 3.5v4.3L6 10.5v1.7h8v-1.7l-2.2-2.7V3.5M10 12.2v4.3" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="4.8" />
    <path d="m12.6 12.6 3.6 3.6" />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M6.5 4.5v11l9-5.5z" />
  </Icon>
);
export const RawIcon = () => (
  <Icon>
    <path d="M7 6.5 3.5 10 7 13.5M13 6.5l3.5 3.5-3.5 3.5M11.3 4.8 8.7 15.2" />
  </Icon>
);
export const ThoughtIcon = () => (
  <Icon>
    <path d="M10 3.2a4.8 4.8 0 0 1 2.6 8.8c-.5.3-.8.9-.8 1.5H8.2c0-.6-.3-1.2-.8-1.5A4.8 4.8 0 0 1 10 3.2z" />
    <path d="M8.6 16.2h2.8" />
  </Icon>
);
export const ToolIcon = () => (
  <Icon>
    <path d="M12.9 3.6a4 4 0 0 0-4.8 5.3l-4.6 4.6a1.6 1.6 0 0 0 0 2.3l.7.7a1.6 1.6 0 0 0 2.3 0l4.6-4.6a4 4 0 0 0 5.3-4.8l-2.5 2.5-2.6-.9-.9-2.6z" />
  </Icon>
);
export const AttachIcon = () => (
  <Icon>
    <path d="m15.6 9.4-5.7 5.7a3.5 3.5 0 0 1-5-5l6-6a2.3 2.3 0 0 1 3.3 3.3l-6 6a1.1 1.1 0 0 1-1.6-1.7l5.4-5.3" />
  </Icon>
);
