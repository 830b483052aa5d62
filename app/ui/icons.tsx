import type { ReactNode } from 'react';

/** Decoration beside words, or inside a control that has its own name: hidden from screen readers either way. */
function icon(drawing: ReactNode) {
  return function Icon({ className = 'size-4' }: { className?: string }) {
    return (
      <svg
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        className={`shrink-0 ${className}`}
      >
        {drawing}
      </svg>
    );
  };
}

export const DashboardIcon = icon(<path d="M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-6M13.5 13.5v-11" />);
export const HostsIcon = icon(
  <>
    <rect x="2" y="2.5" width="12" height="4.5" rx="1" />
    <rect x="2" y="9" width="12" height="4.5" rx="1" />
    <path d="M4.5 4.75h.01M4.5 11.25h.01" strokeWidth="2" />
  </>,
);
export const ConfigurationIcon = icon(<path d="M2 4.5h6.5M12.5 4.5H14M2 11.5h1.5M7.5 11.5H14M10.5 2.5v4M5.5 9.5v4" />);
export const FleetsIcon = icon(
  <>
    <rect x="5.25" y="2" width="5.5" height="4.5" rx="1" />
    <rect x="1.75" y="9.5" width="5.5" height="4.5" rx="1" />
    <rect x="8.75" y="9.5" width="5.5" height="4.5" rx="1" />
  </>,
);
export const CertificatesIcon = icon(
  <>
    <circle cx="8" cy="6" r="4" />
    <path d="m5.5 9.25-1 5L8 12.5l3.5 1.75-1-5" />
  </>,
);
export const WarningIcon = icon(<path d="M8 2.25 14.25 13.5H1.75L8 2.25ZM8 6.5v3M8 11.5h.01" />);
export const EndedIcon = icon(
  <path d="M2.25 8a5.75 5.75 0 1 0 11.5 0 5.75 5.75 0 1 0-11.5 0Zm3.5-2.25 4.5 4.5m0-4.5-4.5 4.5" />,
);
export const EnrolmentIcon = icon(
  <>
    <circle cx="5" cy="11" r="2.5" />
    <path d="m6.8 9.2 6.2-6.2M10.5 5.5l2 2M8.7 7.3l1.3 1.3" />
  </>,
);
export const AuditIcon = icon(
  <>
    <path d="M3.5 2h6.2L12.5 4.8V14h-9Z" />
    <path d="M6 7h4M6 9.5h4M6 12h2.5" />
  </>,
);
export const UsersIcon = icon(
  <>
    <circle cx="6" cy="5.5" r="2.5" />
    <path d="M1.5 13c.6-2.2 2.3-3.4 4.5-3.4S9.9 10.8 10.5 13M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12 9.9c1.3.5 2.1 1.6 2.5 3.1" />
  </>,
);
export const CommandsIcon = icon(<path d="m3 4.5 3.5 3.5L3 11.5M8 12h5" />);
export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3 3" />
  </>,
);
export const CopyIcon = icon(
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M3.5 10.5h-.25a.75.75 0 0 1-.75-.75v-6.5c0-.41.34-.75.75-.75h6.5c.41 0 .75.34.75.75v.25" />
  </>,
);
export const CheckIcon = icon(<path d="m3 8.5 3.2 3.2L13 4.8" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const ChevronDownIcon = icon(<path d="m4 6 4 4 4-4" />);
export const ArrowUpIcon = icon(<path d="M8 13V3.5M4 7l4-4 4 4" />);
export const ArrowDownIcon = icon(<path d="M8 3v9.5M4 9l4 4 4-4" />);
export const MoreIcon = icon(<path d="M3 8h.01M8 8h.01M13 8h.01" strokeWidth="2.5" />);
export const AccountIcon = icon(
  <>
    <circle cx="8" cy="5.5" r="2.75" />
    <path d="M2.75 13.5c.7-2.4 2.7-3.75 5.25-3.75s4.55 1.35 5.25 3.75" />
  </>,
);
export const LanguageIcon = icon(
  <path d="M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM2 8h12M8 2c3.5 3.6 3.5 8.4 0 12M8 2C4.5 5.6 4.5 10.4 8 14" />,
);
export const LightIcon = icon(
  <>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  </>,
);
export const DarkIcon = icon(<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />);
export const SystemIcon = icon(
  <>
    <rect x="2" y="2.5" width="12" height="8.5" rx="1" />
    <path d="M5.5 13.75h5" />
  </>,
);
