import { useNavigate } from '@remix-run/react';
import { ChevronDownIcon } from '../icons';
import { MenuButton, MenuChoice, MenuItem } from '../menu';

interface Props {
  /** On the button: what is chosen, or what there is to choose. */
  face: string;
  title: string;
  chosen: string;
  /** In the order they are offered, each with its words. */
  options: { id: string; text: string }[];
  /** The address of the list with another one chosen. */
  link: (id: string) => string;
}

/** One of several ways to show a list, each of which has an address. */
export function ListMenu({ face, title, chosen, options, link }: Props) {
  const navigate = useNavigate();
  return (
    <MenuButton
      look="quiet"
      face={
        <span className="flex items-center gap-2">
          {face} <ChevronDownIcon />
        </span>
      }
    >
      <MenuChoice title={title} chosen={chosen} onChoose={(id) => navigate(link(id), { preventScrollReset: true })}>
        {options.map(({ id, text }) => (
          <MenuItem key={id} id={id}>
            {text}
          </MenuItem>
        ))}
      </MenuChoice>
    </MenuButton>
  );
}
