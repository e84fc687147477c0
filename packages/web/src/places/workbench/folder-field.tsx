/** A folder on the server's machine: typed, or one that sessions have worked in. */
import { Folder } from 'lucide-react';
import { useId } from 'react';
import { folderName, tildePath } from '../../parts/format-path.js';

/** Folders offered as buttons; the rest is offered while one types. */
const shownMax = 6;

type FolderProps = { value: string; folders: readonly string[]; onChange: (folder: string) => void };

export function FolderField({ value, folders, onChange }: FolderProps) {
  const id = useId();
  return (
    <div>
      <label className="xs ink3" htmlFor={id}>
        Folder to work in, absolute
      </label>
      <div className="field start-folder">
        <Folder className="icon-s" aria-hidden="true" />
        <input
          id={id}
          className="grow mono"
          list={`${id}-known`}
          value={value}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          placeholder="/home/you/project"
          onChange={(event) => onChange(event.target.value)}
        />
        <datalist id={`${id}-known`}>
          {folders.map((folder) => (
            <option key={folder} value={folder} />
          ))}
        </datalist>
      </div>
      {folders.length === 0 ? null : (
        <fieldset className="start-folders" aria-label="Recent folders">
          {folders.slice(0, shownMax).map((folder) => (
            <button
              key={folder}
              type="button"
              className={folder === value ? 'chip' : 'chip chip-line'}
              aria-pressed={folder === value}
              title={tildePath(folder)}
              onClick={() => onChange(folder)}
            >
              {folderName(folder)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
