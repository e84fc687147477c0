/** Files to choose from while `@` is typed. The focus stays in the text. */
import { useEffect, useRef } from 'react';
import type { PathMenu } from './use-path-menu.js';

export const pathOptionId = (listId: string, index: number): string => `${listId}-${index}`;

export function PathList({ menu, id }: { menu: PathMenu; id: string }) {
  const chosenRef = useRef<HTMLDivElement>(null);
  const { paths, chosen, isOpen } = menu;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the one that is chosen has changed
  useEffect(() => chosenRef.current?.scrollIntoView({ block: 'nearest' }), [chosen, paths]);
  if (!isOpen) return null;
  return (
    <div className="paths">
      <div className="paths-in" role="listbox" id={id} aria-label="Files of the folder">
        {paths.map((path, index) => (
          <div
            key={path}
            id={pathOptionId(id, index)}
            ref={index === chosen ? chosenRef : null}
            className="path"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            title={path}
            // A click that took the focus would end what is typed.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => menu.pick(path)}
            onKeyDown={() => undefined}
          >
            <Path path={path} />
          </div>
        ))}
      </div>
      {paths.length === 0 ? <p className="paths-note">No file of the folder is called so.</p> : null}
      {menu.isPartial ? <p className="paths-note">The folder is large: not all of its files are looked at.</p> : null}
    </div>
  );
}

/** The name first: it is what one looks for. */
function Path({ path }: { path: string }) {
  const at = path.lastIndexOf('/') + 1;
  return (
    <>
      <span className="path-name">{path.slice(at)}</span>
      <span className="path-folder">{path.slice(0, at)}</span>
    </>
  );
}
