/** A chip or button that opens a menu: one choice, several choices, or links. Keyboard and focus come from Radix. */
import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export type MenuOption = { value: string; label: ReactNode; note?: ReactNode };

type ChoiceProps = {
  /** What the chip says: the current choice, or what is chosen between. */
  children: ReactNode;
  label: string;
  options: readonly MenuOption[];
  selected: readonly string[];
  onSelect: (value: string) => void;
  /** Several may be on: the menu stays open and shows checks. */
  many?: boolean;
};

/** A chip with a menu of choices. */
export function ChoiceMenu({ children, label, options, selected, onSelect, many }: ChoiceProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="chip chip-line" aria-label={label}>
        {children}
        <ChevronDown className="icon-xs" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          {options.map((option) => (
            <DropdownMenu.CheckboxItem
              key={option.value}
              className="menu-i"
              checked={selected.includes(option.value)}
              onSelect={(event) => {
                if (many) event.preventDefault();
                onSelect(option.value);
              }}
            >
              <span className="menu-c">
                <DropdownMenu.ItemIndicator>
                  <Check className="icon-xs" aria-hidden="true" />
                </DropdownMenu.ItemIndicator>
              </span>
              <span className="trunc grow">{option.label}</span>
              {option.note === undefined ? null : <span className="num ink3 xs">{option.note}</span>}
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** A quiet icon button that opens a menu of links, such as downloads. */
export function LinkMenu(props: {
  title: string;
  icon: ReactNode;
  links: { label: string; href: string; file?: string }[];
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="btn btn-icon btn-quiet" title={props.title} aria-label={props.title}>
        {props.icon}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {props.links.map((link) => (
            <DropdownMenu.Item key={link.href} className="menu-i" asChild>
              <a href={link.href} download={link.file ?? ''}>
                {link.label}
              </a>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
