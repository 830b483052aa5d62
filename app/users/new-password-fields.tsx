import type { ParseKeys } from 'i18next';
import { useTranslation } from 'react-i18next';
import { TextField } from '../ui/fields/text-field';

interface Props {
  labels: { password: ParseKeys; repeat: ParseKeys };
  fields: Partial<Record<'password' | 'repeat', ParseKeys>> | undefined;
  /** Changes with each answer: what was typed must not stay behind a refusal. */
  answers: number;
}

/** A new password, twice. */
export function NewPasswordFields({ labels, fields, answers }: Props) {
  const { t } = useTranslation();
  const common = { type: 'password', autoComplete: 'new-password' } as const;
  return (
    <>
      <TextField
        {...common}
        key={`password ${answers}`}
        id="password"
        name="password"
        label={String(t(labels.password))}
        description={t('setup.passwordHelp')}
        error={fields?.password && String(t(fields.password))}
      />
      <TextField
        {...common}
        key={`repeat ${answers}`}
        id="repeat"
        name="repeat"
        label={String(t(labels.repeat))}
        error={fields?.repeat && String(t(fields.repeat))}
      />
    </>
  );
}
