import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { RuleBuilder } from './rule-builder';

interface Props {
  /** The rule as it is written now. */
  text: string;
  /** Called with the text of what was clicked. */
  onText: (text: string) => void;
}

/** Opens the parts of a rule beside its text. Not what a page needs to work: it is loaded afterwards. */
export default function BuildRule(props: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Button look="plain" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
          {t('rules.build.open')}
        </Button>
      </div>
      {isOpen && <RuleBuilder {...props} />}
    </div>
  );
}
