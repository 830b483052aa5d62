import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { platforms } from '../hosts/host-types';
import { useFigures } from '../ui/figures/use-figures';
import { MachineName } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { Overview } from './overview-types';

/** Of what the fleet is made: each figure leads to its hosts. */
export function Spread({ platforms: systems, agentVersions }: Pick<Overview, 'platforms' | 'agentVersions'>) {
  const { t } = useTranslation();
  const known = systems.map(({ value, hosts }) => {
    const platform = platforms.find((one) => one === value);
    return { value, hosts, text: platform ? t(`platform.${platform}`) : value, to: `/hosts?platform=${value}` };
  });
  const versions = agentVersions.map(({ value, hosts }) => {
    // Compared as a version where it is one.
    const operator = /\d/.test(value) ? '=' : 'contains';
    const filter = new URLSearchParams({ filter: `agent_version ${operator} ${JSON.stringify(value)}` }).toString();
    return { value, hosts, text: value, to: `/hosts?${filter}` };
  });
  return (
    <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
      <Figures title={t('dashboard.platforms')} figures={known} />
      <Figures title={t('dashboard.agentVersions')} figures={versions} />
    </div>
  );
}

interface Figure {
  value: string;
  hosts: number;
  text: string;
  to: string;
}

function Figures({ title, figures }: { title: string; figures: Figure[] }) {
  const { number } = useFigures();
  if (figures.length === 0) return null;
  return (
    <Section title={title}>
      <ul className="flex flex-col gap-1">
        {figures.map(({ value, hosts, text, to }) => (
          <li key={value} className="flex justify-between gap-4">
            <Link to={to} className="wrap-anywhere hover:underline">
              <MachineName name={text} />
            </Link>
            <span suppressHydrationWarning>{number(hosts)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
