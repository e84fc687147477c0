/** What the agent set out to do, as it last said. */
import { Check, Circle, CircleDot } from 'lucide-react';
import { Blank } from '../../parts/states.js';
import type { Task } from './tasks.js';

const icons = { pending: Circle, active: CircleDot, done: Check } as const;
const words = { pending: 'to do', active: 'in work', done: 'done' } as const;

export function TasksPanel({ tasks }: { tasks: readonly Task[] | null }) {
  if (!tasks || tasks.length === 0) {
    return (
      <div className="px-4">
        <Blank fact="No tasks">For work of several steps the agent writes its list here.</Blank>
      </div>
    );
  }
  return (
    <div className="panel-scroll">
      <ol className="tasks">
        {tasks.map((task, index) => {
          const Icon = icons[task.status];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is always replaced as a whole
            <li key={index} className={`task-${task.status}`}>
              <Icon className="icon-s" role="img" aria-label={words[task.status]} />
              <span>{task.text}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
