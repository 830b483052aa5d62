import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { keepPage } from '../forms/keep-page';
import type { PageHandle } from '../page-handle';
import { ChoosePassword, ClosedLink, refusedChoice } from '../users/choose-password';
import { choosePassword, loadLink } from '../users/choose-password.server';

export const handle: PageHandle = { title: (t) => t('choosePassword.reset') };

export const loader = (args: LoaderFunctionArgs) => loadLink(args, 'reset');

export const action = (args: ActionFunctionArgs) => choosePassword(args, 'reset');

export const clientAction = keepPage(refusedChoice);

export default ChoosePassword;

export const ErrorBoundary = ClosedLink;
