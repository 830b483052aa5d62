import { Link, useLocation, useMatches, useNavigate, useNavigation, useSubmit } from '@remix-run/react';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { Header, MenuSection } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Warning } from './certificates/certificate-types';
import { countWarnings, WarningBanner } from './certificates/warning-banner';
import { expectSignOut, useConnection } from './live/socket';
import { AccountLanguage } from './i18n/account-language';
import { pagesOf } from './page-handle';
import { usePermissions, usePermissionsEverywhere } from './permissions';
import { Breadcrumb } from './ui/frame/breadcrumb';
import { BlockedBanner } from './ui/frame/blocked-banner';
import { ConnectionIndicator } from './ui/frame/connection-indicator';
import {
  AccountIcon,
  AuditIcon,
  CertificatesIcon,
  CommandsIcon,
  ConfigurationIcon,
  DashboardIcon,
  EnrolmentIcon,
  FleetsIcon,
  HostsIcon,
  UsersIcon,
} from './ui/icons';
import { Logo } from './ui/frame/logo';
import { MenuButton, MenuItem } from './ui/menu';
import { Rail } from './ui/frame/rail';
import { focusRow, toggleRow, useShortcuts, useShortcutsEnabled } from './ui/frame/shortcuts';
import type { Theme } from './ui/frame/theme';
import { ThemeSwitch } from './ui/frame/theme-switch';
import { TopBar } from './ui/frame/top-bar';

/** With all that a dialog needs, which few pages have from the start. */
const ShortcutHelp = lazy(() => import('./ui/frame/shortcut-help'));

interface Props {
  me: { id: string; email: string };
  theme: Theme;
  /** How many hosts wait for approval. */
  waiting: number;
  /** What nears its end among the certificates. */
  warnings: Warning[];
  children: ReactNode;
}

/** What stands around every page: the places to go, where one is, whether it is live, who one is. */
export function Frame({ me, theme, waiting, warnings, children }: Props) {
  const { t } = useTranslation();
  const navigation = useNavigation();
  const connection = useConnection();
  const pages = pagesOf(useMatches(), t);
  const may = usePermissions();
  const everywhere = usePermissionsEverywhere();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const waits = { count: waiting, label: t('nav.waiting', { count: waiting }) };
  const ending = { count: countWarnings(warnings), label: t('nav.ending', { count: countWarnings(warnings) }) };
  const places = [
    { to: '/', label: t('nav.dashboard'), Icon: DashboardIcon },
    ...(may.has('hosts.read') ? [{ to: '/hosts', label: t('nav.hosts'), Icon: HostsIcon, badge: waits }] : []),
    ...(may.has('certificates.read')
      ? [{ to: '/certificates', label: t('nav.certificates'), Icon: CertificatesIcon, badge: ending }]
      : []),
    ...(may.has('enrolment.manage') ? [{ to: '/enrolment', label: t('nav.enrolment'), Icon: EnrolmentIcon }] : []),
    ...(may.has('hosts.read') ? [{ to: '/fleets', label: t('nav.fleets'), Icon: FleetsIcon }] : []),
    ...(may.has('commands.read') ? [{ to: '/commands', label: t('nav.commands'), Icon: CommandsIcon }] : []),
    ...(everywhere.has('configuration.read')
      ? [{ to: '/configuration', label: t('nav.configuration'), Icon: ConfigurationIcon }]
      : []),
    ...(may.has('users.read') ? [{ to: '/users', label: t('nav.users'), Icon: UsersIcon }] : []),
    ...(may.has('audit.read') ? [{ to: '/audit', label: t('nav.audit'), Icon: AuditIcon }] : []),
  ];
  const target = navigation.location?.pathname;
  const next = places.find(({ to }) => (to === '/' ? target === to : target?.startsWith(to)));
  const { shortcuts, isEnabled, enable } = useFrameShortcuts(() => setHelpOpen(true));
  const content = useFocusOnNewPage();
  // Once the page works, so that it is there when the server is not. Whoever opens it before loads it then.
  useEffect(() => void import('./ui/frame/shortcut-help').catch(() => undefined), []);

  return (
    <div
      data-user-id={me.id}
      className="sm:grid sm:min-h-dvh sm:grid-cols-[3.5rem_minmax(0,1fr)] lg:grid-cols-[13rem_minmax(0,1fr)]"
    >
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-3">
        {t('nav.skip')}
      </a>
      <div className="border-line bg-sunken sm:sticky sm:top-0 sm:h-dvh sm:border-e sm:px-2 lg:px-3">
        <Rail
          label={t('nav.label')}
          brand={
            <Link to="/" className="mb-4 hidden h-12 items-center px-2 sm:flex lg:px-1.5">
              <Logo isSmall />
            </Link>
          }
          items={places}
        />
      </div>
      <div className="min-w-0">
        <TopBar
          start={
            <Breadcrumb
              label={t('nav.breadcrumb')}
              crumbs={pages.map(({ title, path }) => ({ text: title, to: path }))}
            />
          }
          end={
            <>
              <span className="pe-2">
                <ConnectionIndicator connection={connection} />
              </span>
              <AccountLanguage />
              <ThemeSwitch theme={theme} />
              <Account email={me.email} onHelp={() => setHelpOpen(true)} />
            </>
          }
          waitingFor={navigation.state === 'idle' ? null : next ? t('wait.page', { page: next.label }) : t('wait.any')}
        />
        <BlockedBanner connection={connection} />
        <WarningBanner warnings={warnings} />
        <main
          ref={content}
          id="content"
          tabIndex={-1}
          className="relative mx-auto max-w-[100rem] p-4 pb-24 outline-none sm:p-6 sm:pb-12"
        >
          <noscript>
            <p className="mb-4 rounded-4 bg-sunken px-4 py-3">{t('frame.noScript')}</p>
          </noscript>
          {children}
        </main>
      </div>
      {isHelpOpen && (
        <Suspense fallback={null}>
          <ShortcutHelp
            isOpen={isHelpOpen}
            onOpenChange={setHelpOpen}
            isEnabled={isEnabled}
            onEnable={enable}
            shortcuts={shortcuts}
          />
        </Suspense>
      )}
    </div>
  );
}

/**
 * Another page takes the focus, as it would without script: else it stays on a link that is gone, and nothing is read
 * out.
 */
function useFocusOnNewPage() {
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) content.current?.focus({ preventScroll: true });
    shown.current = pathname;
  }, [pathname]);
  return content;
}

function useFrameShortcuts(openHelp: () => void) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = usePermissions();
  const everywhere = usePermissionsEverywhere();
  const [isEnabled, enable] = useShortcutsEnabled();
  const shortcuts = [
    { keys: 'g d', text: t('shortcuts.goDashboard'), act: () => navigate('/') },
    ...(may.has('hosts.read') ? [{ keys: 'g h', text: t('shortcuts.goHosts'), act: () => navigate('/hosts') }] : []),
    ...(may.has('commands.read')
      ? [{ keys: 'g r', text: t('shortcuts.goCommands'), act: () => navigate('/commands') }]
      : []),
    ...(everywhere.has('configuration.read')
      ? [{ keys: 'g o', text: t('shortcuts.goConfiguration'), act: () => navigate('/configuration') }]
      : []),
    ...(may.has('hosts.read') ? [{ keys: 'g f', text: t('shortcuts.goFleets'), act: () => navigate('/fleets') }] : []),
    ...(may.has('certificates.read')
      ? [{ keys: 'g c', text: t('shortcuts.goCertificates'), act: () => navigate('/certificates') }]
      : []),
    ...(may.has('enrolment.manage')
      ? [{ keys: 'g e', text: t('shortcuts.goEnrolment'), act: () => navigate('/enrolment') }]
      : []),
    ...(may.has('users.read') ? [{ keys: 'g u', text: t('shortcuts.goUsers'), act: () => navigate('/users') }] : []),
    ...(may.has('audit.read') ? [{ keys: 'g a', text: t('shortcuts.goAudit'), act: () => navigate('/audit') }] : []),
    {
      keys: '/',
      text: t('shortcuts.search'),
      act: () => document.querySelector<HTMLElement>('[data-filter]')?.focus(),
    },
    { keys: 'j', text: t('shortcuts.nextRow'), act: () => focusRow(1) },
    { keys: 'k', text: t('shortcuts.previousRow'), act: () => focusRow(-1) },
    { keys: 'x', text: t('shortcuts.selectRow'), act: toggleRow },
    { keys: '?', text: t('shortcuts.help'), act: openHelp },
  ];
  useShortcuts(Object.fromEntries(shortcuts.map(({ keys, act }) => [keys, act])), isEnabled);
  return { shortcuts, isEnabled, enable };
}

function Account({ email, onHelp }: { email: string; onHelp: () => void }) {
  const { t } = useTranslation();
  const submit = useSubmit();
  return (
    <MenuButton shape="icon" label={t('account.name', { email })} face={<AccountIcon />}>
      <MenuSection>
        <Header className="truncate px-2 pt-1 pb-1.5 text-12 text-ink-3">{email}</Header>
        <MenuItem id="profile" href="/profile">
          {t('account.profile')}
        </MenuItem>
        <MenuItem id="help" onAction={onHelp}>
          {t('account.shortcuts')}
        </MenuItem>
        <MenuItem
          id="out"
          onAction={() => {
            expectSignOut();
            submit(null, { method: 'post', action: '/sign-out' });
          }}
        >
          {t('account.signOut')}
        </MenuItem>
      </MenuSection>
    </MenuButton>
  );
}
